#pragma once

#include <string>
#include <vector>

#include "compose/model/project.hpp"
#include "compose/plan/observed.hpp"

namespace hoist::test {

/// A project "shop" of services with an image and a config hash each, on the network "shop_default".
class ProjectMaker {
 public:
  explicit ProjectMaker(std::string name = "shop");

  /// Adds a service, or finds it again.
  compose::Service& service(const std::string& name);
  /// Makes `service` depend on `other`.
  ProjectMaker& depends(const std::string& service, const std::string& other,
                        compose::Dependency::Condition condition = compose::Dependency::Condition::started);
  /// A named volume, mounted into `service` at `target`.
  ProjectMaker& volume(const std::string& service, const std::string& key, const std::string& target);

  compose::Project project;
};

/// The container that an engine holds of a service that is up to date and runs.
compose::ObservedContainer running(const compose::Project& project, const std::string& service, int number = 1);

/// What an engine holds when all of a project is up: containers, networks, volumes and images.
compose::ObservedState all_up(const compose::Project& project);

/// The container of a service in `state`. Precondition: it is there.
compose::ObservedContainer& container_of(compose::ObservedState& state, const std::string& service, int number = 1);

}  // namespace hoist::test

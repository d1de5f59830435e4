#include "compose/plan/plan_images.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "compose/base/error.hpp"
#include "compose/plan/plan_builder.hpp"
#include "compose/plan/selection.hpp"

namespace hoist::compose {
namespace {

enum class Policy { missing, always, never, build };

Policy policy_from(const std::string& word, const std::string& who) {
  if (word.empty() || word == "missing" || word == "if_not_present") return Policy::missing;
  if (word == "always") return Policy::always;
  if (word == "never") return Policy::never;
  if (word == "build") return Policy::build;
  // A refresh by age counts from the last pull, which engines do not tell.
  if (word == "daily" || word == "weekly" || word.starts_with("every_")) return Policy::missing;
  throw Error(ErrorCode::bad_input, fmt::format("{}: unknown pull policy '{}'", who, word))
      .with_hint("use always, missing, never or build");
}

/// Adds each image once, a build after those whose results it uses.
class ImagePlanner {
 public:
  explicit ImagePlanner(const Project& project) : project_(project) {}

  PlanBuilder& builder() { return builder_; }

  /// The service whose build makes this image, or null.
  const Service* find_builder(const std::string& reference) const {
    for (const auto& [name, service] : project_.services) {
      if (service.build && service.image_name(project_) == reference) return &service;
    }
    return nullptr;
  }

  void pull(const Service& service, bool may_fail, std::string cause) {
    const std::string reference = service.image_name(project_);
    const auto [known, first] = pulls_.try_emplace(reference, PullImage{.reference = reference, .may_fail = true});
    if (first) causes_[reference] = std::move(cause);
    PullImage& pull = known->second;
    if (pull.platform.empty()) pull.platform = service.platform;
    pull.services.push_back(service.name);
    pull.may_fail = pull.may_fail && may_fail;
  }

  NodeIds build(const Service& service, const BuildRequest& how, const std::string& cause) {
    const std::string reference = service.image_name(project_);
    if (const auto known = builds_.find(reference); known != builds_.end()) return {known->second};
    if (!under_way_.insert(service.name).second) {
      throw Error(ErrorCode::bad_input, fmt::format("the build of service '{}' needs its own result", service.name))
          .at(service.build->location)
          .with_hint("services name each other in a circle in 'build.additional_contexts'");
    }
    BuildImage operation{.service = std::make_shared<Service>(service),
                         .project = project_.name,
                         .reference = reference,
                         .no_cache = how.no_cache || service.build->no_cache,
                         .pull = how.pull || service.build->pull,
                         .args = how.args};
    NodeIds after;
    for (const auto& [name, context] : service.build->additional_contexts) {
      const std::string referred = referred_service(context);
      if (referred.empty()) continue;
      const Service& other = project_.get_service(referred);
      operation.service_contexts[name] = other.image_name(project_);
      if (other.build) after.merge(build(other, how, fmt::format("'{}' is built from it", service.name)));
    }
    const NodeId id = builder_.add(std::move(operation), after, cause);
    builds_[reference] = id;
    return {id};
  }

  /// All that was asked for. Pulls come last: they hold the names of all services that want them.
  Plan take() {
    for (const auto& [reference, pull] : pulls_) builder_.add(pull, {}, causes_[reference]);
    return builder_.take();
  }

 private:
  const Project& project_;
  PlanBuilder builder_;
  std::map<std::string, PullImage> pulls_;
  std::map<std::string, std::string> causes_;
  std::map<std::string, NodeId> builds_;
  std::set<std::string> under_way_;  ///< services whose build is being planned, or is
};

Error missing_image(const std::string& reference, const std::string& service, const char* why, const char* hint) {
  return Error(ErrorCode::not_found, fmt::format("image '{}' of service '{}' is not there {}", reference, service, why))
      .with_hint(hint);
}

void ensure(ImagePlanner& planner, const Service& wanting, bool present, const std::string& reference,
            const EnsureImagesRequest& request) {
  // What another service builds is no registry's.
  const Service* builder = wanting.build ? nullptr : planner.find_builder(reference);
  const Service& service = builder == nullptr ? wanting : *builder;
  using Build = EnsureImagesRequest::Build;
  const Policy policy =
      policy_from(request.pull.empty() ? service.pull_policy : request.pull, fmt::format("service '{}'", service.name));
  if (service.build) {
    if (request.build == Build::always) {
      planner.build(service, {}, "--build");
      return;
    }
    const bool by_policy = policy == Policy::build && request.build != Build::never;
    if (by_policy) {
      planner.build(service, {}, "its pull policy is 'build'");
      return;
    }
    if (present) return;
    if (request.build == Build::never) {
      throw missing_image(reference, service.name, "and --no-build forbids to make it", "leave --no-build out");
    }
    planner.build(service, {}, "it is not there");
    return;
  }
  if (policy == Policy::always) {
    planner.pull(service, false, "its pull policy is 'always'");
  } else if (!present) {
    if (policy == Policy::never) {
      throw missing_image(reference, service.name, "and its pull policy is 'never'",
                          "pull it by hand, or use --pull missing");
    }
    planner.pull(service, false, "it is not there");
  }
}

std::vector<std::string> ordered(const Project& project, const std::vector<std::string>& named, bool dependencies) {
  return in_order(dependency_graph(project), select_services(project, named, dependencies));
}

/// The service as the owner of an image that one of its hooks runs in.
Service owner_of_hook_image(const Service& service, const std::string& image) {
  Service owner = service;
  owner.build.reset();
  owner.image = image;
  return owner;
}

}  // namespace

ObserveRequest observe_request(const Project& project) {
  ObserveRequest request{.project = project.name, .one_offs = true};
  std::set<std::string> images;
  for (const auto& [name, service] : project.services) {
    if (service.provider) continue;
    images.insert(service.image_name(project));
    for (const std::string& image : hook_images(service)) images.insert(image);
  }
  request.images.assign(images.begin(), images.end());
  for (const auto& [key, network] : project.networks) request.networks.push_back(network.name);
  for (const auto& [key, volume] : project.volumes) request.volumes.push_back(volume.name);
  return request;
}

Plan plan_ensure_images(const Project& project, const ObservedState& observed, const EnsureImagesRequest& request) {
  ImagePlanner planner(project);
  for (const std::string& name : ordered(project, request.services, request.dependencies)) {
    const Service& service = project.get_service(name);
    if (service.provider) continue;
    const std::string reference = service.image_name(project);
    ensure(planner, service, observed.images.contains(reference), reference, request);
    for (const std::string& image : hook_images(service)) {
      ensure(planner, owner_of_hook_image(service, image), observed.images.contains(image), image, request);
    }
  }
  return planner.take();
}

Plan plan_build(const Project& project, const BuildRequest& request) {
  ImagePlanner planner(project);
  std::map<std::string, PushImage> pushes;
  std::map<std::string, NodeIds> built;
  for (const std::string& name : ordered(project, request.services, request.dependencies)) {
    const Service& service = project.get_service(name);
    if (!service.build) {
      if (std::ranges::find(request.services, name) != request.services.end()) {
        planner.builder().warn(fmt::format("service '{}' has no 'build': nothing to do", name));
      }
      continue;
    }
    const NodeIds steps = planner.build(service, request, "asked for");
    if (!request.push || service.image.empty()) continue;
    built[service.image] = steps;
    pushes[service.image].reference = service.image;
    pushes[service.image].services.push_back(name);
  }
  for (const auto& [reference, push] : pushes) planner.builder().add(push, built[reference], "--push");
  return planner.take();
}

Plan plan_pull(const Project& project, const ObservedState& observed, const PullRequest& request) {
  ImagePlanner planner(project);
  const bool only_missing = policy_from(request.policy, "--policy") == Policy::missing && !request.policy.empty();
  for (const std::string& name : ordered(project, request.services, request.dependencies)) {
    const Service& service = project.get_service(name);
    if (service.provider) continue;
    for (const std::string& image : hook_images(service)) {
      if (planner.find_builder(image) != nullptr || (only_missing && observed.images.contains(image))) continue;
      planner.pull(owner_of_hook_image(service, image), request.ignore_failures, "asked for");
    }
    const std::string reference = service.image_name(project);
    const bool present = observed.images.contains(reference);
    if (service.build && (request.ignore_buildable || service.image.empty())) {
      if (!request.services.empty() || !service.image.empty()) {
        planner.builder().warn(fmt::format("service '{}' is built, not pulled", name));
      }
      continue;
    }
    if (only_missing && present) continue;
    // What can be built need not be in a registry.
    planner.pull(service, request.ignore_failures || planner.find_builder(reference) != nullptr, "asked for");
  }
  return planner.take();
}

Plan plan_push(const Project& project, const PushRequest& request) {
  PlanBuilder builder;
  std::map<std::string, std::vector<std::string>> users;
  for (const std::string& name : ordered(project, request.services, request.dependencies)) {
    const Service& service = project.get_service(name);
    if (service.build && !service.image.empty()) {
      users[service.image].push_back(name);
    } else if (service.build) {
      builder.warn(fmt::format("service '{}' has no 'image': there is no name to push under", name));
    } else if (!request.services.empty()) {
      builder.warn(fmt::format("service '{}' has no 'build': its image is not ours to push", name));
    }
  }
  for (const auto& [reference, services] : users)
    builder.add(PushImage{reference, services, request.ignore_failures}, {}, "asked for");
  return builder.take();
}

}  // namespace hoist::compose

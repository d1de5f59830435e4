#include "remote/docker/plan_faults.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <type_traits>

#include "remote/docker/build_source.hpp"
#include "remote/docker/container_files.hpp"
#include "remote/docker/reference.hpp"
#include "remote/docker/security_json.hpp"

namespace hoist::remote {
namespace {

class Faults {
 public:
  explicit Faults(const PlanFaultsOptions& options) : options_(options) {}

  void operator()(const compose::PullImage& pull) {
    if (find_reference(pull.reference)) return;
    add({.path = fmt::format("services.{}.image", fmt::join(pull.services, ",")),
         .message = fmt::format("'{}' is not the name of an image", pull.reference),
         .hint = "write it as [REGISTRY/]NAME[:TAG], in lower case"});
  }
  void operator()(const compose::BuildImage& build) {
    if (std::optional<Diagnostic> fault = find_build_fault(*build.service)) add(*std::move(fault));
  }
  void operator()(const compose::CreateContainer& create) { check_container(create.spec); }
  void operator()(const compose::ReplaceContainer& replace) { check_container(replace.spec); }
  template <typename Other>
  void operator()(const Other&) {}

  std::vector<Diagnostic> take() { return std::move(found_); }

 private:
  void add(Diagnostic fault) {
    if (std::ranges::find(found_, fault) == found_.end()) found_.push_back(std::move(fault));
  }

  void check_container(const compose::ContainerSpec& spec) {
    for (Diagnostic& fault : find_security_faults(*spec.service)) add(std::move(fault));
    for (Diagnostic& fault : find_file_faults(*spec.service)) add(std::move(fault));
    check_mounts(spec);
  }

  void check_mounts(const compose::ContainerSpec& spec) {
    if (!options_.files_are_here) return;
    for (const compose::Mount& mount : spec.service->volumes) {
      std::error_code ignored;
      const bool must_exist = mount.type == compose::Mount::Type::bind && !mount.bind_create_host_path;
      if (!must_exist || std::filesystem::exists(mount.source, ignored)) continue;
      add({.location = mount.location,
           .path = fmt::format("services.{}.volumes", spec.service->name),
           .message = fmt::format("there is no '{}' to mount at '{}'", mount.source, mount.target),
           .hint = "create it, or say 'bind: {create_host_path: true}'"});
    }
  }

  const PlanFaultsOptions& options_;
  std::vector<Diagnostic> found_;
};

}  // namespace

std::vector<Diagnostic> find_plan_faults(const compose::Plan& plan, const PlanFaultsOptions& options) {
  Faults faults(options);
  for (const compose::PlanNode& node : plan.nodes) std::visit(faults, node.op);
  return faults.take();
}

}  // namespace hoist::remote

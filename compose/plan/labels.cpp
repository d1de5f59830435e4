#include "compose/plan/labels.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compose/base/text.hpp"

namespace hoist::compose {
namespace {

/// The release whose labels and config hashes these are where the project names no other.
constexpr const char* k_label_dialect = "5.5.0";

std::string_view condition_word(Dependency::Condition condition) {
  switch (condition) {
    case Dependency::Condition::started:
      return "service_started";
    case Dependency::Condition::healthy:
      return "service_healthy";
    case Dependency::Condition::completed_successfully:
      return "service_completed_successfully";
  }
  return "service_started";
}

std::string release_of(const Project& project) {
  return project.label_release.empty() ? k_label_dialect : project.label_release;
}

}  // namespace

StringMap container_labels(const Project& project, const Service& service, const ContainerIdentity& identity) {
  const bool one_off = identity.number == 0;
  std::vector<std::string> needs;
  for (const Dependency& dependency : service.depends_on) {
    needs.push_back(
        fmt::format("{}:{}:{}", dependency.service, condition_word(dependency.condition), dependency.restart));
  }
  StringMap labels = service.labels;
  labels[k_label_project] = project.name;
  labels[k_label_service] = service.name;
  const std::string release = release_of(project);
  labels[k_label_version] = release;
  labels[k_label_one_off] = one_off ? "True" : "False";
  labels[k_label_config_hash] = service.hash_in(hash_form_of(release));
  labels[k_label_working_dir] = project.working_dir;
  labels[k_label_config_files] = fmt::format("{}", fmt::join(project.compose_files, ","));
  labels[k_label_depends_on] = fmt::format("{}", fmt::join(needs, ","));
  if (!project.env_files.empty()) {
    labels[k_label_environment_file] = fmt::format("{}", fmt::join(project.env_files, ","));
  }
  if (one_off) labels[k_label_slug] = identity.slug;
  if (!one_off) labels[k_label_number] = std::to_string(identity.number);
  if (!identity.image_id.empty()) labels[k_label_image] = identity.image_id;
  if (!identity.replaces.empty()) labels[k_label_replace] = identity.replaces;
  return labels;
}

StringMap hook_labels(const Project& project, const Service& service, const std::string& kind) {
  return {{k_label_project, project.name},
          {k_label_service, service.name},
          {k_label_version, release_of(project)},
          {k_label_hook, kind}};
}

bool is_one_off(const StringMap& labels) {
  return to_lower(label_of(labels, k_label_one_off)) == "true" || !label_of(labels, k_label_hook).empty();
}

std::vector<std::string> dependencies_in_label(const std::string& label) {
  std::vector<std::string> names;
  for (const std::string& part : split(label, ',')) {
    const std::string name = part.substr(0, part.find(':'));
    if (!name.empty()) names.push_back(name);
  }
  return names;
}

std::string container_name(const Project& project, const Service& service, int number) {
  if (!service.container_name.empty()) return service.container_name;
  return fmt::format("{0}{3}{1}{3}{2}", project.name, service.name, number, project.separator);
}

std::string one_off_name(const Project& project, const Service& service, const std::string& slug) {
  return fmt::format("{0}{3}{1}{3}run{3}{2}", project.name, service.name, slug.substr(0, 12), project.separator);
}

std::string replica_name(const std::string& container, const std::string& service, std::string_view number) {
  std::string old_form = fmt::format("{}_{}", service, number);
  return container.ends_with("_" + old_form) ? old_form : fmt::format("{}-{}", service, number);
}

std::string label_of(const StringMap& labels, const char* name) {
  const auto found = labels.find(name);
  return found == labels.end() ? std::string() : found->second;
}

}  // namespace hoist::compose

#include "cli/run_service.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "compose/base/error.hpp"
#include "compose/load/scalars.hpp"
#include "compose/load/short_ports.hpp"
#include "compose/load/short_volumes.hpp"

namespace hoist::cli {
namespace {

using compose::Mount;
using compose::Project;
using compose::Service;

void set_environment(Service& service, const Project& project, const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    if (name.empty()) throw Error(ErrorCode::bad_input, fmt::format("option '--env' needs NAME=VALUE, not '{}'", word));
    if (equals != std::string::npos) {
      service.environment[name] = word.substr(equals + 1);
    } else if (const auto own = project.environment.find(name); own != project.environment.end()) {
      service.environment[name] = own->second;
    } else {
      service.environment[name] = std::nullopt;
    }
  }
}

void set_labels(Service& service, const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    if (word.empty() || equals == 0) {
      throw Error(ErrorCode::bad_input, fmt::format("option '--label' needs NAME=VALUE, not '{}'", word));
    }
    service.labels[word.substr(0, equals)] = equals == std::string::npos ? "" : word.substr(equals + 1);
  }
}

/// Where a bind mount's source lies. Source: the same rules as for a file's short form.
std::string absolute_source(const Project& project, const std::string& source, const std::string& directory) {
  if (source == "~" || source.starts_with("~/")) {
    const auto home = project.environment.find("HOME");
    if (home != project.environment.end()) return home->second + source.substr(1);
  }
  return (std::filesystem::path(directory) / source).lexically_normal().string();
}

void add_volumes(Service& service, const Project& project, const std::vector<std::string>& specs,
                 const std::string& directory) {
  for (const std::string& spec : specs) {
    Mount mount = compose::parse_volume(spec);
    if (mount.type == Mount::Type::bind) {
      mount.source = absolute_source(project, mount.source, directory);
      mount.bind_create_host_path = true;
    } else if (!mount.source.empty()) {
      const auto known = project.volumes.find(mount.source);
      mount.volume_name = known == project.volumes.end() ? mount.source : known->second.name;
    }
    std::erase_if(service.volumes, [&mount](const Mount& other) { return other.target == mount.target; });
    service.volumes.push_back(std::move(mount));
  }
}

}  // namespace

Service service_for_run(const Project& project, Service service, const RunChanges& changes,
                        const std::string& current_directory) {
  if (changes.entrypoint) {
    service.entrypoint = compose::split_command(*changes.entrypoint);
    // What the file passes belongs to the entrypoint that is replaced.
    service.command = std::vector<std::string>{};
  }
  if (!changes.command.empty()) service.command = changes.command;
  if (!changes.user.empty()) service.user = changes.user;
  if (!changes.working_dir.empty()) service.working_dir = changes.working_dir;
  if (!changes.service_ports) service.ports.clear();
  for (const std::string& spec : changes.publish) {
    for (compose::PortMapping& port : compose::parse_ports(spec)) service.ports.push_back(std::move(port));
  }
  set_environment(service, project, changes.environment);
  set_labels(service, changes.labels);
  add_volumes(service, project, changes.volumes, current_directory);
  service.cap_add.insert(service.cap_add.end(), changes.cap_add.begin(), changes.cap_add.end());
  service.cap_drop.insert(service.cap_drop.end(), changes.cap_drop.begin(), changes.cap_drop.end());
  service.restart.clear();
  service.scale = 1;
  service.tty = changes.tty;
  service.stdin_open = changes.stdin_open;
  return service;
}

}  // namespace hoist::cli

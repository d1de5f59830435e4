#pragma once

#include <string>

#include "compose/model/project.hpp"

namespace hoist::compose {

/// Labels by which everything of a project is found again: Docker Compose's own, so that both see each
/// other's stacks.
inline constexpr const char* k_label_project = "com.docker.compose.project";
inline constexpr const char* k_label_service = "com.docker.compose.service";
inline constexpr const char* k_label_number = "com.docker.compose.container-number";
inline constexpr const char* k_label_one_off = "com.docker.compose.oneoff";
inline constexpr const char* k_label_slug = "com.docker.compose.slug";
inline constexpr const char* k_label_config_hash = "com.docker.compose.config-hash";
inline constexpr const char* k_label_image = "com.docker.compose.image";
inline constexpr const char* k_label_depends_on = "com.docker.compose.depends_on";
inline constexpr const char* k_label_replace = "com.docker.compose.replace";
inline constexpr const char* k_label_working_dir = "com.docker.compose.project.working_dir";
inline constexpr const char* k_label_config_files = "com.docker.compose.project.config_files";
inline constexpr const char* k_label_environment_file = "com.docker.compose.project.environment_file";
inline constexpr const char* k_label_version = "com.docker.compose.version";
inline constexpr const char* k_label_network = "com.docker.compose.network";
inline constexpr const char* k_label_hook = "com.docker.compose.hook";  ///< on containers of `pre_start` hooks
inline constexpr const char* k_label_volume = "com.docker.compose.volume";

/// What a container's labels say beside the service's own.
struct ContainerIdentity {
  int number = 0;        ///< replica; 0 = one-off
  std::string slug;      ///< of a one-off: 64 hex digits
  std::string image_id;  ///< what the image's name means now; empty = not known yet
  std::string replaces;  ///< "web-1" when it takes the place of an older one
};

/// All labels of a container of `service`: the file's own under those of Docker Compose.
StringMap container_labels(const Project& project, const Service& service, const ContainerIdentity& identity);

/// The labels of a container in which a hook of `service` runs. `kind`: "pre_start".
StringMap hook_labels(const Project& project, const Service& service, const std::string& kind);

/// Whether a container with these labels is none of a service's replicas: it is of `run`, or runs a hook.
bool is_one_off(const StringMap& labels);

/// The names that `depends_on` labels hold: "db:service_healthy:false,cache:..." -> {"db", "cache"}.
std::vector<std::string> dependencies_in_label(const std::string& label);

/// "shop-web-1", or the service's `container_name`.
std::string container_name(const Project& project, const Service& service, int number);

/// "shop-web-run-0123456789ab". Precondition: `slug` has at least 12 digits.
std::string one_off_name(const Project& project, const Service& service, const std::string& slug);

/// "web-1": what a replica is called inside its project; with "_" when the name of its container has that.
std::string replica_name(const std::string& container, const std::string& service, std::string_view number);

/// The value of a label; empty when it is not there.
std::string label_of(const StringMap& labels, const char* name);

}  // namespace hoist::compose

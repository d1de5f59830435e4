#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compose/model/service.hpp"

namespace hoist::compose {

enum class ContainerState { created, running, paused, restarting, removing, exited, dead };
enum class Health { none, starting, healthy, unhealthy };

/// "running", as engines spell it.
std::string_view to_string(ContainerState state);
std::string_view to_string(Health health);

/// A port as the engine has bound it.
struct Publisher {
  std::string host_ip;
  std::uint16_t target = 0;
  std::uint16_t published = 0;  ///< 0 = exposed only
  std::string protocol = "tcp";

  bool operator==(const Publisher&) const = default;
};

struct ObservedMount {
  Mount::Type type = Mount::Type::volume;
  std::string name;    ///< volumes
  std::string source;  ///< binds: path on the host
  std::string target;
  bool anonymous = false;  ///< a volume that nobody named

  bool operator==(const ObservedMount&) const = default;
};

/// A container of the project as the engine reports it.
struct ObservedContainer {
  std::string id;
  std::string name;  ///< without the leading slash
  std::string service;
  int number = 0;  ///< replica, from 1; 0 = label missing
  bool one_off = false;
  std::string config_hash;
  std::string image;        ///< as given at creation
  std::string image_id;     ///< of what it runs
  std::string image_label;  ///< com.docker.compose.image: the id it was created for
  ContainerState state = ContainerState::created;
  Health health = Health::none;
  std::optional<int> exit_code;  ///< when exited
  std::string status;            ///< the engine's words: "Up 2 minutes (healthy)"
  std::string command;
  std::chrono::system_clock::time_point created;
  StringMap labels;
  std::vector<ObservedMount> mounts;
  std::map<std::string, std::string> networks;  ///< name -> id
  std::vector<Publisher> publishers;
  std::string network_mode;  ///< "container:<id>" shows whose namespace it shares

  bool operator==(const ObservedContainer&) const = default;
};

/// The service's container with the lowest number, whose namespaces and volumes others share; null without any.
const ObservedContainer* first_container(const std::vector<ObservedContainer>& containers, const std::string& service);

struct ObservedNetwork {
  std::string id;
  std::string name;
  StringMap labels;

  bool operator==(const ObservedNetwork&) const = default;
};

struct ObservedVolume {
  std::string name;
  std::string driver;
  StringMap labels;

  bool operator==(const ObservedVolume&) const = default;
};

/// All that an engine holds of one project, plus the named things that the project wants and that exist
/// there under any owner.
struct ObservedState {
  std::vector<ObservedContainer> containers;        ///< sorted by service, number, creation
  std::map<std::string, ObservedNetwork> networks;  ///< by name
  std::map<std::string, ObservedVolume> volumes;    ///< by name
  std::map<std::string, std::string> images;        ///< reference -> id, only those present

  bool operator==(const ObservedState&) const = default;
};

}  // namespace hoist::compose

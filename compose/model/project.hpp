#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "compose/model/service.hpp"

namespace hoist::compose {

struct IpamPool {
  std::string subnet;
  std::string ip_range;
  std::string gateway;
  StringMap aux_addresses;

  bool operator==(const IpamPool&) const = default;
};

/// A top-level network.
struct Network {
  std::string key;
  std::string name;  ///< the engine's name
  std::string driver;
  StringMap driver_opts;
  std::string ipam_driver;
  StringMap ipam_options;
  std::vector<IpamPool> ipam_pools;
  StringMap labels;
  bool external = false;
  bool internal = false;
  bool attachable = false;
  std::optional<bool> enable_ipv4;
  std::optional<bool> enable_ipv6;
  std::string config_hash;
  SourceLocation location;
  Places places;

  bool operator==(const Network&) const = default;
};

/// A top-level volume.
struct Volume {
  std::string key;
  std::string name;  ///< the engine's name
  std::string driver;
  StringMap driver_opts;
  StringMap labels;
  bool external = false;
  std::string config_hash;
  SourceLocation location;

  bool operator==(const Volume&) const = default;
};

/// A language model that services use.
struct Model {
  std::string key;                ///< in the project
  std::string reference;          ///< "ai/smollm2"
  std::int64_t context_size = 0;  ///< tokens; 0 = the model's own
  std::vector<std::string> runtime_flags;
  SourceLocation location;

  bool operator==(const Model&) const = default;
};

/// What shall run: the whole of a set of Compose files, resolved.
struct Project {
  std::string name;
  std::string working_dir;                           ///< absolute
  std::vector<std::string> compose_files;            ///< absolute, in the order of merging; "-" = standard input
  std::vector<std::string> env_files;                ///< given with --env-file, absolute
  std::map<std::string, Service> services;           ///< enabled ones
  std::map<std::string, Service> disabled_services;  ///< switched off by profiles
  std::map<std::string, Network> networks;           ///< by key; only those in use
  std::map<std::string, Volume> volumes;             ///< by key; only those in use
  std::map<std::string, Model> models;               ///< by key; only those in use
  StringMap environment;                             ///< shell and .env, as interpolation saw it
  /// The release of Docker Compose in whose form labels of new containers are; empty = the newest known.
  std::string label_release;
  std::string separator = "-";  ///< between the parts of names of containers and built images; "_" by --compatibility

  bool operator==(const Project&) const = default;

  /// The enabled service, or null.
  const Service* find_service(const std::string& service) const;
  /// The enabled service. Errors: Error{bad_input} with the nearest right name.
  const Service& get_service(const std::string& service) const;
};

}  // namespace hoist::compose

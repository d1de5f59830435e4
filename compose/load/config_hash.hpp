#pragma once

#include <map>
#include <string>

#include "compose/load/node.hpp"
#include "compose/model/hash_form.hpp"

namespace hoist::compose {

/// The hash that tells whether a container was made from this very service: the label
/// `com.docker.compose.config-hash` as releases of one form of Docker Compose write it. What does not change a
/// container (build, pull_policy, scale, dependencies, profiles) is not part of it. Source: Docker Compose's
/// ServiceHash; SHA-256 of the service as compact JSON.
std::string service_config_hash(const Node& service, HashForm form = k_newest_hash_form);

/// What is hashed of a service, in each form.
std::map<HashForm, std::string> service_hash_texts(const Node& service);

/// The hash in each older form in which it is not `newest`. Devices of the form r2_24 are taken to be written in full
/// ("/dev/a:/dev/b"): their spelling in the file is not known here.
std::map<HashForm, std::string> older_service_hashes(const Node& service, const std::string& newest);

/// The same for a network and for a volume; a volume without a driver counts as `local`.
std::string network_config_hash(const Node& network);
std::string volume_config_hash(const Node& volume);

}  // namespace hoist::compose

#pragma once

#include <stop_token>
#include <string>

#include "compose/base/error.hpp"
#include "compose/model/service.hpp"
#include "remote/docker/client.hpp"

namespace hoist::remote {

/// Unpacks the entries of a tar archive, which need no end, below a container's root directory, as root. Errors: as
/// DockerClient::send; Error{denied} for a container that is read-only.
void put_archive(DockerClient& client, const std::string& container, std::string archive, std::stop_token stop);

/// Puts the service's secrets and configs that are no mounts into a container that exists, whether it runs or not; what
/// is there already is written anew. Contents go to the engine alone: they are in no error and no event.
/// Errors: Error{not_found} for a file of this machine that is not there; what the engine says.
void put_files(DockerClient& client, const std::string& container, const compose::Service& service,
               std::stop_token stop);

/// Why a container of the service cannot have its files, one finding for each that is in the way.
std::vector<Diagnostic> find_file_faults(const compose::Service& service);

}  // namespace hoist::remote

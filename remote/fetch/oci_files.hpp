#pragma once

#include <stop_token>

#include "compose/base/process.hpp"
#include "compose/model/remote_reference.hpp"
#include "remote/fetch/fetch_settings.hpp"

namespace hoist::remote {

/// The Compose file of an artifact that Docker Compose has published to a registry ("oci://host/name:tag"). Its files
/// are kept for ever below the digest of what the name led to; a tag is asked for its digest each time.
///
/// Errors: as RegistryReader; Error{bad_input} for a name that cannot be right, for what is no Compose project or would
/// write outside of its directory, and with `offline`. Nothing half-fetched is left.
/// Source: Docker Compose, pkg/remote/oci.go.
compose::RemoteFile fetch_oci_file(const compose::RemoteReference& reference, const FetchSettings& settings,
                                   ProcessRunner& processes, std::stop_token stop);

}  // namespace hoist::remote

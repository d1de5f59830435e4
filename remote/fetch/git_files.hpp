#pragma once

#include <stop_token>

#include "compose/base/process.hpp"
#include "compose/model/remote_reference.hpp"
#include "remote/fetch/fetch_settings.hpp"

namespace hoist::remote {

/// The file that a Git reference names, in a checkout of that commit alone: of the reference's path, else the Compose
/// file in its root. Checkouts are kept for ever, each under its commit's hash, in the directory where Docker Compose
/// keeps its own ($XDG_CACHE_HOME/docker-compose): paths of bind mounts then are the same for both. A branch or a tag
/// is asked for its commit each time. The system's `git` does the work, never asks on the terminal, and sees no
/// reference that looks like an option.
///
/// Errors: Error{bad_input} for a reference that cannot be right, or is not there, and with `offline`;
/// Error{unavailable} with git's own words when the repository cannot be reached; Error{not_found} when git is not
/// installed; Error{cancelled}. Nothing half-fetched is left under the commit's name.
compose::RemoteFile fetch_git_file(const compose::RemoteReference& reference, const FetchSettings& settings,
                                   ProcessRunner& processes, std::stop_token stop);

}  // namespace hoist::remote

#pragma once

#include <stop_token>
#include <utility>

#include "remote/fetch/git_files.hpp"
#include "remote/fetch/oci_files.hpp"

namespace hoist::remote {

/// The file that a reference of any kind names. Errors: as `fetch_git_file` and `fetch_oci_file`.
inline compose::RemoteFile fetch_remote_file(const compose::RemoteReference& reference, const FetchSettings& settings,
                                             ProcessRunner& processes, std::stop_token stop) {
  const bool is_git = reference.kind == compose::RemoteReference::Kind::git;
  return (is_git ? fetch_git_file : fetch_oci_file)(reference, settings, processes, std::move(stop));
}

}  // namespace hoist::remote

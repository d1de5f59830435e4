#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/load/node.hpp"

namespace hoist::compose {

/// What relative paths are relative to.
struct PathBase {
  std::string directory;  ///< absolute; relative when paths are to stay relative to a directory above
  std::string home;       ///< stands for `~`; empty = `~` stays
};

/// Makes the paths of a document absolute: build contexts, env files, label files, sources of bind mounts,
/// files of secrets and configs, watched paths (through symbolic links), and the device of a local volume
/// with `o: bind`. URLs, `service:x` contexts and Windows paths stay. Wants the canonical form. Source:
/// compose-go's paths package for the attributes.
void resolve_paths(Node& document, const PathBase& base, std::vector<Diagnostic>& findings);

/// `path` made absolute and clean; an absolute or empty one stays as it is.
std::string absolute_path(const std::string& path, const PathBase& base);

/// A path below the current directory as it is seen from there; others stay as they are.
std::string shown_path(const std::string& file, const std::filesystem::path& current_directory);

/// True for a build context that is no path of this machine: a URL, a Git reference, `service:x`.
bool is_remote_context(std::string_view context);

}  // namespace hoist::compose

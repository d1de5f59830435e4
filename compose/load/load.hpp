#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/load/node.hpp"
#include "compose/model/project.hpp"
#include "compose/model/remote_reference.hpp"

namespace hoist::compose {

/// What of a service is found out beside what shall run: it takes a fifth of the whole load.
enum class Details {
  none,
  hashes,  ///< `config_hash`
  all,     ///< `older_hashes` and `places` too: for who makes containers
};

class LoadWatcher;

/// What a command line and an environment say about which files to read and how.
struct LoadRequest {
  std::vector<std::string> files;                ///< -f; "-" = standard input; empty = COMPOSE_FILE, then found by name
  std::optional<std::string> project_name;       ///< -p
  std::optional<std::string> project_directory;  ///< --project-directory
  std::vector<std::string> env_files;            ///< --env-file; empty = .env
  std::vector<std::string> profiles;             ///< --profile; "*" = all
  std::vector<std::string> services;             ///< named on the command line: switches their profiles on
  StringMap environment;                         ///< the shell's
  std::filesystem::path current_directory;
  std::function<std::string()> read_stdin;  ///< called at most once
  FetchRemote fetch;                        ///< for files that lie elsewhere; empty = they are refused
  /// Where language models answer. Called at most once, when services use some and `details` is all; empty = the
  /// variables that tell them are not set.
  std::function<std::string()> model_endpoint;

  bool compatibility = false;      ///< --compatibility; COMPOSE_COMPATIBILITY switches it on too
  LoadWatcher* watcher = nullptr;  ///< sees the tree after every phase; null = nobody looks
  bool interpolate = true;         ///< false: --no-interpolate
  bool normalize = true;           ///< false: --no-normalize
  bool resolve_paths = true;       ///< false: --no-path-resolution
  bool check_consistency = true;   ///< false: --no-consistency
  bool resolve_env_files = true;   ///< false: --no-env-resolution
  bool all_resources = false;      ///< --all-resources: keep networks, volumes... that nobody uses
  Details details = Details::all;
};

struct LoadResult {
  Project project;
  Node tree;  ///< canonical and normalised: what `config` prints
  std::vector<Diagnostic> warnings;
  std::vector<Diagnostic> unsupported;  ///< what is valid and not carried out on any engine, with its places
};

/// Reads Compose files into a Project. The order of the phases is the contract: see compose/README.md.
/// Errors: Error{bad_input} with all errors of all phases, each with file, line and column;
/// Error{not_found} when there is no Compose file.
/// Source: Compose Specification; compose-go's loader for the order.
LoadResult load(const LoadRequest& request);

/// The name that `load` would give the project, without reading more of the files than needed.
/// For commands that work without a Compose file when `-p` is given.
std::string project_name(const LoadRequest& request);

}  // namespace hoist::compose

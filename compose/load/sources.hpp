#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/load/load.hpp"

namespace hoist::compose {

/// Which files make the project, and the environment that they are read in.
struct Sources {
  std::vector<std::string> files;      ///< absolute, in the order of merging; "-" = standard input
  std::string working_dir;             ///< absolute: what relative paths are relative to
  StringMap environment;               ///< the shell's over those of .env or --env-file
  std::vector<std::string> env_files;  ///< those given with --env-file or COMPOSE_ENV_FILES, absolute
  std::vector<std::string> profiles;
  std::string project_name_hint;  ///< -p or COMPOSE_PROJECT_NAME; empty = the files or the directory decide
  bool env_files_given = false;
  std::vector<std::string> variable_files;  ///< those that `environment` is from besides the shell, in order of reading
  bool compatibility = false;               ///< names as Docker Compose 1 made them
};

/// Finds the Compose files (-f, COMPOSE_FILE, or by name here and in the parents, with their override file), the
/// project directory and the environment. `COMPOSE_*` variables count from .env too.
/// Errors: Error{not_found} when there is no Compose file; Error{bad_input} for a named file that is missing and
/// for a wrong project name.
/// Source: Docker Compose 2.40, observed.
Sources find_sources(const LoadRequest& request, std::vector<Diagnostic>& warnings);

/// `text` as a project name: lower case, without what is not allowed; may be empty.
std::string normalize_project_name(std::string_view text);

/// True when `text` is a project name as it stands.
bool is_project_name(std::string_view text);

/// The project's name: the hint, else the last `name:` of the files, else the directory's name.
/// Errors: Error{bad_input} when nothing of it is left.
std::string choose_project_name(const Sources& sources, const std::string& last_name_in_files);

}  // namespace hoist::compose

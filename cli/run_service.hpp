#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compose/model/project.hpp"

namespace hoist::cli {

/// What the command line of `run` changes in a service.
struct RunChanges {
  std::vector<std::string> command;       ///< empty = the file's
  std::optional<std::string> entrypoint;  ///< as a shell would split it
  std::vector<std::string> environment;   ///< "NAME=VALUE", or "NAME" for the project's own
  std::vector<std::string> labels;        ///< "NAME=VALUE"
  std::vector<std::string> publish;       ///< ports in short form
  bool service_ports = false;             ///< publish the file's ports too
  std::vector<std::string> volumes;       ///< mounts in short form
  std::vector<std::string> cap_add;
  std::vector<std::string> cap_drop;
  std::string user;
  std::string working_dir;
  bool tty = false;
  bool stdin_open = false;
};

/// The service as its one-off container shall run: the file's ports are left out, it restarts never.
/// Relative sources of mounts start from `current_directory`. Pure.
/// Errors: Error{bad_input} for a change that cannot be understood.
compose::Service service_for_run(const compose::Project& project, compose::Service service, const RunChanges& changes,
                                 const std::string& current_directory);

}  // namespace hoist::cli

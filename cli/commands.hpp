#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments.hpp"

namespace hoist::cli {

class Session;

/// What a command does once its words are read. The result is the exit code.
using Action = std::function<int(Session&)>;

/// One row of the table from which dispatch, help, completion, the man page and the README list come.
struct CommandDef {
  std::string_view name;
  std::string_view summary;
  std::string_view example;
  /// Declares options and words on `arguments`; returns the action, run after parsing.
  Action (*define)(Arguments& arguments);
  bool changes = false;  ///< makes or ends something: `--dry-run` is offered
  bool hidden = false;
};

/// The table, in the order of use.
std::span<const CommandDef> commands();

/// The row of a command, or null.
const CommandDef* find_command(std::string_view name);
/// The row of a command. Errors: Error{bad_input} with the nearest right name.
const CommandDef& get_command(std::string_view name);

// One function per command, each in its own file cmd_<name>.cpp.
Action define_build(Arguments& arguments);
Action define_completion(Arguments& arguments);
Action define_complete(Arguments& arguments);
Action define_config(Arguments& arguments);
Action define_create(Arguments& arguments);
Action define_down(Arguments& arguments);
Action define_exec(Arguments& arguments);
Action define_help(Arguments& arguments);
Action define_images(Arguments& arguments);
Action define_kill(Arguments& arguments);
Action define_logs(Arguments& arguments);
Action define_ls(Arguments& arguments);
Action define_man(Arguments& arguments);
Action define_port(Arguments& arguments);
Action define_ps(Arguments& arguments);
Action define_pull(Arguments& arguments);
Action define_push(Arguments& arguments);
Action define_restart(Arguments& arguments);
Action define_rm(Arguments& arguments);
Action define_run(Arguments& arguments);
Action define_start(Arguments& arguments);
Action define_stop(Arguments& arguments);
Action define_up(Arguments& arguments);
Action define_version(Arguments& arguments);
Action define_watch(Arguments& arguments);

}  // namespace hoist::cli

#pragma once

#include <string>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/session.hpp"

namespace hoist::cli {

struct CommandDef;

/// Declares the options that stand before the command. `version` is set by -v.
void declare_globals(Arguments& arguments, GlobalOptions& globals, bool& version);

/// Declares everything that `command` understands, `--dry-run` included, and returns its action.
std::function<int(Session&)> declare_command(const CommandDef& command, Arguments& arguments, bool& dry_run);

/// Runs one command line (without the program's name) and returns its exit code.
/// Errors: Error{bad_input} for wrong use, and whatever the command throws.
int run_program(Console& console, const std::vector<std::string>& words, compose::StringMap environment,
                Surroundings surroundings);

}  // namespace hoist::cli

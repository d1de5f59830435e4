#pragma once

#include <string>

namespace hoist::cli {

struct CommandDef;

/// What `hoist --help` prints: usage, the table of commands, the global options.
std::string program_help();

/// What `hoist COMMAND --help` prints: usage, summary, options, an example.
std::string command_help(const CommandDef& command);

/// The man page hoist(1), in roff.
std::string man_page();

}  // namespace hoist::cli

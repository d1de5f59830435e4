#include "cli/program.hpp"

#include <fmt/format.h>

#include <span>
#include <utility>

#include "cli/commands.hpp"
#include "cli/help.hpp"
#include "compose/base/environment.hpp"
#include "compose/base/error.hpp"
#include "compose/base/version.hpp"

namespace hoist::cli {

namespace {

Ansi ansi_mode(const GlobalOptions& globals, const compose::StringMap& environment) {
  const std::string word = globals.ansi.empty() ? value_or_empty(environment, "COMPOSE_ANSI") : globals.ansi;
  if (word == "never") return Ansi::never;
  if (word == "always") return Ansi::always;
  return Ansi::automatic;
}

}  // namespace

void declare_globals(Arguments& arguments, GlobalOptions& globals, bool& version) {
  arguments.options_first();
  arguments.list("-f,--file", globals.files, "FILE", "Compose file, several are merged; '-' is standard input")
      .completes = WordKind::file;
  arguments.value("-p,--project-name", globals.project_name, "NAME", "name of the project");
  arguments.value("--project-directory", globals.project_directory, "DIR", "directory that relative paths start from")
      .completes = WordKind::directory;
  arguments.list("--env-file", globals.env_files, "FILE", "file of variables in place of .env").completes =
      WordKind::file;
  arguments.list("--profile", globals.profiles, "NAME", "enable a profile; '*' enables all").completes =
      WordKind::profile;
  arguments.flag("--all-resources", globals.all_resources, "also networks, volumes and the like that no service uses");
  arguments.flag("--compatibility", globals.compatibility,
                 "names of containers with '_', as Docker Compose 1 made them");
  arguments.choice("--progress", globals.progress, {"auto", "tty", "plain", "json", "quiet"}, "KIND",
                   "how progress is shown");
  arguments.choice("--ansi", globals.ansi, {"auto", "never", "always"}, "WHEN", "when to use colours");
  arguments.value("--parallel", globals.parallel, "N", "at most N operations at a time, -1 for no limit");
  arguments.flag("--dry-run", globals.dry_run, "print what would be done, each step with its reason, and do nothing");
  arguments.flag("--offline", globals.offline, "do not fetch Compose files that lie elsewhere (Git, registries)");
  arguments.list("--insecure-registry", globals.insecure_registries, "HOST", "ask for Compose files there without TLS")
      .hidden = true;
  arguments.flag("--strict", globals.strict, "refuse files of which something would not be carried out");
  arguments.flag("--verbose", globals.verbose, "say which engine is used and why");
  arguments.flag("-v,--version", version, "print the version");
}

Action declare_command(const CommandDef& command, Arguments& arguments, bool& dry_run) {
  Action action = command.define(arguments);
  arguments.flag("--dry-run", dry_run, "print what would be done, each step with its reason, and do nothing").hidden =
      !command.changes;
  return action;
}

int run_program(Console& console, const std::vector<std::string>& words, compose::StringMap environment,
                Surroundings surroundings) {
  GlobalOptions globals;
  bool version = false;
  std::vector<std::string> rest;
  Arguments before;
  declare_globals(before, globals, version);
  before.positionals("COMMAND", rest, WordKind::command);
  console.set_styling(decide_styling(ansi_mode(globals, environment), console, environment));
  before.parse(words);
  console.set_styling(decide_styling(ansi_mode(globals, environment), console, environment));
  if (version) {
    console.write_out(fmt::format("hoist {}\n", k_version));
    return 0;
  }
  if (before.help_asked() || rest.empty()) {
    console.write_out(program_help());
    return 0;
  }
  const CommandDef& command = get_command(rest.front());
  Arguments arguments;
  const Action action = declare_command(command, arguments, globals.dry_run);
  arguments.parse(std::span(rest).subspan(1));
  if (arguments.help_asked()) {
    console.write_out(command_help(command));
    return 0;
  }
  Session session(console, std::move(globals), std::move(environment), std::move(surroundings));
  return action(session);
}

}  // namespace hoist::cli

#include "cli/commands.hpp"

#include <fmt/format.h>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"

namespace hoist::cli {

std::span<const CommandDef> commands() {
  static constexpr CommandDef k_commands[] = {
      {"up", "create and start services", "hoist up -d --build web", define_up, true},
      {"down", "stop and remove containers and networks", "hoist down -v", define_down, true},
      {"ps", "list containers", "hoist ps -a --format json", define_ps},
      {"watch", "start services and carry edits of their sources into them", "hoist watch web", define_watch, true},
      {"logs", "show the output of containers", "hoist logs -f --tail 20 web", define_logs},
      {"exec", "run a command in a running container", "hoist exec web sh", define_exec},
      {"run", "run a one-off command on a service", "hoist run --rm web python manage.py migrate", define_run, true},
      {"start", "start services that exist", "hoist start web", define_start, true},
      {"stop", "stop services without removing them", "hoist stop -t 5 web", define_stop, true},
      {"restart", "restart services", "hoist restart web", define_restart, true},
      {"kill", "end services at once or send them a signal", "hoist kill -s SIGHUP web", define_kill, true},
      {"rm", "remove stopped containers", "hoist rm -fs web", define_rm, true},
      {"create", "create containers without starting them", "hoist create --build", define_create, true},
      {"build", "build the images of services", "hoist build --no-cache web", define_build, true},
      {"pull", "pull the images of services", "hoist pull --ignore-buildable", define_pull, true},
      {"push", "push the images of services", "hoist push web", define_push, true},
      {"images", "list the images of the containers", "hoist images --format json", define_images},
      {"config", "check the Compose files and print them in full", "hoist config --explain services.web.image",
       define_config},
      {"convert", "check the Compose files and print them in full", "hoist convert", define_config, false, true},
      {"ls", "list projects", "hoist ls -a", define_ls},
      {"port", "print the public address of a port", "hoist port web 80", define_port},
      {"version", "print the version", "hoist version --short", define_version},
      {"help", "explain a command", "hoist help up", define_help},
      {"completion", "print a completion script for a shell",
       "hoist completion bash > ~/.local/share/bash-completion/completions/hoist", define_completion},
      {"__complete", "say what may stand at the cursor, for the completion scripts", "hoist __complete -- logs w",
       define_complete, false, true},
      {"__man", "print the man page", "hoist __man | man -l -", define_man, false, true},
  };
  return k_commands;
}

const CommandDef* find_command(std::string_view name) {
  for (const CommandDef& command : commands()) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

const CommandDef& get_command(std::string_view name) {
  if (const CommandDef* found = find_command(name)) return *found;
  std::vector<std::string> names;
  for (const CommandDef& command : commands()) {
    if (!command.hidden) names.emplace_back(command.name);
  }
  Error error(ErrorCode::bad_input, fmt::format("unknown command '{}'", name));
  const std::string guess = did_you_mean(name, names);
  throw error.with_hint(guess.empty() ? "see 'hoist --help' for the list" : guess);
}

}  // namespace hoist::cli

#include <fmt/format.h>

#include <memory>

#include "cli/commands.hpp"
#include "cli/interactive.hpp"
#include "cli/select.hpp"
#include "cli/session.hpp"

namespace hoist::cli {
namespace {

struct Options {
  bool detach = false;
  bool no_tty = false;
  bool tty = true;
  bool interactive = true;
  bool privileged = false;
  std::string user;
  std::string directory;
  std::vector<std::string> environment;
  std::optional<int> index;
  std::string service;
  std::vector<std::string> command;
};

/// "NAME" alone passes on our own value, as `docker exec -e` does; an unset one is left out.
std::vector<std::string> resolved(const std::vector<std::string>& variables, Session& session) {
  std::vector<std::string> out;
  for (const std::string& variable : variables) {
    if (variable.find('=') != std::string::npos) {
      out.push_back(variable);
    } else if (const auto own = session.environment().find(variable); own != session.environment().end()) {
      out.push_back(variable + "=" + own->second);
    }
  }
  return out;
}

int exec(Session& session, const Options& options) {
  const compose::Project* project = session.find_project({options.service});
  const compose::ObservedState state = observe_containers(session);
  check_known(project, state, {options.service});
  const compose::ObservedContainer& container = get_running(state, options.service, options.index);
  Console& console = session.console();
  const bool tty =
      !options.no_tty && options.tty && !options.detach && console.in_is_terminal() && console.out_is_terminal();
  compose::ExecRequest request{.container = container.id,
                               .argv = options.command,
                               .environment = resolved(options.environment, session),
                               .user = options.user,
                               .working_dir = options.directory,
                               .tty = tty,
                               .stdin_open = options.interactive && !options.detach,
                               .privileged = options.privileged};
  if (options.detach) {
    session.containers().exec_detached(request, session.stop());
    return 0;
  }
  if (tty) request.size = console.size();
  const std::unique_ptr<compose::AttachedProcess> process = session.containers().exec(request, session.stop());
  return join_streams(session, *process, tty, request.stdin_open);
}

}  // namespace

Action define_exec(Arguments& arguments) {
  const auto options = std::make_shared<Options>();
  arguments.options_first();
  arguments.flag("-d,--detach", options->detach, "leave the command running");
  arguments.list("-e,--env", options->environment, "NAME=VALUE", "set a variable");
  arguments.value("--index", options->index, "N", "number of the container when the service has several");
  arguments.flag("-T,--no-tty", options->no_tty, "no terminal; the default when input or output is none");
  arguments.flag("--privileged", options->privileged, "with all rights of the engine");
  arguments.value("-u,--user", options->user, "USER", "run as this user");
  arguments.value("-w,--workdir", options->directory, "DIR", "working directory");
  arguments.flag("-i,--interactive", options->interactive, "pass input on (default true)").hidden = true;
  arguments.flag("-t,--tty", options->tty, "use a terminal (default true)").hidden = true;
  arguments.positional("SERVICE", options->service, WordKind::service);
  arguments.positionals("COMMAND", options->command, WordKind::plain, 1);
  return [options](Session& session) { return exec(session, *options); };
}

}  // namespace hoist::cli

#include <memory>

#include "cli/commands.hpp"
#include "cli/execute.hpp"
#include "cli/select.hpp"
#include "cli/session.hpp"
#include "compose/plan/plan_lifecycle.hpp"

namespace hoist::cli {
namespace {

struct Options {
  std::string signal = "SIGKILL";
  bool remove_orphans = false;
  std::vector<std::string> services;
};

int kill(Session& session, const Options& options) {
  const compose::Project* project = session.find_project();
  const compose::ObservedState state = observe_containers(session, true);
  const compose::Plan plan = compose::plan_kill(
      project, state,
      {.services = options.services, .signal = options.signal, .remove_orphans = options.remove_orphans});
  execute(session, plan);
  if (plan.empty() && !session.globals().dry_run) tell(session, "nothing to kill: no container runs");
  return 0;
}

}  // namespace

Action define_kill(Arguments& arguments) {
  const auto options = std::make_shared<Options>();
  arguments.value("-s,--signal", options->signal, "SIGNAL", "the signal to send (default SIGKILL)");
  arguments.flag("--remove-orphans", options->remove_orphans, "end and remove containers that the file does not have");
  arguments.positionals("SERVICE", options->services, WordKind::service);
  return [options](Session& session) { return kill(session, *options); };
}

}  // namespace hoist::cli

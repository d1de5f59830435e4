#include <memory>

#include "cli/commands.hpp"
#include "cli/execute.hpp"
#include "cli/select.hpp"
#include "cli/session.hpp"
#include "compose/plan/plan_lifecycle.hpp"

namespace hoist::cli {
namespace {

struct Options {
  std::optional<int> timeout;
  std::vector<std::string> services;
};

int stop(Session& session, const Options& options) {
  const compose::Project* project = session.find_project();
  const compose::ObservedState state = observe_containers(session);
  const compose::Plan plan = compose::plan_stop(project, state, options.services, seconds(options.timeout));
  execute(session, plan);
  if (plan.empty() && !session.globals().dry_run) tell(session, "nothing to stop: no container runs");
  return 0;
}

}  // namespace

Action define_stop(Arguments& arguments) {
  const auto options = std::make_shared<Options>();
  arguments.value("-t,--timeout", options->timeout, "SECONDS", "time to end by itself before a container is killed");
  arguments.positionals("SERVICE", options->services, WordKind::service);
  return [options](Session& session) { return stop(session, *options); };
}

}  // namespace hoist::cli

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "cli/commands.hpp"
#include "cli/execute.hpp"
#include "cli/select.hpp"
#include "cli/session.hpp"
#include "compose/base/error.hpp"
#include "compose/plan/plan_lifecycle.hpp"

namespace hoist::cli {
namespace {

struct Options {
  bool force = false;
  bool stop = false;
  bool volumes = false;
  bool all = false;
  std::vector<std::string> services;
};

/// Asks before containers go. Errors: Error{bad_input} when nobody can be asked.
bool may_remove(Session& session, const compose::Plan& plan) {
  std::vector<std::string> names;
  for (const compose::PlanNode& node : plan.nodes) {
    if (const auto* remove = std::get_if<compose::RemoveContainer>(&node.op)) names.push_back(remove->name);
  }
  const std::string question = fmt::format("remove {}?", fmt::join(names, ", "));
  if (session.console().in_is_terminal()) return session.confirm(question);
  throw Error(ErrorCode::bad_input, fmt::format("there is no terminal to ask on: {}", question))
      .with_hint("say --force to remove without a question");
}

int rm(Session& session, const Options& options) {
  const compose::Project* project = session.find_project();
  const compose::ObservedState state = observe_containers(session, true);
  const compose::Plan plan = compose::plan_remove(
      project, state, {.services = options.services, .stop = options.stop, .volumes = options.volumes});
  if (plan.empty()) {
    if (!session.globals().dry_run) tell(session, "nothing to remove: no container is stopped");
    return 0;
  }
  if (!options.force && !session.globals().dry_run && !may_remove(session, plan)) return 0;
  execute(session, plan);
  return 0;
}

}  // namespace

Action define_rm(Arguments& arguments) {
  const auto options = std::make_shared<Options>();
  arguments.flag("-f,--force", options->force, "do not ask");
  arguments.flag("-s,--stop", options->stop, "stop what runs first");
  arguments.flag("-v,--volumes", options->volumes, "remove anonymous volumes too");
  arguments.flag("-a,--all", options->all, "no effect, as in Docker Compose").hidden = true;
  arguments.positionals("SERVICE", options->services, WordKind::service);
  return [options](Session& session) { return rm(session, *options); };
}

}  // namespace hoist::cli

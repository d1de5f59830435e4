#include <fmt/format.h>

#include <memory>

#include "cli/commands.hpp"
#include "cli/execute.hpp"
#include "cli/select.hpp"
#include "cli/session.hpp"
#include "compose/plan/plan_lifecycle.hpp"

namespace hoist::cli {
namespace {

struct Options {
  bool wait = false;
  std::optional<int> wait_timeout;
  std::vector<std::string> services;
};

int start(Session& session, const Options& options) {
  const compose::Project* project = session.find_project();
  const compose::ObservedState state = observe_containers(session);
  const compose::Plan plan = compose::plan_start(project, state, options.services, options.wait);
  if (state.containers.empty()) {
    throw Error(ErrorCode::not_found, fmt::format("project '{}' has no containers", session.project_name()))
        .with_hint("'hoist up -d' creates and starts them");
  }
  within(session, options.wait_timeout,
         [&session, &plan](std::stop_token stop) { execute(session, plan, {.stop = std::move(stop)}); });
  if (plan.empty() && !session.globals().dry_run) tell(session, "nothing to start: all containers run");
  return 0;
}

}  // namespace

Action define_start(Arguments& arguments) {
  const auto options = std::make_shared<Options>();
  arguments.flag("--wait", options->wait, "return when all run or are healthy");
  arguments.value("--wait-timeout", options->wait_timeout, "SECONDS", "wait at most so long");
  arguments.positionals("SERVICE", options->services, WordKind::service);
  return [options](Session& session) { return start(session, *options); };
}

}  // namespace hoist::cli

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
  bool no_dependencies = false;
  std::optional<int> timeout;
  std::vector<std::string> services;
};

int restart(Session& session, const Options& options) {
  const compose::Project* project = session.find_project();
  const compose::ObservedState state = observe_containers(session);
  const compose::Plan plan = compose::plan_restart(
      project, state,
      {.services = options.services, .dependencies = !options.no_dependencies, .timeout = seconds(options.timeout)});
  if (plan.empty()) {
    throw Error(ErrorCode::not_found,
                fmt::format("there is no container to restart in project '{}'", session.project_name()))
        .with_hint("'hoist up -d' creates and starts them");
  }
  execute(session, plan);
  return 0;
}

}  // namespace

Action define_restart(Arguments& arguments) {
  const auto options = std::make_shared<Options>();
  arguments.flag("--no-deps", options->no_dependencies, "leave dependants with 'restart: true' alone");
  arguments.value("-t,--timeout", options->timeout, "SECONDS", "time to end by itself before a container is killed");
  arguments.positionals("SERVICE", options->services, WordKind::service);
  return [options](Session& session) { return restart(session, *options); };
}

}  // namespace hoist::cli

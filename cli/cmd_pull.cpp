#include <memory>

#include "cli/commands.hpp"
#include "cli/execute.hpp"
#include "cli/session.hpp"
#include "compose/plan/plan_images.hpp"

namespace hoist::cli {
namespace {

struct Options {
  bool ignore_buildable = false;
  bool ignore_failures = false;
  bool dependencies = false;
  bool quiet = false;
  bool ignored = false;
  std::string policy;
  std::vector<std::string> services;
};

int pull(Session& session, const Options& options) {
  const compose::Project& project = session.project(options.services);
  const compose::PullRequest request{.services = options.services,
                                     .dependencies = options.dependencies,
                                     .ignore_buildable = options.ignore_buildable,
                                     .ignore_failures = options.ignore_failures,
                                     .policy = options.policy};
  compose::ObservedState state;
  // Only then it matters what is there already.
  if (options.policy == "missing") state = session.engine().observe(compose::observe_request(project), session.stop());
  const compose::Plan plan = compose::plan_pull(project, state, request);
  execute(session, plan, {.quiet = options.quiet});
  if (plan.empty() && !options.quiet) tell(session, "nothing to pull");
  return 0;
}

}  // namespace

Action define_pull(Arguments& arguments) {
  const auto options = std::make_shared<Options>();
  arguments.flag("--ignore-buildable", options->ignore_buildable, "leave out images that can be built");
  arguments.flag("--ignore-pull-failures", options->ignore_failures, "a pull that fails is a warning");
  arguments.flag("--include-deps", options->dependencies, "pull for what the services depend on too");
  arguments.choice("--policy", options->policy, {"missing", "always"}, "POLICY", "pull all, or only what is not there");
  arguments.flag("-q,--quiet", options->quiet, "show nothing but faults");
  arguments.flag("--parallel", options->ignored, "no effect, as in Docker Compose").hidden = true;
  arguments.flag("--no-parallel", options->ignored, "no effect, as in Docker Compose").hidden = true;
  arguments.positionals("SERVICE", options->services, WordKind::service);
  return [options](Session& session) { return pull(session, *options); };
}

}  // namespace hoist::cli

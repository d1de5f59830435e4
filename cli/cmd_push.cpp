#include <memory>

#include "cli/commands.hpp"
#include "cli/execute.hpp"
#include "cli/session.hpp"
#include "compose/plan/plan_images.hpp"

namespace hoist::cli {
namespace {

struct Options {
  bool ignore_failures = false;
  bool dependencies = false;
  bool quiet = false;
  std::vector<std::string> services;
};

int push(Session& session, const Options& options) {
  const compose::Plan plan = compose::plan_push(
      session.project(options.services),
      {.services = options.services, .dependencies = options.dependencies, .ignore_failures = options.ignore_failures});
  execute(session, plan, {.quiet = options.quiet});
  if (plan.empty() && !options.quiet) tell(session, "nothing to push: no service has both 'build' and 'image'");
  return 0;
}

}  // namespace

Action define_push(Arguments& arguments) {
  const auto options = std::make_shared<Options>();
  arguments.flag("--ignore-push-failures", options->ignore_failures, "a push that fails is a warning");
  arguments.flag("--include-deps", options->dependencies, "push for what the services depend on too");
  arguments.flag("-q,--quiet", options->quiet, "show nothing but faults");
  arguments.positionals("SERVICE", options->services, WordKind::service);
  return [options](Session& session) { return push(session, *options); };
}

}  // namespace hoist::cli

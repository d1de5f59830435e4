#include <fmt/format.h>

#include <memory>

#include "cli/commands.hpp"
#include "cli/execute.hpp"
#include "cli/session.hpp"
#include "compose/base/error.hpp"
#include "compose/plan/plan_images.hpp"

namespace hoist::cli {
namespace {

struct Options {
  bool no_cache = false;
  bool pull = false;
  bool push = false;
  bool quiet = false;
  bool dependencies = false;
  std::vector<std::string> args;
  bool ignored = false;
  std::string ignored_memory;
  std::vector<std::string> services;
};

/// "KEY=value", or "KEY" for what the environment holds.
compose::StringMap build_args(const Session& session, const std::vector<std::string>& words) {
  compose::StringMap args;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    const std::string key = word.substr(0, equals);
    if (key.empty()) throw Error(ErrorCode::bad_input, fmt::format("--build-arg '{}' has no name", word));
    if (equals != std::string::npos) {
      args[key] = word.substr(equals + 1);
    } else if (const auto found = session.environment().find(key); found != session.environment().end()) {
      args[key] = found->second;
    }
  }
  return args;
}

int build(Session& session, const Options& options) {
  const compose::Plan plan =
      compose::plan_build(session.project(options.services), {.services = options.services,
                                                              .dependencies = options.dependencies,
                                                              .no_cache = options.no_cache,
                                                              .pull = options.pull,
                                                              .args = build_args(session, options.args),
                                                              .push = options.push});
  execute(session, plan, {.quiet = options.quiet});
  if (plan.empty() && !options.quiet) tell(session, "nothing to build: no service has 'build'");
  return 0;
}

}  // namespace

Action define_build(Arguments& arguments) {
  const auto options = std::make_shared<Options>();
  arguments.list("--build-arg", options->args, "KEY=VALUE",
                 "set a build argument; KEY alone takes it from the environment");
  arguments.flag("--no-cache", options->no_cache, "build every step anew");
  arguments.flag("--pull", options->pull, "look for newer base images");
  arguments.flag("--push", options->push, "push the images when they are built");
  arguments.flag("-q,--quiet", options->quiet, "show nothing but faults");
  arguments.flag("--with-dependencies", options->dependencies, "build what the services depend on too");
  for (const char* name : {"--compress", "--force-rm", "--no-rm", "--parallel"}) {
    arguments.flag(name, options->ignored, "no effect, as in Docker Compose").hidden = true;
  }
  arguments.value("-m,--memory", options->ignored_memory, "BYTES", "no effect with BuildKit").hidden = true;
  arguments.positionals("SERVICE", options->services, WordKind::service);
  return [options](Session& session) { return build(session, *options); };
}

}  // namespace hoist::cli

#include "compose/plan/plan_down.hpp"

#include <fmt/format.h>

#include <memory>

#include "cli/commands.hpp"
#include "cli/execute.hpp"
#include "cli/session.hpp"

namespace hoist::cli {
namespace {

struct Options {
  bool volumes = false;
  bool remove_orphans = false;
  std::string images;
  std::optional<int> timeout;
  std::vector<std::string> services;
};

compose::DownRequest::Images images_of(const std::string& word) {
  using Images = compose::DownRequest::Images;
  if (word == "local") return Images::local;
  return word == "all" ? Images::all : Images::keep;
}

int down(Session& session, const Options& options) {
  const compose::Project* project = session.find_project();
  const std::string name = session.project_name();
  const compose::DownRequest request{
      .services = options.services,
      .remove_volumes = options.volumes,
      .images = images_of(options.images),
      .remove_orphans = options.remove_orphans || switched_on(session, "COMPOSE_REMOVE_ORPHANS"),
      .ignore_orphans = switched_on(session, "COMPOSE_IGNORE_ORPHANS"),
      .timeout = seconds(options.timeout)};
  const compose::ObservedState state =
      session.engine().observe(compose::observe_request_for_down(name, project), session.stop());
  const compose::Plan plan = compose::plan_down(project, state, request);
  execute(session, plan);
  if (plan.empty() && !session.globals().dry_run) tell(session, fmt::format("{} has nothing to remove", name));
  return 0;
}

}  // namespace

Action define_down(Arguments& arguments) {
  const auto options = std::make_shared<Options>();
  arguments.flag("-v,--volumes", options->volumes, "remove named volumes of the file and anonymous ones too");
  arguments.choice("--rmi", options->images, {"local", "all"}, "WHICH",
                   "remove images: 'local' those without a name in the file, 'all' every one");
  arguments.flag("--remove-orphans", options->remove_orphans,
                 "remove containers of services that the file does not have");
  arguments.value("-t,--timeout", options->timeout, "SECONDS", "time to end by itself before a container is killed");
  arguments.positionals("SERVICE", options->services, WordKind::service);
  return [options](Session& session) { return down(session, *options); };
}

}  // namespace hoist::cli

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/session.hpp"
#include "cli/up_options.hpp"
#include "cli/watch/watch_loop.hpp"
#include "compose/base/error.hpp"
#include "compose/plan/selection.hpp"

namespace hoist::cli {
namespace {

struct Options {
  bool no_up = false;
  bool quiet = false;
  bool prune = true;
  std::vector<std::string> services;
};

int watch(Session& session, const Options& options) {
  const compose::Project& project = session.project_to_make(options.services);
  const std::set<std::string> watched =
      watched_services(project, compose::select_services(project, options.services, false));
  if (watched.empty()) {
    throw Error(ErrorCode::bad_input, "there is nothing to watch: no service has rules")
        .with_hint(
            "put them under 'develop.watch' of a service, such as {path: ./src, action: sync, target: /app/src}");
  }
  UpOptions up;
  up.build = true;
  up.quiet_build = options.quiet;
  up.services = options.services;
  if (!options.no_up) bring_up(session, project, up, up_request(session, up));
  if (session.globals().dry_run) return 0;
  watch_services(session, project, {.services = watched, .up = up}, session.stop());
  throw Error(ErrorCode::cancelled, "interrupted");
}

}  // namespace

Action define_watch(Arguments& arguments) {
  const auto options = std::make_shared<Options>();
  arguments.flag("--no-up", options->no_up, "watch what runs; build and start nothing first");
  arguments.flag("--quiet", options->quiet, "do not show the output of builds");
  arguments.flag("--prune", options->prune, "remove images that a rebuild has replaced").hidden = true;
  arguments.positionals("SERVICE", options->services, WordKind::service);
  return [options](Session& session) { return watch(session, *options); };
}

}  // namespace hoist::cli

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <span>
#include <thread>

#include "cli/commands.hpp"
#include "cli/foreground.hpp"
#include "cli/run_main.hpp"
#include "cli/session.hpp"
#include "cli/up_options.hpp"
#include "cli/watch/watch_loop.hpp"
#include "compose/base/error.hpp"
#include "compose/plan/selection.hpp"

namespace hoist::cli {
namespace {

struct Options : UpOptions {
  bool detach = false;
  bool wait = false;
  std::optional<int> wait_timeout;
  bool no_start = false;
  bool no_colour = false;
  bool no_prefix = false;
  bool timestamps = false;
  bool attach_dependencies = false;
  bool abort_on_exit = false;
  bool abort_on_failure = false;
  bool menu = false;
  bool watch = false;
  std::string exit_code_from;
  std::vector<std::string> attach;
  std::vector<std::string> no_attach;
};

void check(const Options& options) {
  check_conflicts(options);
  const bool abort_on_exit = options.abort_on_exit || !options.exit_code_from.empty();
  const std::array<Given, 4> foreground{{{abort_on_exit, "--abort-on-container-exit"},
                                         {options.abort_on_failure, "--abort-on-container-failure"},
                                         {!options.attach.empty(), "--attach"},
                                         {options.attach_dependencies, "--attach-dependencies"}}};
  refuse_together({options.watch, "--watch"}, {options.no_build, "--no-build"});
  refuse_together({options.watch, "--watch"}, {options.detach, "--detach"});
  refuse_together({options.watch, "--watch"}, {options.wait, "--wait"});
  refuse_together({options.watch, "--watch"}, {options.no_start, "--no-start"});
  refuse_together({options.watch, "--watch"}, std::span(foreground).first(2));  // its restarts would set them off
  refuse_together({options.wait, "--wait"}, foreground);
  refuse_together({options.detach, "--detach"}, foreground);
  refuse_together({options.abort_on_exit, "--abort-on-container-exit"},
                  {options.abort_on_failure, "--abort-on-container-failure"});
}

std::set<std::string> shown_services(const compose::Project& project, const Options& options,
                                     const std::set<std::string>& selected) {
  std::set<std::string> shown(options.attach.begin(), options.attach.end());
  for (const std::string& service : shown) project.get_service(service);
  if (shown.empty()) {
    const std::set<std::string> named(options.services.begin(), options.services.end());
    for (const std::string& service : selected) {
      const bool wanted = named.empty() || named.contains(service) || options.attach_dependencies;
      if (wanted && project.get_service(service).attach) shown.insert(service);
    }
  }
  for (const std::string& service : options.no_attach) {
    project.get_service(service);
    shown.erase(service);
  }
  return shown;
}

/// "shop is up to date: 4 containers running"
void tell_up_to_date(Session& session, const compose::Project& project, const compose::ObservedState& state,
                     const std::set<std::string>& selected) {
  const auto running = std::ranges::count_if(state.containers, [&selected](const compose::ObservedContainer& c) {
    return !c.one_off && selected.contains(c.service) && compose::is_alive(c);
  });
  tell(session,
       fmt::format("{} is up to date: {} container{} running", project.name, running, running == 1 ? "" : "s"));
}

/// The watch of a foreground `up`: what ends it does not end the other.
void watch_beside(Session& session, const compose::Project& project, const Options& options,
                  const std::set<std::string>& selected, const std::stop_token& own) {
  std::stop_source either;
  const std::stop_callback on_interrupt(session.stop(), [&either] { either.request_stop(); });
  const std::stop_callback on_end(own, [&either] { either.request_stop(); });
  try {
    watch_services(session, project, {.services = watched_services(project, selected), .up = options},
                   either.get_token());
  } catch (...) {
    // The thread's end: the output goes on, the fault is told.
    session.console().write_err(describe(as_error(std::current_exception()), report_style(session.console())));
    session.warn("edits are not carried into the containers any more");
  }
}

int up_in_foreground(Session& session, const compose::Project& project, const Options& options,
                     const compose::UpRequest& request, const ForegroundRequest& show,
                     const std::set<std::string>& selected) {
  session.signals().second();  // claimed from here on: it kills what was started
  EventFeed feed(session.containers(), project.name, session.stop());
  UpResult result;
  try {
    result = bring_up(session, project, options, request);
  } catch (const Error& error) {
    // Whoever interrupts a foreground `up` means the services too, as a moment later.
    if (error.code() != ErrorCode::cancelled || !session.stop().stop_requested()) throw;
    return interrupt_foreground(session, project, show);
  }
  if (!result.changed) tell_up_to_date(session, project, result.before, selected);
  if (!show.stays) return stay_in_foreground(session, project, show, result.before, feed);
  std::jthread watch([&session, &project, &options, &selected](const std::stop_token& own) {
    watch_beside(session, project, options, selected, own);
  });
  ForegroundRequest beside = show;
  beside.before_end = [&watch] {
    watch.request_stop();
    if (watch.joinable()) watch.join();
  };
  return stay_in_foreground(session, project, beside, result.before, feed);
}

/// What Docker Compose does and we do not yet is said, and the rest is done.
void tell_not_yet(Session& session, const Options& options) {
  if (options.menu) session.warn("'--menu' is not there yet: the terminal shows the output only");
}

int up(Session& session, const Options& options) {
  check(options);
  tell_not_yet(session, options);
  const compose::Project& project = session.project_to_make(options.services);
  const std::set<std::string> selected = compose::select_services(project, options.services, !options.no_dependencies);
  if (!options.exit_code_from.empty()) project.get_service(options.exit_code_from);
  const bool foreground = !options.detach && !options.wait && !options.no_start && !session.globals().dry_run;

  compose::UpRequest request = up_request(session, options);
  request.start = !options.no_start;
  request.wait = options.wait;
  ForegroundRequest show{.shown = shown_services(project, options, selected),
                         .print = {.prefix = !options.no_prefix,
                                   .colour = session.styling().out_colour && !options.no_colour,
                                   .timestamps = options.timestamps},
                         .abort_on_exit = options.abort_on_exit || !options.exit_code_from.empty(),
                         .abort_on_failure = options.abort_on_failure,
                         .exit_code_from = options.exit_code_from,
                         .timeout = options.timeout};
  show.services =
      options.services.empty() ? selected : std::set<std::string>(options.services.begin(), options.services.end());
  show.stays = options.watch && !watched_services(project, selected).empty();
  if (options.watch && !show.stays) session.warn("no service has 'develop.watch': there is nothing to watch");
  if (foreground) return up_in_foreground(session, project, options, request, show, selected);
  const UpResult result = bring_up(session, project, options, request, options.wait_timeout);
  if (!result.changed && !session.globals().dry_run) tell_up_to_date(session, project, result.before, selected);
  return 0;
}

}  // namespace

Action define_up(Arguments& arguments) {
  const auto options = std::make_shared<Options>();
  arguments.flag("-d,--detach", options->detach, "leave the services running in the background");
  arguments.flag("--wait", options->wait, "wait until services run or are healthy; implies -d");
  arguments.value("--wait-timeout", options->wait_timeout, "SECONDS", "give up waiting after this time");
  declare_create_options(arguments, *options);
  arguments.flag("--quiet-build", options->quiet_build, "do not show the output of builds");
  arguments.flag("--always-recreate-deps", options->always_recreate_dependencies,
                 "make dependencies anew though nothing changed");
  arguments.flag("-V,--renew-anon-volumes", options->renew_volumes, "give new containers new anonymous volumes");
  arguments.flag("--no-deps", options->no_dependencies, "leave out the services that the named ones depend on");
  arguments.flag("--no-start", options->no_start, "create containers, start none");
  arguments.value("-t,--timeout", options->timeout, "SECONDS", "time to end by itself before a container is killed");
  arguments.flag("--no-color", options->no_colour, "no colours of our own");
  arguments.flag("--no-log-prefix", options->no_prefix, "lines without the name of their container");
  arguments.flag("--timestamps", options->timestamps, "show when each line was written");
  arguments.list("--attach", options->attach, "SERVICE", "show the output of this service only").completes =
      WordKind::service;
  arguments.list("--no-attach", options->no_attach, "SERVICE", "do not show the output of this service").completes =
      WordKind::service;
  arguments.flag("--attach-dependencies", options->attach_dependencies, "show the output of dependencies too");
  arguments.flag("--abort-on-container-exit", options->abort_on_exit, "stop all when one container has ended");
  arguments.flag("--abort-on-container-failure", options->abort_on_failure,
                 "stop all when one container has ended with a code other than 0");
  arguments
      .value("--exit-code-from", options->exit_code_from, "SERVICE",
             "end with the exit code of this service; implies --abort-on-container-exit")
      .completes = WordKind::service;
  arguments.flag("-w,--watch", options->watch, "carry edits of sources into the containers, by 'develop.watch'");
  arguments.flag("--menu", options->menu, "not yet").hidden = true;
  return [options](Session& session) { return up(session, *options); };
}

}  // namespace hoist::cli

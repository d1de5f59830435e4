#include "cli/up_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>
#include <variant>

#include "cli/session.hpp"
#include "compose/base/error.hpp"

namespace hoist::cli {

void declare_create_options(Arguments& arguments, UpOptions& options) {
  arguments.flag("--build", options.build, "build images first, also those that exist");
  arguments.flag("--no-build", options.no_build, "build nothing, even what is missing");
  arguments.value("--pull", options.pull, "POLICY", "pull images: always, missing, never or build");
  arguments.flag("--quiet-pull", options.quiet_pull, "do not show how far pulls are");
  arguments.flag("--force-recreate", options.force_recreate, "make containers anew though nothing changed");
  arguments.flag("--no-recreate", options.no_recreate, "keep containers though something changed");
  arguments.flag("--remove-orphans", options.remove_orphans,
                 "remove containers of services that the file does not have");
  arguments.list("--scale", options.scale, "SERVICE=N", "run N containers of a service");
  arguments.flag("-y,--yes", options.yes, "answer every question with yes").hidden = true;
  arguments.positionals("SERVICE", options.services, WordKind::service);
}

void check_conflicts(const UpOptions& options) {
  refuse_together({options.build, "--build"}, {options.no_build, "--no-build"});
  const Given recreating[] = {{options.force_recreate, "--force-recreate"},
                              {options.always_recreate_dependencies, "--always-recreate-deps"},
                              {options.renew_volumes, "--renew-anon-volumes"}};
  refuse_together({options.no_recreate, "--no-recreate"}, recreating);
}

std::map<std::string, int> parse_scale(const std::vector<std::string>& words) {
  std::map<std::string, int> scale;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    int number = -1;
    if (equals != std::string::npos) {
      const char* end = word.data() + word.size();
      const std::from_chars_result read = std::from_chars(word.data() + equals + 1, end, number);
      if (read.ec != std::errc() || read.ptr != end) number = -1;
    }
    if (number < 0) {
      throw Error(ErrorCode::bad_input, fmt::format("option '--scale' needs SERVICE=N, not '{}'", word));
    }
    scale[word.substr(0, equals)] = number;
  }
  return scale;
}

compose::UpRequest up_request(Session& session, const UpOptions& options) {
  using compose::Recreate;
  compose::UpRequest request{.services = options.services,
                             .dependencies = !options.no_dependencies,
                             .renew_anonymous_volumes = options.renew_volumes,
                             .scale = parse_scale(options.scale),
                             .timeout = seconds(options.timeout)};
  if (options.no_recreate) request.recreate = request.recreate_dependencies = Recreate::never;
  if (options.force_recreate) request.recreate = Recreate::force;
  if (options.always_recreate_dependencies) request.recreate_dependencies = Recreate::force;
  request.remove_orphans = options.remove_orphans || switched_on(session, "COMPOSE_REMOVE_ORPHANS");
  request.ignore_orphans = switched_on(session, "COMPOSE_IGNORE_ORPHANS");
  return request;
}

compose::EnsureImagesRequest images_request(const UpOptions& options) {
  using Build = compose::EnsureImagesRequest::Build;
  return {.services = options.services,
          .dependencies = !options.no_dependencies,
          .build = options.build      ? Build::always
                   : options.no_build ? Build::never
                                      : Build::when_missing,
          .pull = options.pull};
}

compose::ObservedState ensure_images(Session& session, const compose::Project& project,
                                     const compose::EnsureImagesRequest& request, const ExecuteHow& how,
                                     const ThenPlan& then, compose::Plan& pending) {
  compose::ObserveRequest question = compose::observe_request(project);
  question.one_offs = true;
  compose::ObservedState state = session.engine().observe(question, session.stop());
  compose::Plan images = compose::plan_ensure_images(project, state, request);
  if (session.globals().dry_run) {
    pending = std::move(images);
    return state;
  }
  // What must fail or be left out later is told before the first image is made.
  if (!images.empty()) check(session, joined(images, then(state)));
  execute(session, images, how);
  return images.empty() ? state : session.engine().observe(question, session.stop());
}

namespace {

/// Whether a container that `plan` had only to start is gone: an engine takes back what it was making for a run that
/// was killed, even after it has told of it.
bool lost_a_start(const compose::Plan& plan, const compose::ObservedState& before, const compose::ObservedState& now) {
  const auto has = [](const compose::ObservedState& state, const std::string& id) {
    return std::ranges::find(state.containers, id, &compose::ObservedContainer::id) != state.containers.end();
  };
  return std::ranges::any_of(plan.nodes, [&before, &now, &has](const compose::PlanNode& node) {
    const auto* start = std::get_if<compose::StartContainer>(&node.op);
    return start != nullptr && has(before, start->container) && !has(now, start->container);
  });
}

}  // namespace

UpResult bring_up(Session& session, const compose::Project& project, const UpOptions& options,
                  const compose::UpRequest& request, std::optional<int> limit_seconds) {
  UpResult result;
  ExecuteHow how{.quiet_pull = options.quiet_pull, .quiet_build = options.quiet_build, .lines = options.lines};
  compose::Plan pending;
  result.before = ensure_images(
      session, project, images_request(options), how,
      [&](const compose::ObservedState& state) { return compose::plan_up(project, state, request); }, pending);
  const compose::Plan plan = joined(std::move(pending), compose::plan_up(project, result.before, request));
  result.changed = !plan.empty();
  const auto carry_out = [&session, &how, limit_seconds](const compose::Plan& steps) {
    within(session, limit_seconds, [&session, &how, &steps](std::stop_token stop) {
      how.stop = std::move(stop);
      execute(session, steps, how);
    });
  };
  try {
    carry_out(plan);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
    compose::ObserveRequest question = compose::observe_request(project);
    question.one_offs = true;
    const compose::ObservedState now = session.engine().observe(question, session.stop());
    if (!lost_a_start(plan, result.before, now)) throw;
    tell(session, "the engine has taken back a container of a run that was killed: making it anew");
    carry_out(compose::plan_up(project, now, request));
  }
  return result;
}

}  // namespace hoist::cli

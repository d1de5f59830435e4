#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>

#include "cli/commands.hpp"
#include "cli/container_format.hpp"
#include "cli/select.hpp"
#include "cli/session.hpp"
#include "compose/base/error.hpp"
#include "compose/base/text.hpp"

namespace hoist::cli {
namespace {

struct Options {
  bool all = false;
  bool quiet = false;
  bool services = false;
  bool orphans = true;
  bool full = false;
  std::string format = "table";
  std::vector<std::string> filters;
  std::vector<std::string> states;
  std::vector<std::string> names;
};

const std::vector<std::string> k_states{"paused", "restarting", "removing", "running", "dead", "created", "exited"};

/// All states asked for by --status and --filter. Errors: Error{bad_input} for an unknown filter or state.
std::set<std::string> wanted_states(const Options& options) {
  std::set<std::string> states(options.states.begin(), options.states.end());
  for (const std::string& filter : options.filters) {
    if (!filter.starts_with("status=")) {
      throw Error(ErrorCode::bad_input, fmt::format("unknown filter '{}'", filter))
          .with_hint("the one filter is status=STATE");
    }
    states.insert(filter.substr(filter.find('=') + 1));
  }
  for (const std::string& state : states) {
    if (std::ranges::find(k_states, state) == k_states.end()) {
      throw Error(ErrorCode::bad_input, fmt::format("unknown state '{}'", state))
          .with_hint(fmt::format("choose one of: {}", fmt::join(k_states, ", ")));
    }
  }
  return states;
}

bool is_shown(const compose::ObservedContainer& container, const Options& options,
              const std::set<std::string>& states) {
  using compose::ContainerState;
  if (!states.empty()) return states.contains(std::string(compose::to_string(container.state)));
  if (options.all) return true;
  return container.state == ContainerState::running || container.state == ContainerState::paused ||
         container.state == ContainerState::restarting;
}

int ps(Session& session, const Options& options) {
  const std::set<std::string> states = wanted_states(options);
  const compose::Project* project = session.find_project();
  const compose::ObservedState state = observe_containers(session, options.all);
  check_known(project, state, options.names);
  std::vector<compose::ObservedContainer> shown;
  for (const compose::ObservedContainer& container : of_services(state, options.names)) {
    const bool orphan = project != nullptr && !project->services.contains(container.service) &&
                        !project->disabled_services.contains(container.service);
    if (is_shown(container, options, states) && (options.orphans || !orphan)) shown.push_back(container);
  }
  if (options.quiet) {
    for (const compose::ObservedContainer& container : shown) session.print(container.id + "\n");
    return 0;
  }
  if (options.services) {
    std::set<std::string> names;
    for (const compose::ObservedContainer& container : shown) names.insert(container.service);
    for (const std::string& name : names) session.print(name + "\n");
    return 0;
  }
  const PsFormat format{.now = std::chrono::system_clock::now(), .full = options.full};
  session.print(options.format == "json" ? format_ps_json(shown, format) : format_ps_table(shown, format));
  return 0;
}

}  // namespace

Action define_ps(Arguments& arguments) {
  const auto options = std::make_shared<Options>();
  arguments.flag("-a,--all", options->all, "stopped containers and those of 'run' too");
  arguments.choice("--format", options->format, {"table", "json"}, "FORMAT", "form of the output");
  arguments.flag("-q,--quiet", options->quiet, "only ids");
  arguments.flag("--services", options->services, "only names of services");
  arguments.list("--filter", options->filters, "STATUS=STATE", "only containers in this state");
  arguments.list("--status", options->states, "STATE", "only containers in this state").choices = k_states;
  arguments.flag("--orphans", options->orphans, "containers of services that the file does not have (default true)");
  arguments.flag("--no-trunc", options->full, "ids and commands in full");
  arguments.positionals("SERVICE", options->names, WordKind::service);
  return [options](Session& session) { return ps(session, *options); };
}

}  // namespace hoist::cli

#include "cli/select.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/session.hpp"
#include "compose/base/error.hpp"
#include "compose/base/text.hpp"
#include "compose/plan/labels.hpp"

namespace hoist::cli {

compose::ObservedState observe_containers(Session& session, bool one_offs) {
  const compose::ObserveRequest request{
      .project = session.project_name(), .one_offs = one_offs, .containers_only = true};
  return session.engine().observe(request, session.stop());
}

std::vector<compose::ObservedContainer> of_services(const compose::ObservedState& state,
                                                    const std::vector<std::string>& services) {
  std::vector<compose::ObservedContainer> chosen;
  for (const compose::ObservedContainer& container : state.containers) {
    const bool wanted = services.empty() || std::ranges::find(services, container.service) != services.end();
    if (wanted) chosen.push_back(container);
  }
  return chosen;
}

const compose::ObservedContainer& get_running(const compose::ObservedState& state, const std::string& service,
                                              std::optional<int> index) {
  bool exists = false;
  for (const compose::ObservedContainer& container : state.containers) {
    if (container.service != service || container.one_off) continue;
    if (index && *index > 0 && container.number != *index) continue;
    exists = true;
    if (container.state == compose::ContainerState::running) return container;
  }
  if (index && *index > 0) {
    throw Error(ErrorCode::not_found, fmt::format("service '{}' has no running container number {}", service, *index))
        .with_hint("see 'hoist ps -a'");
  }
  throw Error(ErrorCode::not_found, fmt::format("service '{}' is not running", service))
      .with_hint(exists ? fmt::format("start it with 'hoist start {}'", service)
                        : fmt::format("start it with 'hoist up -d {}'", service));
}

void check_known(const compose::Project* project, const compose::ObservedState& state,
                 const std::vector<std::string>& services) {
  std::set<std::string> seen;
  for (const compose::ObservedContainer& container : state.containers) seen.insert(container.service);
  for (const std::string& service : services) {
    if (seen.contains(service)) continue;
    if (project != nullptr) {
      project->get_service(service);
      continue;
    }
    const std::vector<std::string> names(seen.begin(), seen.end());
    throw Error(ErrorCode::bad_input, fmt::format("no such service: '{}'", service))
        .with_hint(did_you_mean(service, names));
  }
}

std::string log_name(const compose::ObservedContainer& container) {
  if (container.one_off || container.number == 0) return container.name;
  return compose::replica_name(container.name, container.service, std::to_string(container.number));
}

std::string log_name(const compose::ContainerEvent& event) {
  const std::string number = compose::label_of(event.labels, compose::k_label_number);
  if (event.service.empty() || number.empty() || is_one_off(event)) return event.name;
  return compose::replica_name(event.name, event.service, number);
}

bool is_one_off(const compose::ContainerEvent& event) {
  return compose::is_one_off(event.labels);
}

}  // namespace hoist::cli

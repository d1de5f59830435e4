#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compose/model/project.hpp"
#include "compose/plan/engine.hpp"
#include "compose/plan/observed.hpp"

namespace hoist::cli {

class Session;

/// The containers of the session's project, seen without its networks, volumes and images: one request.
compose::ObservedState observe_containers(Session& session, bool one_offs = false);

/// Containers of `services` (all when empty), in the order of `state`.
std::vector<compose::ObservedContainer> of_services(const compose::ObservedState& state,
                                                    const std::vector<std::string>& services);

/// The running container number `index` of `service` (the lowest number when nothing).
/// Errors: Error{not_found} that says which service or number is not running and how to start it.
const compose::ObservedContainer& get_running(const compose::ObservedState& state, const std::string& service,
                                              std::optional<int> index);

/// Errors: Error{bad_input} when there is no such service in the file or, without a file, among the containers.
void check_known(const compose::Project* project, const compose::ObservedState& state,
                 const std::vector<std::string>& services);

/// "web-1": what a log line starts with. The container's own name when the label with its number is missing.
std::string log_name(const compose::ObservedContainer& container);
/// The same for the container that an event is about.
std::string log_name(const compose::ContainerEvent& event);

/// Whether an event is about a container of `run`.
bool is_one_off(const compose::ContainerEvent& event);

}  // namespace hoist::cli

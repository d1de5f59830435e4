#pragma once

#include <vector>

#include "compose/base/error.hpp"
#include "compose/load/node.hpp"

namespace hoist::compose {

/// Reports what does not fit together across a whole document: references to networks, volumes, secrets,
/// configs, models and services that are not there, attributes that contradict each other, and dependency
/// cycles as a path
/// ("web -> db -> web"). All findings at once, each with its place and the nearest right name.
///
/// `disabled` holds the services that profiles switch off: a dependency on one is an error unless it is
/// optional. Wants the canonical, normalised form. Source: compose-go's checkConsistency for which ones.
void check_consistency(const Node& document, const Node& disabled, std::vector<Diagnostic>& findings);

/// Reports each cycle among the dependencies of the services once. Called by check_consistency.
void check_cycles(const Node& services, std::vector<Diagnostic>& findings);

}  // namespace hoist::compose

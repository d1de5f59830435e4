#pragma once

#include <vector>

#include "compose/base/error.hpp"
#include "compose/load/node.hpp"
#include "compose/load/sources.hpp"

namespace hoist::compose {

/// Puts the variables of each service's `env_file` under its `environment`, and the labels of its
/// `label_file` under its `labels`; `env_file` and `label_file` are gone then. Wants settled values.
///
/// What the service itself says wins, then later files. A variable of the service without value takes that of
/// `sources.environment`, and stays without one when there is none. Values in files may use variables: the
/// environment's come first, then the service's, then those above in the same file and in the files before
/// it. Files that are missing though required, and what cannot be read of them, go to `findings`. Source:
/// Compose Specification, services.env_file; compose-go for the order.
void resolve_environment(Node& tree, const Sources& sources, std::vector<Diagnostic>& findings);

}  // namespace hoist::compose

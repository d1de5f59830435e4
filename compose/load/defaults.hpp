#pragma once

#include "compose/load/node.hpp"

namespace hoist::compose {

/// Adds what the language says of attributes that were left out: `build.context`, protocol and mode of ports,
/// targets of secrets, counts of devices, the creation of a bind's path. Wants the canonical form. Source:
/// Compose Specification; compose-go's transform/defaults.go for which ones.
void set_defaults(Node& document);

}  // namespace hoist::compose

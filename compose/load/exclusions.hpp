#pragma once

#include <vector>

#include "compose/base/error.hpp"
#include "compose/load/node.hpp"

namespace hoist::compose {

/// Reports attributes that exclude each other or lack a partner within one mapping: what the schema cannot
/// say. Wants the canonical form; changes nothing. Source: compose-go's validation package for which ones.
void check_exclusions(Node& document, std::vector<Diagnostic>& findings);

}  // namespace hoist::compose

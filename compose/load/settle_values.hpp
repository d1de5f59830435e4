#pragma once

#include <vector>

#include "compose/base/error.hpp"
#include "compose/load/node.hpp"

namespace hoist::compose {

/// Gives every value its one spelling: commands as lists, variables and labels as mappings of texts,
/// durations as "1m30s", sizes as texts of bytes, hosts as "name=address", numbers and booleans as such;
/// attributes that say nothing (null, an empty list, false where false is the default) go. Values that cannot
/// be read are reported. Wants the canonical form. Not for documents without interpolation. Source:
/// compose-go's types, how they decode and encode.
void settle_values(Node& document, std::vector<Diagnostic>& findings);

/// Takes out the attributes that say nothing. Called by settle_values.
void drop_empty_attributes(Node& document);

}  // namespace hoist::compose

#pragma once

#include <string>

#include "compose/load/node.hpp"

namespace hoist::compose {

/// The tree as YAML: two spaces of indentation, `name` first at the top, then keys in the order of their
/// bytes; texts quoted only where they must be, texts of several lines as blocks. Ends with a line break.
/// Guarantee: parsing the result gives the tree again.
std::string to_yaml(const Node& tree);

/// The tree as JSON: two spaces of indentation, keys ordered as in YAML, texts escaped as Go escapes them.
/// Ends with a line break.
std::string to_json(const Node& tree);

/// The tree with every `$` doubled, so that reading what is printed of it gives the tree again. Those in keys
/// too: keys are read as they stand, but this is what `docker compose config` prints.
Node escape_variables(Node tree);

}  // namespace hoist::compose

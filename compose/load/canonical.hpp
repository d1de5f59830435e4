#pragma once

#include <vector>

#include "compose/base/error.hpp"
#include "compose/load/node.hpp"

namespace hoist::compose {

/// Puts the long form in the place of every short one: `build: .`, ports, volumes, `depends_on` and networks
/// as lists, secrets and configs by name, devices, `external: {name: x}`. The document must have passed the
/// schema.
///
/// Entries that cannot be read go to `findings`, each with its place. With `keep_unreadable` they stay as
/// they are instead: without interpolation a port may be "${PORT}". Source: Compose Specification;
/// compose-go's transform package for the result.
void to_canonical(Node& document, std::vector<Diagnostic>& findings, bool keep_unreadable = false);

/// "/a/b" from "/a/./c/../b/", as Go's path.Clean: no trailing slash, "." for an empty path.
std::string clean_path(std::string_view path);

}  // namespace hoist::compose

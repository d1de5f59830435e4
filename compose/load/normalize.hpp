#pragma once

#include <string>

#include "compose/load/load.hpp"
#include "compose/load/node.hpp"

namespace hoist::compose {

/// Writes out what a document only implies: the default network of services that name none, the engine's
/// names
/// "<project>_<key>", dependencies that follow from links, shared namespaces and volumes_from, the
/// Dockerfile's name, build arguments and variables that take their value from `environment`. Wants the
/// canonical form. Source: Compose Specification; compose-go's loader/normalize.go for which ones.
void normalize(Node& document, const std::string& project, const StringMap& environment);

}  // namespace hoist::compose

#pragma once

#include <string>
#include <vector>

#include "compose/load/node.hpp"

namespace hoist::compose {

/// Takes the services out of `document` that no profile switches on, and returns them as a mapping.
///
/// A service without profiles is on; `*` switches all on; a service in `named` switches its own profiles on,
/// and with them every service that shares one. Source: Compose Specification, Profiles.
Node take_disabled_services(Node& document, const std::vector<std::string>& profiles,
                            const std::vector<std::string>& named);

}  // namespace hoist::compose

#pragma once

#include <string_view>
#include <vector>

#include "compose/model/service.hpp"

namespace hoist::compose {

/// The ports of a short entry "[IP:][HOST:]CONTAINER[/PROTOCOL]"; ranges of equal length give one each, in the
/// order of their text; a host range over one container port stays one entry.
/// Errors: Error{bad_input}. The caller adds the place.
/// Source: Compose Specification, services.ports; Docker's nat.ParsePortSpec.
std::vector<PortMapping> parse_ports(std::string_view spec);

/// True for an IPv4 or IPv6 address.
bool is_ip_address(std::string_view text);

}  // namespace hoist::compose

#pragma once

#include <string>
#include <string_view>

#include "remote/http/client.hpp"

namespace hoist::remote {

/// The endpoint that an address as in DOCKER_HOST means: unix:///path, tcp://host:port, http://host:port or
/// host:port. Without a port it is 2375. `origin` ("DOCKER_HOST", "docker context 'lab'") goes into the
/// messages. Errors: Error{bad_input} for anything else; for ssh:// and https:// with the way around.
HttpEndpoint parse_engine_address(std::string_view text, const std::string& origin);

}  // namespace hoist::remote

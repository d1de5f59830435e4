#pragma once

#include <string>
#include <string_view>

namespace hoist::agent {

/// The agent's program for containers of an architecture as engines name it ("amd64", "x86_64"); empty when this hoist
/// has none for it. It lives as long as the process.
std::string_view agent_image(std::string_view architecture);

/// Where it is put in a container: a name that no other agent has.
std::string agent_path(std::string_view image);

}  // namespace hoist::agent

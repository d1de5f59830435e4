#pragma once

#include <string_view>

#include "remote/docker/start_failure.hpp"

namespace hoist::remote {

/// Whether the engine at `address` ("unix:///var/run/docker.sock") is a process of this machine that publishes ports in
/// the network that we see. False where that is not certain: an engine behind a forwarded socket, outside the container
/// that we run in, or in a network of its own.
bool is_in_our_network(std::string_view address);

/// Whether somebody listens on that address of this machine. The kernel is asked by binding to it for a moment, so that
/// what only resembles a clash (another family, another address) is none. False where that is not certain.
bool is_port_taken(const PortClash& address);

}  // namespace hoist::remote

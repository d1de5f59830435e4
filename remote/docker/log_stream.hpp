#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "compose/plan/engine.hpp"
#include "remote/docker/client.hpp"

namespace hoist::remote {

/// Hands over a container's output until its end; while following, a stop request ends it without an error.
void stream_logs(DockerClient& client, const compose::LogRequest& request,
                 const std::function<void(compose::OutputChunk)>& on_chunk, std::stop_token stop);

/// The last lines that a container printed, both outputs, without control characters.
std::vector<std::string> last_log_lines(DockerClient& client, const std::string& container, std::size_t lines,
                                        std::stop_token stop);

/// The engine's clock: nanoseconds since 1970; ours where it does not tell.
std::int64_t engine_now(DockerClient& client, std::stop_token stop);

}  // namespace hoist::remote

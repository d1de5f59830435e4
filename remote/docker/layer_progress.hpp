#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "compose/base/event.hpp"

namespace hoist::remote {

/// What a line of a pull or push says, as an event of `resource`: one part per layer. Nothing when the line
/// carries no status (errors and results are the caller's).
std::optional<Event> layer_event(const nlohmann::json& line, const std::string& resource);

/// The error that a line of an engine's stream carries, on one line without control characters.
std::optional<std::string> stream_error(const nlohmann::json& line);

}  // namespace hoist::remote

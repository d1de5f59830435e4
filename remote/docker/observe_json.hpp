#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "compose/plan/engine.hpp"
#include "compose/plan/observed.hpp"

namespace hoist::remote {

/// What the list's words say of a container: "Exited (3) 5 minutes ago", "Up 5 minutes (healthy)".
struct ParsedStatus {
  compose::Health health = compose::Health::none;
  std::optional<int> exit_code;

  bool operator==(const ParsedStatus&) const = default;
};
ParsedStatus parse_status(std::string_view status);

/// The state an engine spells so; `created` for words not known. Podman's own ("configured", "stopped")
/// included.
compose::ContainerState parse_state(std::string_view state);
compose::Health parse_health(std::string_view health);

/// One entry of GET /containers/json. Network ids may be missing or names (Podman).
compose::ObservedContainer container_from_list(const nlohmann::json& entry);

/// The answer of GET /containers/{id}/json.
compose::ContainerDetail detail_from_inspect(const nlohmann::json& answer);

/// One entry of GET /networks.
compose::ObservedNetwork network_from_list(const nlohmann::json& entry);
/// One entry of GET /volumes.
compose::ObservedVolume volume_from_list(const nlohmann::json& entry);

/// One line of GET /events; nothing when it is not about a container.
std::optional<compose::ContainerEvent> event_from_json(const nlohmann::json& line);

/// Whether the engine made up this volume name itself.
bool is_anonymous_volume(std::string_view name);

/// The moment so many seconds after 1970; nothing when it is centuries away.
std::optional<std::chrono::system_clock::time_point> moment_of(std::int64_t seconds);

/// The moment "2026-11-24T09:07:44.514304035Z"; nothing when it is no time or the engine's zero time.
std::optional<std::chrono::system_clock::time_point> parse_engine_time(std::string_view text);

}  // namespace hoist::remote

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hoist::remote {

/// An address on the host that two want.
struct PortClash {
  std::string host_ip;  ///< as the engine wrote it; may be empty
  std::uint16_t port = 0;
  std::string protocol = "tcp";

  bool operator==(const PortClash&) const = default;
};

/// The address that an engine's refusal is about; nothing when it is about something else.
std::optional<PortClash> find_port_clash(std::string_view message);

/// The engine's words on a failed start without the layers that handed them on:
/// `exec: "nope": executable file not found in $PATH`.
std::string clean_start_failure(std::string_view message);

/// What a person can do about a cleaned failure; empty when nothing is known.
std::string start_failure_hint(std::string_view cleaned, const std::string& service);

}  // namespace hoist::remote

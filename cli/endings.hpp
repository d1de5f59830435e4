#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "compose/plan/engine.hpp"

namespace hoist::cli {

/// How containers ended, as far as an engine's events tell.
///
/// Tells containers that ended by themselves from those that somebody stopped. A restart is a stop first, a replacement
/// a stop and a removal, and an engine's events do not say which of them it is until a container starts.
class Endings {
 public:
  /// To be called with every event of the containers that matter.
  void see(const compose::ContainerEvent& event);
  /// Of a container that had ended already, at the latest at this moment (nanoseconds of the engine's clock).
  void had_ended(const std::string& container, std::int64_t moment);
  /// When the container ended last, in nanoseconds of the engine's clock; nothing when it has not. What it prints after
  /// a new start comes later than that, but maybe before the engine tells of the start.
  std::optional<std::int64_t> last_end(const std::string& container) const;
  /// How long a start may take to follow, once the last container has ended. Zero when nobody stopped one.
  std::chrono::milliseconds patience() const;

 private:
  std::map<std::string, std::int64_t> ends_;
  std::set<std::string> stopped_;  ///< ids of containers that were told to end
};

}  // namespace hoist::cli

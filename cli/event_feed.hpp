#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "compose/plan/engine.hpp"

namespace hoist::cli {

/// The events of a project's containers as a queue: a thread listens, the owner takes.
///
/// Nothing that happens once it is made is missed, however late the engine begins to tell. Some of the second
/// before may be told too.
class EventFeed {
 public:
  /// Errors: as Engine.
  EventFeed(compose::ContainerAccess& containers, std::string project, std::stop_token stop);
  ~EventFeed();
  EventFeed(const EventFeed&) = delete;
  EventFeed& operator=(const EventFeed&) = delete;

  /// From when on it tells: nanoseconds of the engine's clock.
  std::int64_t since() const;
  /// The next event; nothing after a stop request, or when the engine has ended the stream.
  /// Errors: what the listener met.
  std::optional<compose::ContainerEvent> take(std::stop_token stop);
  /// The same; nothing too when none comes within `patience`.
  std::optional<compose::ContainerEvent> take_within(std::chrono::milliseconds patience, std::stop_token stop);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hoist::cli

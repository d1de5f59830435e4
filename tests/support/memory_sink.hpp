#pragma once

#include <string>
#include <vector>

#include "compose/base/event.hpp"
#include "compose/base/sync_value.hpp"

namespace hoist::test {

/// A sink that keeps all events, in the order in which they came.
///
/// Thread: any.
class MemorySink final : public EventSink {
 public:
  void emit(Event event) noexcept override {
    events_.with([&event](std::vector<Event>& events) { events.push_back(std::move(event)); });
  }
  std::vector<Event> events() const {
    return events_.with([](const std::vector<Event>& events) { return events; });
  }
  /// "done: started" for each event of `resource`.
  std::vector<std::string> lines_of(const std::string& resource) const {
    std::vector<std::string> lines;
    for (const Event& event : events()) {
      if (event.resource == resource) lines.push_back(std::string(to_string(event.phase)) + ": " + event.text);
    }
    return lines;
  }

 private:
  SyncValue<std::vector<Event>> events_;
};

}  // namespace hoist::test

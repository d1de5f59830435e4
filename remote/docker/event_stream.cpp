#include "remote/docker/event_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "compose/base/clock.hpp"
#include "compose/base/error.hpp"
#include "remote/docker/line_reader.hpp"
#include "remote/docker/observe_json.hpp"

namespace hoist::remote {
namespace {

using compose::ContainerEvent;

constexpr std::int64_t k_second = 1'000'000'000;
constexpr std::size_t k_longest_event = 1U << 20U;

/// Tells events that were handed over from those that were not, where two streams overlap.
class EventCursor {
 public:
  explicit EventCursor(std::optional<std::int64_t> since) : since_(since) {}

  /// From when on the engine is to tell: whole seconds, which every engine understands.
  std::optional<std::int64_t> second() const {
    if (!recent_.empty()) return newest_ / k_second;
    return since_ ? std::optional(*since_ / k_second) : std::nullopt;
  }

  /// Whether `event` is to be handed over; it counts as handed over then.
  bool admit(const ContainerEvent& event) {
    if (since_ && compose::is_before(event, *since_)) return false;
    Seen seen{event.time_nanoseconds, event.container, event.action};
    if (std::ranges::find(recent_, seen) != recent_.end()) return false;
    newest_ = std::max(newest_, event.time_nanoseconds);
    std::erase_if(recent_, [this](const Seen& old) { return old.time / k_second < newest_ / k_second; });
    recent_.push_back(std::move(seen));
    return true;
  }

 private:
  struct Seen {
    std::int64_t time = 0;
    std::string container;
    std::string action;

    bool operator==(const Seen&) const = default;
  };

  std::optional<std::int64_t> since_;
  std::int64_t newest_ = 0;
  std::vector<Seen> recent_;  ///< of the newest second: what the next stream tells again
};

/// Reads one stream to its end; returns whether it told anything new.
bool read_stream(DockerClient& client, const std::string& filters, EventCursor& cursor,
                 const std::function<void(const ContainerEvent&)>& on_event, const std::stop_token& stop) {
  bool told = false;
  LineReader reader(
      [&](std::string_view line) {
        const std::optional<ContainerEvent> event = event_from_json(parse_engine_json(line, "/events"));
        if (!event || !cursor.admit(*event)) return;
        told = true;
        on_event(*event);
      },
      k_longest_event);
  const std::optional<std::int64_t> second = cursor.second();
  client.stream(
      {.target = "/events?" + (second ? fmt::format("since={}&", *second) : std::string()) + filters},
      [&reader](std::string_view bytes) {
        reader.feed(bytes);
        return true;
      },
      stop);
  return told;
}

}  // namespace

void stream_events(DockerClient& client, Filters filters, std::optional<std::int64_t> since,
                   const std::function<void(const ContainerEvent&)>& on_event, std::stop_token stop) {
  using namespace std::chrono_literals;
  constexpr std::chrono::milliseconds k_first_pause = 50ms;
  constexpr std::chrono::milliseconds k_last_pause = 800ms;
  filters["type"] = {"container"};
  const std::string query = filters_query(filters);
  EventCursor cursor(since);
  std::chrono::milliseconds pause = k_first_pause;
  try {
    while (!stop.stop_requested()) {
      const auto began = std::chrono::steady_clock::now();
      const bool told = read_stream(client, query, cursor, on_event, stop);
      if (told || std::chrono::steady_clock::now() - began > k_last_pause) pause = k_first_pause;
      if (pause > k_last_pause) throw Error(ErrorCode::unavailable, "the engine ended its stream of events");
      if (!SystemClock().sleep_for(pause, stop)) return;
      pause *= 2;
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::cancelled || !stop.stop_requested()) throw;
  }
}

}  // namespace hoist::remote

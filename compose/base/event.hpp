#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hoist {

/// Something that happened to a resource while a command works. Libraries emit events; renderers show them.
struct Event {
  enum class Phase {
    waiting,  ///< for what `text` says
    working,  ///< `text` names the step: "creating", "pulling"
    done,     ///< `text` names the result: "started"
    skipped,  ///< `text` says because of what
    warning,  ///< shown after the live view
    failed,   ///< `text` is the error
    output,   ///< one line that a build step or a hook printed
  };

  std::string resource;  ///< "container shop-web-1", "image redis:7", "network shop_default"
  Phase phase = Phase::working;
  std::string text;
  std::string cause;          ///< why it is done, in words: "its image changed"; may be empty
  std::string part;           ///< a part with its own progress: an image layer, a build step; may be empty
  std::uint64_t current = 0;  ///< bytes or steps; meaningful when total > 0
  std::uint64_t total = 0;    ///< 0 = not known

  bool operator==(const Event&) const = default;
};

/// "waiting", "done" ...: the word that machines read.
std::string_view to_string(Event::Phase phase);

/// Takes events from any thread. Never throws, never blocks for long.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void emit(Event event) noexcept = 0;
};

/// A sink that drops everything.
class NullSink final : public EventSink {
 public:
  void emit(Event) noexcept override {}
};

}  // namespace hoist

#include "compose/base/event.hpp"

namespace hoist {

std::string_view to_string(Event::Phase phase) {
  switch (phase) {
    case Event::Phase::waiting:
      return "waiting";
    case Event::Phase::working:
      return "working";
    case Event::Phase::done:
      return "done";
    case Event::Phase::skipped:
      return "skipped";
    case Event::Phase::warning:
      return "warning";
    case Event::Phase::failed:
      return "failed";
    case Event::Phase::output:
      return "output";
  }
  return "unknown";
}

}  // namespace hoist

#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "cli/console.hpp"
#include "compose/base/event.hpp"

namespace hoist::cli {

/// The live view as a value: events in, text out. Pure: draws nothing, reads no clock.
class View {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit View(Styling styling) : styling_(styling) {}

  void apply(const Event& event, TimePoint now);
  /// The view as it stands, one line per resource, for a terminal of `size`: lines are cut to its width and,
  /// when there are more than it is high, those that are done are left out first.
  std::vector<std::string> frame(TimePoint now, compose::TerminalSize size) const;
  /// The last state, every resource, for good.
  std::vector<std::string> final_lines(TimePoint now, int columns) const;
  /// "warning: ..." and the like, to be shown below the finished view.
  const std::vector<std::string>& afterwards() const { return afterwards_; }
  bool empty() const { return rows_.empty(); }

 private:
  struct Part {
    std::string text;
    std::uint64_t current = 0;
    std::uint64_t total = 0;
    bool done = false;
  };
  struct Row {
    std::string resource;
    Event::Phase phase = Event::Phase::waiting;
    std::string text;
    std::string cause;   ///< why it is worked on
    std::string output;  ///< the last line that it printed
    std::map<std::string, Part> parts;
    std::uint64_t current = 0;
    std::uint64_t total = 0;
    TimePoint started;
    TimePoint ended;
    bool begun = false;

    bool over() const;
  };

  Row& row_of(const std::string& resource, TimePoint now);
  std::string line(const Row& row, TimePoint now, std::size_t name_width, int columns) const;
  std::string progress_of(const Row& row) const;

  Styling styling_;
  std::vector<Row> rows_;  ///< in order of appearance
  std::map<std::string, std::size_t> index_;
  std::vector<std::string> afterwards_;
};

/// How many columns a terminal gives to UTF-8 `text`; escape sequences take none.
std::size_t display_width(std::string_view text);

/// `text` cut to `columns`, ending in "…" (or ".") when something is missing. Never cuts inside a character.
std::string fit(std::string_view text, std::size_t columns, bool unicode);

/// "1.2s", "1m05s".
std::string short_duration(std::chrono::milliseconds span);

}  // namespace hoist::cli

#include "cli/render/view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cwchar>

#include "compose/base/text.hpp"

namespace hoist::cli {
namespace {

constexpr std::size_t k_bar_cells = 20;
constexpr std::size_t k_widest_name = 48;
constexpr std::array k_spinner{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
constexpr std::array k_plain_spinner{"|", "/", "-", "\\"};

struct Character {
  std::size_t bytes = 1;
  std::size_t columns = 1;
};

/// Wide in terminals: East Asian scripts and emoji.
bool is_wide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
         (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
         (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd);
}

/// The character that starts `text`; a broken byte counts as one column.
Character next_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead == 0x1b) {
    std::size_t i = 1;
    if (i < text.size() && text[i] == '[') {
      ++i;
      while (i < text.size() && (text[i] < '@' || text[i] > '~')) ++i;
      return {std::min(text.size(), i + 1), 0};
    }
    return {1, 0};
  }
  std::size_t length = 1;
  char32_t point = lead;
  if (lead >= 0xf0) {
    length = 4;
    point = lead & 0x07U;
  } else if (lead >= 0xe0) {
    length = 3;
    point = lead & 0x0fU;
  } else if (lead >= 0xc0) {
    length = 2;
    point = lead & 0x1fU;
  }
  if (length > text.size()) return {1, 1};
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0U) != 0x80U) return {1, 1};
    point = (point << 6U) | (next & 0x3fU);
  }
  if (point >= 0x300 && point <= 0x36f) return {length, 0};
  return {length, is_wide(point) ? std::size_t{2} : std::size_t{1}};
}

std::string_view colour_of(Event::Phase phase) {
  switch (phase) {
    case Event::Phase::done:
      return "32";
    case Event::Phase::failed:
      return "31";
    case Event::Phase::skipped:
    case Event::Phase::warning:
      return "33";
    case Event::Phase::waiting:
      return "2";
    case Event::Phase::working:
    case Event::Phase::output:
      return "34";
  }
  return "0";
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Character c = next_character(text);
    width += c.columns;
    text.remove_prefix(c.bytes);
  }
  return width;
}

std::string fit(std::string_view text, std::size_t columns, bool unicode) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  std::string out;
  std::size_t width = 0;
  bool escaped = false;
  while (!text.empty()) {
    const Character c = next_character(text);
    if (width + c.columns + 1 > columns) break;
    escaped = escaped || text[0] == '\x1b';
    out += text.substr(0, c.bytes);
    width += c.columns;
    text.remove_prefix(c.bytes);
  }
  if (escaped) out += "\x1b[0m";
  return out + (unicode ? "…" : ".");
}

std::string short_duration(std::chrono::milliseconds span) {
  const long long ms = std::max<long long>(0, span.count());
  if (ms < 60'000) return fmt::format("{}.{}s", ms / 1000, ms % 1000 / 100);
  const long long seconds = ms / 1000;
  if (seconds < 3600) return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
  return fmt::format("{}h{:02}m", seconds / 3600, seconds / 60 % 60);
}

bool View::Row::over() const {
  return phase == Event::Phase::done || phase == Event::Phase::failed || phase == Event::Phase::skipped;
}

View::Row& View::row_of(const std::string& resource, TimePoint now) {
  const auto [found, added] = index_.try_emplace(resource, rows_.size());
  if (added) {
    rows_.emplace_back();
    rows_.back().resource = resource;
    rows_.back().started = now;
  }
  return rows_[found->second];
}

void View::apply(const Event& event, TimePoint now) {
  if (event.phase == Event::Phase::warning) {
    afterwards_.push_back(fmt::format("{} {}", styling_.err_colour ? "\x1b[1;33mwarning:\x1b[0m" : "warning:",
                                      event.resource.empty() ? event.text : event.resource + ": " + event.text));
    return;
  }
  Row& row = row_of(event.resource, now);
  if (event.phase == Event::Phase::output) {
    row.output = event.text;
    return;
  }
  if (!event.part.empty()) {
    Part& part = row.parts[event.part];
    part.text = event.text;
    part.done = event.phase == Event::Phase::done;
    if (event.total > 0) part.total = event.total;
    part.current = part.done ? part.total : event.current;
    if (row.over()) return;
    row.phase = Event::Phase::working;
    if (row.text.empty()) row.text = event.text;
  } else {
    // A resource that was done may be worked on again: an image built, then its container started.
    if (row.over() && event.phase != Event::Phase::done) row.parts.clear();
    row.phase = event.phase;
    row.text = event.text;
    if (!event.cause.empty()) row.cause = event.cause;
    row.current = event.current;
    row.total = event.total;
  }
  if (!row.begun && row.phase != Event::Phase::waiting) {
    row.begun = true;
    // What only waits, a condition, takes its time from the beginning.
    if (!row.over()) row.started = now;
  }
  if (row.over()) row.ended = now;
}

std::string View::progress_of(const Row& row) const {
  std::uint64_t current = row.current;
  std::uint64_t total = row.total;
  std::size_t parts_done = 0;
  for (const auto& [name, part] : row.parts) {
    current += std::min(part.current, part.total);
    total += part.total;
    if (part.done) ++parts_done;
  }
  std::string out;
  if (total > 0 && !row.over()) {
    const auto cells = static_cast<std::size_t>(static_cast<double>(current) / static_cast<double>(total) *
                                                static_cast<double>(k_bar_cells));
    const std::size_t full = std::min(cells, k_bar_cells);
    out += " [";
    for (std::size_t i = 0; i < k_bar_cells; ++i) {
      out += i < full ? (styling_.unicode ? "━" : "#") : " ";
    }
    out += "]";
    // Steps count small numbers, bytes large ones.
    out += total < 1000 ? fmt::format(" {}/{}", current, total)
                        : fmt::format(" {}/{}", human_size(static_cast<double>(current)),
                                      human_size(static_cast<double>(total)));
  }
  if (row.parts.size() > 1 && !row.over()) out += fmt::format(" ({}/{} parts)", parts_done, row.parts.size());
  return out;
}

std::string View::line(const Row& row, TimePoint now, std::size_t name_width, int columns) const {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  const milliseconds elapsed = duration_cast<milliseconds>((row.over() ? row.ended : now) - row.started);
  std::string mark;
  switch (row.phase) {
    case Event::Phase::done:
      mark = styling_.unicode ? "✔" : "+";
      break;
    case Event::Phase::failed:
      mark = styling_.unicode ? "✘" : "x";
      break;
    case Event::Phase::skipped:
      mark = styling_.unicode ? "⊘" : "-";
      break;
    case Event::Phase::waiting:
      mark = styling_.unicode ? "·" : ".";
      break;
    default: {
      const auto tick = static_cast<std::size_t>(elapsed.count() / 100);
      mark = styling_.unicode ? k_spinner[tick % k_spinner.size()] : k_plain_spinner[tick % k_plain_spinner.size()];
    }
  }
  const auto width = static_cast<std::size_t>(std::max(columns, 1));
  const bool timed = row.begun;
  const std::string time = timed ? short_duration(elapsed) : std::string();
  std::string body = row.resource;
  const std::size_t name = display_width(row.resource);
  body.append(name < name_width ? name_width - name : 0, ' ');
  const bool skipped = row.phase == Event::Phase::skipped;
  body += (skipped ? "  skipped " : "  ") + row.text + progress_of(row);
  if (!row.cause.empty() && !skipped && row.phase != Event::Phase::failed) body += "  because " + row.cause;
  if (!row.output.empty() && !row.over()) body += "  " + row.output;
  body = strip_control(body);
  // mark, space, body, space, time
  const std::size_t reserved = 3 + (timed ? time.size() + 1 : 0);
  body = fit(body, width > reserved ? width - reserved : 1, styling_.unicode);
  if (timed && width > reserved) {
    const std::size_t used = display_width(body);
    const std::size_t column = std::min<std::size_t>(width - reserved, 96);
    body.append(used < column ? column - used : 0, ' ');
    body += styling_.err_colour ? fmt::format(" \x1b[2m{}\x1b[0m", time) : " " + time;
  }
  if (styling_.err_colour) mark = fmt::format("\x1b[{}m{}\x1b[0m", colour_of(row.phase), mark);
  return fmt::format(" {} {}", mark, body);
}

std::vector<std::string> View::frame(TimePoint now, compose::TerminalSize size) const {
  std::size_t name_width = 0;
  for (const Row& row : rows_) name_width = std::max(name_width, display_width(row.resource));
  name_width = std::min(name_width, k_widest_name);
  const auto room = static_cast<std::size_t>(std::max(size.rows - 2, 1));
  std::vector<std::string> lines;
  if (rows_.size() <= room) {
    for (const Row& row : rows_) lines.push_back(line(row, now, name_width, size.columns));
    return lines;
  }
  // More rows than lines: what is under way comes first, then what waits; a last line counts the rest.
  std::vector<const Row*> chosen;
  for (const bool waiting : {false, true}) {
    for (const Row& row : rows_) {
      const bool waits = row.phase == Event::Phase::waiting;
      if (!row.over() && waits == waiting && chosen.size() + 1 < room) chosen.push_back(&row);
    }
  }
  std::size_t over = 0;
  for (const Row& row : rows_) over += row.over() ? 1 : 0;
  for (const Row* row : chosen) lines.push_back(line(*row, now, name_width, size.columns));
  lines.push_back(fit(fmt::format("   {} of {} done", over, rows_.size()),
                      static_cast<std::size_t>(std::max(size.columns, 1)), styling_.unicode));
  return lines;
}

std::vector<std::string> View::final_lines(TimePoint now, int columns) const {
  return frame(now, {static_cast<int>(rows_.size()) + 2, columns});
}

}  // namespace hoist::cli

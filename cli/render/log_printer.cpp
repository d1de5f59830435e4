#include "cli/render/log_printer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "cli/render/view.hpp"

namespace hoist::cli {
namespace {

/// What has no end so far is printed then, as a line of its own.
constexpr std::size_t k_longest_line = 1U << 20U;

}  // namespace

std::string prefix_colour(std::size_t index) {
  constexpr std::array k_colours{"36", "33", "32", "35", "34", "36;1", "33;1", "32;1", "35;1", "34;1", "31", "31;1"};
  return k_colours[index % k_colours.size()];
}

LogPrinter::Source& LogPrinter::source_of(const std::string& name) {
  const auto [found, added] = sources_.try_emplace(name);
  if (added) {
    found->second.colour = prefix_colour(sources_.size() - 1);
    width_ = std::max(width_, display_width(name));
  }
  return found->second;
}

void LogPrinter::add(const std::string& source) {
  const std::scoped_lock lock(mutex_);
  source_of(source);
}

std::string LogPrinter::prefix_of(const std::string& name, const Source& source) const {
  if (!options_.prefix) return {};
  std::string text = name;
  text.append(width_ - std::min(width_, display_width(name)), ' ');
  text += "  | ";
  return options_.colour ? fmt::format("\x1b[{}m{}\x1b[0m", source.colour, text) : text;
}

void LogPrinter::print(compose::OutputStream stream, const std::string& text) {
  if (stream == compose::OutputStream::out) {
    console_.write_out(text);
  } else {
    console_.write_err(text);
  }
}

void LogPrinter::write(const std::string& name, const compose::OutputChunk& chunk) {
  const std::scoped_lock lock(mutex_);
  Source& source = source_of(name);
  std::string& pending = source.pending[chunk.stream];
  const std::string prefix = prefix_of(name, source);
  std::string out;
  const bool ends_colours = options_.colour || console_.out_is_terminal();
  const auto add_line = [&out, &prefix, ends_colours](std::string_view line) {
    out += prefix;
    out += line;
    if (ends_colours && line.find('\x1b') != std::string_view::npos) out += "\x1b[0m";
    out += '\n';
  };
  // Only what is new is searched: `pending` has no line end.
  std::string_view rest = chunk.text;
  for (std::size_t end = 0; (end = rest.find('\n')) != std::string_view::npos; rest.remove_prefix(end + 1)) {
    pending += rest.substr(0, end);
    add_line(pending);
    pending.clear();
  }
  pending += rest;
  if (pending.size() > k_longest_line) add_line(std::exchange(pending, {}));
  if (!out.empty()) print(chunk.stream, out);
}

void LogPrinter::flush(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  Source& source = source_of(name);
  for (auto& [stream, pending] : source.pending) {
    if (!pending.empty()) print(stream, prefix_of(name, source) + std::exchange(pending, {}) + "\n");
  }
}

void LogPrinter::note(const std::string& text) {
  const std::scoped_lock lock(mutex_);
  console_.write_err(text + "\n");
}

}  // namespace hoist::cli

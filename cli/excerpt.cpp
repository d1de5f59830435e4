#include "cli/excerpt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <vector>

#include "cli/render/view.hpp"
#include "compose/base/utf8.hpp"

namespace hoist::cli {
namespace {

constexpr std::size_t k_tab = 4;
constexpr std::size_t k_gutter = 9;  ///< "  1234 | "
constexpr std::size_t k_least = 20;  ///< columns for the text, however narrow the terminal is
constexpr std::string_view k_cut = "...";

/// One character as it is shown.
struct Cell {
  std::string text;
  std::size_t width = 0;  ///< in columns of the terminal
  std::size_t byte = 0;   ///< where it stands in the line
};

bool is_control(char32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

std::vector<Cell> cells_of(std::string_view line) {
  std::vector<Cell> cells;
  std::size_t column = 0;
  for (std::size_t at = 0; at < line.size();) {
    const Utf8Char c = utf8_at(line, at);
    Cell cell{.byte = at};
    if (c.code == '\t' && c.valid) {
      cell.text.assign(k_tab - column % k_tab, ' ');
    } else if (!c.valid || is_control(c.code)) {
      for (std::size_t i = 0; i < c.length; ++i) {
        cell.text += fmt::format("\\x{:02x}", static_cast<unsigned char>(line[at + i]));
      }
    } else {
      cell.text = line.substr(at, c.length);
    }
    cell.width = display_width(cell.text);
    column += cell.width;
    at += c.length;
    cells.push_back(std::move(cell));
  }
  return cells;
}

std::size_t width_of(const std::vector<Cell>& cells, std::size_t begin, std::size_t end) {
  std::size_t width = 0;
  for (std::size_t i = begin; i < end; ++i) width += cells[i].width;
  return width;
}

}  // namespace

std::string excerpt(std::string_view line, int number, int column, std::size_t width) {
  const std::vector<Cell> cells = cells_of(line);
  const std::size_t room =
      std::max(width, k_gutter + k_least) - k_gutter - 1;  // some terminals wrap at the last column
  const auto byte = static_cast<std::size_t>(std::max(column, 1)) - 1;
  const bool pointed = column > 0 && byte <= line.size();
  std::size_t target = 0;
  while (pointed && target < cells.size() && cells[target].byte < byte) ++target;

  std::size_t begin = 0;
  std::size_t end = cells.size();
  if (width_of(cells, 0, end) > room) {
    const std::size_t inner = room - 2 * k_cut.size();
    while (begin < target && width_of(cells, begin, target) > inner / 2) ++begin;
    end = begin;
    for (std::size_t used = 0; end < cells.size() && used + cells[end].width <= inner; ++end) used += cells[end].width;
  }
  const std::string_view before = begin > 0 ? k_cut : "";
  std::string out = fmt::format("  {:>4} | {}", number, before);
  for (std::size_t i = begin; i < end; ++i) out += cells[i].text;
  out += end < cells.size() ? fmt::format("{}\n", k_cut) : "\n";
  if (pointed) {
    out += fmt::format("       | {:{}}^\n", "", before.size() + width_of(cells, begin, target));
  }
  return out;
}

std::string excerpt(const SourceLocation& where, std::size_t width) {
  if (!where.known() || where.line == 0) return {};
  std::ifstream file(*where.file);
  std::string line;
  for (int number = 1; number <= where.line; ++number) {
    if (!std::getline(file, line)) return {};
  }
  if (line.ends_with('\r')) line.pop_back();
  return excerpt(line, where.line, where.column, width);
}

}  // namespace hoist::cli

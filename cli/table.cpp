#include "cli/table.hpp"

#include <algorithm>

#include "cli/render/view.hpp"
#include "compose/base/text.hpp"

namespace hoist::cli {

std::string format_table(const std::vector<std::string>& headings, const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::vector<std::string>> all{headings};
  for (const std::vector<std::string>& row : rows) {
    all.emplace_back();
    for (const std::string& cell : row) all.back().push_back(strip_control(cell));
  }
  std::vector<std::size_t> widths(headings.size());
  for (const std::vector<std::string>& row : all) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  std::string out;
  for (const std::vector<std::string>& row : all) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - display_width(row[i]) + 3, ' ');
    }
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

}  // namespace hoist::cli

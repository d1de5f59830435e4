#pragma once

#include <string>
#include <vector>

namespace hoist::cli {

/// Rows under a line of headings, columns aligned and three spaces apart; each line ends with a newline.
/// Control characters are taken out.
std::string format_table(const std::vector<std::string>& headings, const std::vector<std::vector<std::string>>& rows);

}  // namespace hoist::cli

#include "sync/core/path.hpp"

#include <algorithm>

namespace hoist::sync {

bool is_valid_path(std::string_view path) {
  constexpr std::size_t k_longest_path = 4095;
  constexpr std::size_t k_longest_name = 255;
  if (path.empty()) return true;
  if (path.size() > k_longest_path || path.find('\0') != std::string_view::npos) return false;
  while (true) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view name = path.substr(0, end);
    if (name.empty() || name == "." || name == ".." || name.size() > k_longest_name) return false;
    if (end == path.size()) return true;
    path.remove_prefix(end + 1);
  }
}

bool is_own(std::string_view path) {
  while (true) {
    if (path.starts_with(k_own_prefix)) return true;
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return false;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace hoist::sync

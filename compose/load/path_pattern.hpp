#pragma once

#include <algorithm>
#include <span>
#include <string_view>

namespace hoist::compose {

/// True when the parts of `path` are those of `pattern`, which is written with dots; `*` stands for any one
/// part. A path is a list of parts, so that keys with dots in them stay whole.
inline bool matches(std::span<const std::string_view> path, std::string_view pattern) {
  if (path.empty() || pattern.empty()) return path.empty() && pattern.empty();
  // Patterns begin alike; their last letters tell nearly all of them from a path at once.
  const char last = pattern.back();
  if (last != '*' && (path.back().empty() || path.back().back() != last)) return false;
  for (const std::string_view part : path) {
    const std::size_t end = std::min(pattern.find('.'), pattern.size());
    const std::string_view wanted = pattern.substr(0, end);
    if (wanted.empty() || (wanted != "*" && wanted != part)) return false;
    pattern.remove_prefix(std::min(end + 1, pattern.size()));
  }
  return pattern.empty();
}

}  // namespace hoist::compose

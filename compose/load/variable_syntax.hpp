#pragma once

#include <cstddef>
#include <string_view>

namespace hoist::compose {

/// How many characters at the start of `text` are the name of a variable; 0 = none.
inline std::size_t variable_name_length(std::string_view text) {
  const auto starts = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  std::size_t length = 0;
  while (length < text.size() && (starts(text[length]) || (length > 0 && text[length] >= '0' && text[length] <= '9'))) {
    ++length;
  }
  return length;
}

/// Offset of the brace that closes the one before `text`; npos = not closed.
inline std::size_t closing_brace(std::string_view text) {
  int open = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{') ++open;
    if (text[i] == '}' && --open == 0) return i;
  }
  return std::string_view::npos;
}

}  // namespace hoist::compose

#pragma once

#include <cstddef>
#include <string_view>

namespace hoist {

/// One character of a text.
struct Utf8Char {
  char32_t code = 0;
  std::size_t length = 1;  ///< in bytes; 1 for a byte that is not UTF-8
  bool valid = false;
};

/// The character that starts at `at`. Precondition: `at < text.size()`.
Utf8Char utf8_at(std::string_view text, std::size_t at);

/// `text` without the byte order mark that some editors put first.
std::string_view without_bom(std::string_view text);

}  // namespace hoist

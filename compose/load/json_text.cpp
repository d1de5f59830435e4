#include "compose/load/json_text.hpp"

#include <fmt/format.h>

#include "compose/base/utf8.hpp"

namespace hoist::compose {

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Char c = utf8_at(text, i);
    const std::string_view bytes = text.substr(i, c.length);
    i += c.length;
    if (!c.valid) {
      out += "\\ufffd";
      continue;
    }
    switch (c.code) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (c.code < 0x20 || c.code == '<' || c.code == '>' || c.code == '&' || c.code == 0x2028 || c.code == 0x2029) {
          out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(c.code));
        } else {
          out += bytes;
        }
    }
  }
  return out += '"';
}

}  // namespace hoist::compose

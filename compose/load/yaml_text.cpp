#include "compose/load/yaml_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "compose/base/utf8.hpp"
#include "compose/load/parse.hpp"

namespace hoist::compose {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// True when YAML allows every character as it stands; line breaks apart.
bool is_printable(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Char c = utf8_at(text, i);
    i += c.length;
    const bool fine = c.code == '\n' || (c.code >= 0x20 && c.code < 0x7f) || (c.code >= 0xa0 && c.code <= 0xd7ff) ||
                      (c.code >= 0xe000 && c.code <= 0xfffd) || (c.code >= 0x10000 && c.code <= 0x10ffff);
    const bool breaks_lines = c.code == 0x2028 || c.code == 0x2029 || c.code == 0xfeff;
    if (!c.valid || !fine || breaks_lines) return false;
  }
  return true;
}

/// True when a YAML reader, old or new, takes the plain text for something else than a text.
bool reads_as_other(std::string_view text) {
  if (text.empty() || text == "<<" || text == "=" || text == "~") return true;
  if (const Node read = plain_scalar(text); !read.is_string() || read.as_string() != text) return true;
  if (std::ranges::all_of(text, is_digit)) return true;  // more than our integers hold
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const std::string_view word : {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}) {
    if (lower == word) return true;
  }
  // Dates, and numbers in base 60 or with underscores.
  if (!is_digit(text.front()) && text.front() != '-' && text.front() != '+') return false;
  const bool date = text.size() > 5 && text[4] == '-' && std::all_of(text.begin(), text.begin() + 4, is_digit);
  return date || (text.find_first_of(":_") != text.npos && text.find_first_not_of("0123456789:_.+-") == text.npos);
}

/// True when plain style cannot carry the text: an indicator would be read.
bool needs_quotes(std::string_view text) {
  constexpr std::string_view k_never_first = "!&*#|>@`\"'%{}[],?:";
  if (text.find_first_of("\n\t") != text.npos) return true;
  if (text.front() == ' ' || text.back() == ' ' || text.back() == ':') return true;
  if (k_never_first.find(text.front()) != k_never_first.npos || text == "-" || text.starts_with("- ")) return true;
  return text.find(": ") != text.npos || text.find(" #") != text.npos || text.starts_with("---") ||
         text.starts_with("...");
}

/// What YAML writes behind a backslash for a character; 0 = it has no letter of its own.
char escape_letter(char32_t code) {
  constexpr std::pair<char32_t, char> k_letters[] = {
      {0x00, '0'}, {0x07, 'a'}, {0x08, 'b'}, {0x09, 't'},  {0x0A, 'n'}, {0x0B, 'v'},   {0x0C, 'f'},
      {0x0D, 'r'}, {0x1B, 'e'}, {'"', '"'},  {'\\', '\\'}, {0x85, 'N'}, {0x2028, 'L'}, {0x2029, 'P'}};
  for (const auto& [each, letter] : k_letters) {
    if (each == code) return letter;
  }
  return 0;
}

std::string double_quoted(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Char c = utf8_at(text, i);
    const std::string_view bytes = text.substr(i, c.length);
    i += c.length;
    if (!c.valid) {
      out += "\\uFFFD";
    } else if (const char letter = escape_letter(c.code); letter != 0) {
      out += '\\';
      out += letter;
    } else if (is_printable(bytes)) {
      out += bytes;
    } else if (c.code < 0x100) {
      out += fmt::format("\\x{:02X}", static_cast<std::uint32_t>(c.code));
    } else {
      out += c.code < 0x10000 ? fmt::format("\\u{:04X}", static_cast<std::uint32_t>(c.code))
                              : fmt::format("\\U{:08X}", static_cast<std::uint32_t>(c.code));
    }
  }
  return out += '"';
}

std::string single_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out.append(c == '\'' ? 2 : 1, c);
  return out += '\'';
}

/// A literal block, or nothing when the text has none: no line break, or lines that a block would alter.
std::string block(std::string_view text, int indent) {
  const std::size_t content = text.find_first_not_of('\n');
  if (text.find('\n') == text.npos || content == text.npos || !is_printable(text)) return {};
  if (text.find(" \n") != text.npos || text.back() == ' ')
    return {};  // white space at the end of a line is easily lost
  const std::size_t line_breaks = text.size() - 1 - text.find_last_not_of('\n');
  std::string out = "|";
  // Only the reader's own guess of the indentation goes wrong when the first lines start with spaces.
  if (text[content] == ' ' || content > 0) out += '2';
  if (line_breaks != 1) out += line_breaks == 0 ? '-' : '+';
  const std::string_view body = line_breaks == 0 ? text : text.substr(0, text.size() - 1);
  for (std::size_t at = 0; at <= body.size();) {
    const std::size_t end = std::min(body.find('\n', at), body.size());
    out += '\n';
    if (end > at) out.append(static_cast<std::size_t>(indent), ' ').append(body.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::string one_line(std::string_view text) {
  if (!is_printable(text) || text.find('\n') != text.npos || reads_as_other(text)) return double_quoted(text);
  return needs_quotes(text) ? single_quoted(text) : std::string(text);
}

}  // namespace

std::string yaml_string(std::string_view text, int indent) {
  std::string lines = block(text, indent);
  return lines.empty() ? one_line(text) : lines;
}

std::string yaml_key(std::string_view text) {
  return one_line(text);
}

}  // namespace hoist::compose

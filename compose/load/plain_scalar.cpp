#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "compose/load/parse.hpp"

namespace hoist::compose {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (text == word) return true;
  }
  return false;
}

/// An integer in the base that its prefix names; a leading zero means octal. One that only an unsigned 64-bit
/// number holds is the text of its decimal digits.
std::optional<Node> parse_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  if (text.size() > 1 && text.front() == '0') {
    const char kind = text[1];
    base = kind == 'x' || kind == 'X' ? 16 : kind == 'b' || kind == 'B' ? 2 : 8;
    text.remove_prefix(base == 8 && is_digit(kind) ? 1 : 2);
    if (base == 8 && !is_digit(kind) && kind != 'o' && kind != 'O') return std::nullopt;
  }
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value, base);
  if (text.empty() || failure != std::errc() || stop != end) return std::nullopt;
  constexpr std::uint64_t k_most = std::numeric_limits<std::int64_t>::max();
  if (negative && value > k_most + 1) return std::nullopt;
  if (negative) return Node(static_cast<std::int64_t>(0 - value));
  if (value > k_most) return Node(std::to_string(value));
  return Node(static_cast<std::int64_t>(value));
}

/// digits[.digits][e+-digits], as YAML writes numbers; no hexadecimal, no "nan".
bool looks_like_number(std::string_view text) {
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t from = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    return i - from;
  };
  if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
  const std::size_t whole = digits();
  std::size_t fraction = 0;
  if (i < text.size() && text[i] == '.') {
    ++i;
    fraction = digits();
  }
  if (whole + fraction == 0) return false;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
    if (digits() == 0) return false;
  }
  return i == text.size();
}

}  // namespace

Node plain_scalar(std::string_view text, SourceLocation where) {
  if (one_of(text, {"", "~", "null", "Null", "NULL"})) return Node::null(std::move(where));
  if (one_of(text, {"true", "True", "TRUE"})) return {true, std::move(where)};
  if (one_of(text, {"false", "False", "FALSE"})) return {false, std::move(where)};
  constexpr double k_infinity = std::numeric_limits<double>::infinity();
  if (one_of(text, {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"})) return {k_infinity, std::move(where)};
  if (one_of(text, {"-.inf", "-.Inf", "-.INF"})) return {-k_infinity, std::move(where)};
  if (one_of(text, {".nan", ".NaN", ".NAN"})) return {std::nan(""), std::move(where)};
  const char first = text.front();
  if (is_digit(first) || first == '-' || first == '+' || first == '.') {
    std::string bare(text);
    std::erase(bare, '_');
    if (std::optional<Node> integer = parse_integer(bare)) {
      integer->location = std::move(where);
      return *std::move(integer);
    }
    if (looks_like_number(bare)) {
      double number = 0;
      const std::string_view digits = std::string_view(bare).substr(bare.front() == '+' ? 1 : 0);
      const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), number);
      if (result.ec == std::errc()) return {number, std::move(where)};
    }
  }
  return {std::string(text), std::move(where)};
}

}  // namespace hoist::compose

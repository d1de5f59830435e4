#include "compose/load/scalars.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"

namespace hoist::compose {
namespace {

constexpr double k_most = 9.2e18;  // what fits a signed 64-bit count
constexpr std::uint64_t k_longest = std::numeric_limits<std::int64_t>::max();

Error invalid_duration(std::string_view text) {
  Error error(ErrorCode::bad_input, fmt::format("'{}' is not a duration", text));
  return error.with_hint("write it like 30s, 1m30s or 500ms");
}

Error invalid_size(std::string_view text) {
  Error error(ErrorCode::bad_input, fmt::format("'{}' is not a size", text));
  return error.with_hint("write it like 512m, 1.5g or 1048576");
}

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc() || stop != end) return std::nullopt;
  return value;
}

/// The number without the underscores between its digits, which Go allows; nothing when one stands elsewhere.
std::optional<std::string> without_underscores(std::string_view text) {
  const auto is_digit = [text](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; };
  std::string bare;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      bare += text[i];
    } else if (i == 0 || !is_digit(i - 1) || !is_digit(i + 1)) {
      return std::nullopt;
    }
  }
  return bare;
}

std::optional<std::uint64_t> nanoseconds_of(std::string_view unit) {
  constexpr std::array<std::pair<std::string_view, std::uint64_t>, 10> k_units{{{"ns", 1},
                                                                                {"us", 1'000},
                                                                                {"µs", 1'000},
                                                                                {"μs", 1'000},  // the Greek letter
                                                                                {"ms", 1'000'000},
                                                                                {"s", 1'000'000'000},
                                                                                {"m", 60'000'000'000},
                                                                                {"h", 3'600'000'000'000},
                                                                                {"d", 86'400'000'000'000},
                                                                                {"w", 604'800'000'000'000}}};
  for (const auto& [name, size] : k_units) {
    if (name == unit) return size;
  }
  return std::nullopt;
}

/// Nanoseconds in "12.5" of a unit; whole units are counted exactly. Nothing when that is no number or too
/// much.
std::optional<std::uint64_t> count_units(std::string_view number, std::uint64_t unit) {
  const std::size_t dot = number.find('.');
  const std::string_view whole = number.substr(0, dot);
  const std::string_view fraction = dot == std::string_view::npos ? std::string_view() : number.substr(dot + 1);
  if (whole.empty() && fraction.empty()) return std::nullopt;
  std::uint64_t count = 0;
  if (!whole.empty()) {
    const char* end = whole.data() + whole.size();
    const auto [stop, failure] = std::from_chars(whole.data(), end, count);
    if (failure != std::errc() || stop != end || count > k_longest / unit) return std::nullopt;
    count *= unit;
  }
  double part = 0;
  double scale = 1;
  for (const char digit : fraction) {
    if (digit == '.') return std::nullopt;
    if (scale >= 1e18) continue;  // below what a unit can show
    part = part * 10 + (digit - '0');
    scale *= 10;
  }
  return count + static_cast<std::uint64_t>(part * (static_cast<double>(unit) / scale));
}

/// "1.02" from 1020000000 with `digits` = 9.
std::string decimal(std::uint64_t value, int digits) {
  std::uint64_t scale = 1;
  for (int i = 0; i < digits; ++i) scale *= 10;
  std::string text = fmt::format("{}.{:0{}}", value / scale, value % scale, digits);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

/// The state machine behind split_command.
class WordSplitter {
 public:
  std::vector<std::string> run(std::string_view text) {
    for (const char c : text) {
      if (!take(c)) break;
    }
    if (escaped_ || single_ || double_ || back_ || dollar_) throw bad();
    finish_word();
    return std::move(words_);
  }

 private:
  static Error bad() {
    Error error(ErrorCode::bad_input, "invalid command: a quote or bracket is not closed");
    return error.with_hint("write the command as a list, one argument an entry");
  }
  bool quoted() const { return single_ || double_ || back_ || dollar_; }

  void put(char c) {
    word_ += c;
    started_ = true;
  }
  void finish_word() {
    if (started_) words_.push_back(std::exchange(word_, {}));
    started_ = false;
  }

  /// Returns false at the end of the command.
  bool take(char c) {
    if (escaped_) {
      put(c == 't' ? '\t' : c == 'n' ? '\n' : c);
      escaped_ = false;
      return true;
    }
    switch (c) {
      case '\\':
        if (single_) {
          put(c);
        } else {
          escaped_ = true;
        }
        return true;
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        if (quoted()) {
          put(c);
        } else {
          finish_word();
        }
        return true;
      case '`':
        if (!single_ && !double_ && !dollar_) back_ = !back_;
        break;
      case '(':
        if (single_ || double_ || back_) break;
        if (dollar_ || !word_.ends_with('$')) throw bad();
        dollar_ = true;
        break;
      case ')':
        if (!single_ && !double_ && !back_) dollar_ = !dollar_;
        break;
      case '"':
        if (single_ || dollar_) break;
        double_ = !double_;
        started_ = true;
        return true;
      case '\'':
        if (double_ || dollar_) break;
        single_ = !single_;
        started_ = true;
        return true;
      case ';':
      case '&':
      case '|':
      case '<':
      case '>':
        if (quoted()) break;
        // "2>file": the number belongs to the redirection.
        if (c == '>' && !word_.empty() && word_.front() >= '0' && word_.front() <= '9') {
          word_.clear();
          started_ = false;
        }
        return false;
      default:
        break;
    }
    put(c);
    return true;
  }

  std::vector<std::string> words_;
  std::string word_;
  bool started_ = false;
  bool escaped_ = false;
  bool single_ = false;
  bool double_ = false;
  bool back_ = false;
  bool dollar_ = false;
};

}  // namespace

Nanoseconds parse_duration(std::string_view text) {
  if (text == "0") return Nanoseconds{0};
  std::string_view left = text;
  const bool negative = left.starts_with('-');
  if (left.starts_with('-') || left.starts_with('+')) left.remove_prefix(1);
  if (left.empty()) throw invalid_duration(text);
  std::uint64_t total = 0;
  while (!left.empty()) {
    const std::size_t digits = std::min(left.find_first_not_of("0123456789."), left.size());
    const std::size_t end = std::min(left.find_first_of("0123456789.", digits), left.size());
    const std::optional<std::uint64_t> unit = nanoseconds_of(left.substr(digits, end - digits));
    const std::optional<std::uint64_t> part = unit ? count_units(left.substr(0, digits), *unit) : std::nullopt;
    if (!part || *part > k_longest - total) throw invalid_duration(text);
    total += *part;
    left.remove_prefix(end);
  }
  const auto span = static_cast<std::int64_t>(total);
  return Nanoseconds{negative ? -span : span};
}

std::string format_duration(Nanoseconds span) {
  const std::string sign = span.count() < 0 ? "-" : "";
  const std::uint64_t count =
      span.count() < 0 ? 0 - static_cast<std::uint64_t>(span.count()) : static_cast<std::uint64_t>(span.count());
  if (count == 0) return "0s";
  if (count < 1'000) return fmt::format("{}{}ns", sign, count);
  if (count < 1'000'000) return sign + decimal(count, 3) + "µs";
  if (count < 1'000'000'000) return sign + decimal(count, 6) + "ms";
  constexpr std::uint64_t k_minute = 60'000'000'000;
  const std::string seconds = decimal(count % k_minute, 9) + "s";
  const std::uint64_t minutes = count / k_minute;
  if (minutes == 0) return sign + seconds;
  if (minutes < 60) return fmt::format("{}{}m{}", sign, minutes, seconds);
  return fmt::format("{}{}h{}m{}", sign, minutes / 60, minutes % 60, seconds);
}

Bytes parse_bytes(std::string_view text) {
  if (text == "-1") return -1;
  const std::size_t last = text.find_last_of("0123456789. ");
  if (last == std::string_view::npos) throw invalid_size(text);
  const std::optional<std::string> number = without_underscores(text.substr(0, text[last] == ' ' ? last : last + 1));
  const std::string unit = to_lower(text.substr(last + 1));
  const std::optional<double> value = number ? parse_number(*number) : std::nullopt;
  if (!value || *value < 0) throw invalid_size(text);
  double factor = 1;
  if (!unit.empty() && unit != "b") {
    constexpr std::string_view k_units = "kmgtp";
    const std::size_t power = k_units.find(unit.front());
    const std::string_view rest = std::string_view(unit).substr(1);
    if (power == std::string_view::npos || (!rest.empty() && rest != "b" && rest != "ib")) throw invalid_size(text);
    factor = std::pow(1024.0, static_cast<double>(power + 1));
  }
  if (!(*value * factor < k_most)) throw invalid_size(text);
  return static_cast<Bytes>(*value * factor);
}

std::vector<std::string> split_command(std::string_view text) {
  return WordSplitter().run(text);
}

std::vector<std::string> parse_extra_host(std::string_view text) {
  std::size_t at = text.find('=');
  if (at == std::string_view::npos) at = text.find(':');
  const std::string_view host = text.substr(0, at);
  if (at == std::string_view::npos || host.empty() || host.find(':') != std::string_view::npos) {
    Error error(ErrorCode::bad_input, fmt::format("'{}' is not a host entry", text));
    throw error.with_hint("write it as host=address");
  }
  std::vector<std::string> entries;
  for (std::string& address : split(text.substr(at + 1), ',')) {
    std::string_view bare = address;
    if (bare.starts_with('[') && bare.ends_with(']')) bare = bare.substr(1, bare.size() - 2);
    entries.push_back(fmt::format("{}={}", host, bare));
  }
  return entries;
}

}  // namespace hoist::compose

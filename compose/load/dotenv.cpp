#include "compose/load/dotenv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"
#include "compose/base/utf8.hpp"
#include "compose/load/substitute.hpp"

namespace hoist::compose {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r';
}
bool is_key_char(char c) {
  // Letters beyond ASCII are letters too.
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || (static_cast<unsigned char>(c) & 0x80U) != 0 || c == '_' ||
         c == '.' || c == '-' || c == '[' || c == ']';
}

/// Values are made of values above them: a small file can stand for any amount of memory.
constexpr std::size_t k_expanded_limit = 64U << 20U;

class DotenvParser {
 public:
  DotenvParser(std::string_view text, const std::shared_ptr<const std::string>& file, const EnvLookup& lookup,
               const EnvLookup& above)
      : text_(text), left_(text), file_(file), lookup_(lookup), above_(above) {}

  EnvPairs run() {
    while (skip_to_statement()) statement();
    return std::move(pairs_);
  }

 private:
  /// About what stands `ahead` bytes further on in the same line.
  Error error(std::string message, std::string hint, std::size_t ahead = 0) const {
    const std::string_view before = text_.substr(0, text_.size() - left_.size() + ahead);
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 = 0
    Error fault(ErrorCode::bad_input, std::move(message));
    fault.with_hint(std::move(hint));
    return fault.at({file_, line_, static_cast<int>(before.size() - line_start) + 1});
  }

  void skip(std::size_t count) {
    line_ += static_cast<int>(std::ranges::count(left_.substr(0, count), '\n'));
    left_.remove_prefix(count);
  }
  void skip_blanks() {
    while (!left_.empty() && is_blank(left_.front())) left_.remove_prefix(1);
  }

  /// Passes over white space and comment lines. Returns false at the end.
  bool skip_to_statement() {
    while (!left_.empty()) {
      if (left_.front() == '\n' || is_blank(left_.front())) {
        skip(1);
      } else if (left_.front() == '#') {
        const std::size_t end = left_.find('\n');
        skip(end == std::string_view::npos ? left_.size() : end);
      } else {
        return true;
      }
    }
    return false;
  }

  void statement() {
    if (left_.starts_with("export") && left_.size() > 6 && is_blank(left_[6])) {
      left_.remove_prefix(6);
      skip_blanks();
    }
    const auto [key, inherited] = take_key();
    if (inherited) {
      if (std::optional<std::string> value = lookup_(key)) pairs_.emplace_back(key, std::move(value));
      return;
    }
    std::string value = take_value(key);
    pairs_.emplace_back(key, std::move(value));
  }

  /// The key and whether its value comes from the environment. A last line without `=` is a value of the
  /// empty key, as in compose-go.
  std::pair<std::string, bool> take_key() {
    for (std::size_t i = 0; i < left_.size(); ++i) {
      const char c = left_[i];
      if (is_blank(c) || is_key_char(c)) continue;
      if (c != '=' && c != ':' && c != '\n') {
        // Not the line: it may hold a password.
        const std::string begun = strip_control(left_.substr(0, i));
        throw error(fmt::format("unexpected character '{}' in a variable name, after '{}'", printable({&c, 1}), begun),
                    "a line is NAME=VALUE; a value of several lines stands in quotes", i);
      }
      std::string key(trim(left_.substr(0, i)));
      if (key.find(' ') != std::string::npos) {
        throw error(fmt::format("key '{}' holds a space", strip_control(key)), "a line is NAME=VALUE");
      }
      skip(i + 1);
      skip_blanks();
      return {std::move(key), c == '\n'};
    }
    return {std::string(), false};
  }

  std::string take_value(const std::string& key) {
    if (left_.starts_with('"') || left_.starts_with('\'')) return take_quoted(key, left_.front());
    const std::size_t end = left_.find('\n');
    std::string_view value = left_.substr(0, end);
    value = value.substr(0, value.find(" #"));
    const std::string expanded = expand(trim_right(value));
    skip(end == std::string_view::npos ? left_.size() : end + 1);
    return expanded;
  }

  static std::string_view trim_right(std::string_view text) {
    while (!text.empty() && (is_blank(text.back()) || text.back() == '\n')) text.remove_suffix(1);
    return text;
  }

  std::string take_quoted(const std::string& key, char quote) {
    std::string value;
    bool escape = false;
    for (std::size_t i = 1; i < left_.size(); ++i) {
      const char c = left_[i];
      if (c != quote) {
        if (!escape && c == '\\') {
          escape = true;
          continue;
        }
        if (std::exchange(escape, false)) value += '\\';
        value += c;
        continue;
      }
      if (std::exchange(escape, false)) {
        value += c;
        continue;
      }
      if (quote == '"') value = expand(unescape(value));
      skip(i + 1);
      return value;
    }
    throw error(fmt::format("the quoted value of '{}' is not closed", strip_control(key)),
                fmt::format("a {} is missing at its end", quote));
  }

  /// Escapes of a double-quoted value. `\$` becomes `$$`, which the expansion turns into a dollar.
  static std::string unescape(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\\' || i + 1 == text.size()) {
        out += text[i];
        continue;
      }
      const char c = text[++i];
      constexpr std::string_view k_from = "abfnrtv\"\\";
      constexpr std::string_view k_to = "\a\b\f\n\r\t\v\"\\";
      if (c == '$') {
        out += "$$";
      } else if (const std::size_t at = k_from.find(c); at != std::string_view::npos) {
        out += k_to[at];
      } else if (c == '0') {
        unsigned code = 0;
        std::size_t digits = 0;
        while (digits < 3 && i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '7') {
          code = code * 8 + static_cast<unsigned>(text[++i] - '0');
          ++digits;
        }
        out += static_cast<char>(code & 0xffU);
      } else {
        out += '\\';
        out += c;
      }
    }
    return out;
  }

  std::string expand(std::string_view text) {
    try {
      std::string value = substitute(
          text, [this](std::string_view name) { return value_of(std::string(name)); }, [](std::string_view) {});
      expanded_ += value.size();
      if (expanded_ > k_expanded_limit) throw Error(ErrorCode::bad_input, "the values take more than 64 MiB");
      return value;
    } catch (Error& fault) {
      throw error(fault.std::runtime_error::what(), fault.hint());  // the place is known here only
    }
  }

  std::optional<std::string> value_of(const std::string& name) const {
    if (std::optional<std::string> value = lookup_(name)) return value;
    const auto found = std::find_if(pairs_.rbegin(), pairs_.rend(), [&name](const auto& p) { return p.first == name; });
    if (found != pairs_.rend()) return found->second;
    return above_ ? above_(name) : std::nullopt;
  }

  std::string_view text_;
  std::string_view left_;
  const std::shared_ptr<const std::string>& file_;
  const EnvLookup& lookup_;
  const EnvLookup& above_;
  int line_ = 1;
  std::size_t expanded_ = 0;  ///< bytes of all values so far
  EnvPairs pairs_;
};

}  // namespace

EnvPairs parse_dotenv(std::string_view text, const std::shared_ptr<const std::string>& file, const EnvLookup& lookup,
                      const EnvLookup& above) {
  std::string unix_lines;
  unix_lines.reserve(text.size());
  text = without_bom(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    unix_lines += text[i];
  }
  return DotenvParser(unix_lines, file, lookup, above).run();
}

EnvPairs parse_env_raw(std::string_view text, const std::shared_ptr<const std::string>& file, const EnvLookup& lookup) {
  EnvPairs pairs;
  int number = 0;
  for (const std::string& raw : split(without_bom(text), '\n')) {
    ++number;
    std::string_view line = raw;
    while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    const std::size_t equals = line.find('=');
    std::string key(line.substr(0, equals));
    if (key.empty() || std::ranges::any_of(key, is_blank)) {
      throw Error(ErrorCode::bad_input,
                  fmt::format("variable name '{}' is empty or holds white space", strip_control(key)))
          .at({file, number, 0});
    }
    if (equals != std::string_view::npos) {
      pairs.emplace_back(std::move(key), std::string(line.substr(equals + 1)));
    } else if (std::optional<std::string> value = lookup(key)) {
      pairs.emplace_back(std::move(key), std::move(value));
    }
  }
  return pairs;
}

}  // namespace hoist::compose

#include "compose/load/substitute.hpp"

#include <fmt/format.h>

#include "compose/base/error.hpp"
#include "compose/load/variable_syntax.hpp"

namespace hoist::compose {
namespace {

constexpr int k_nesting_limit = 64;
constexpr std::size_t k_growth_limit = 1U << 20U;  // bytes

class Substitution {
 public:
  Substitution(const VariableLookup& lookup, const std::function<void(std::string_view)>& on_missing)
      : lookup_(lookup), on_missing_(on_missing) {}

  std::string run(std::string_view text) {
    if (++depth_ > k_nesting_limit) throw Error(ErrorCode::bad_input, "variables are nested too deeply");
    std::string out;
    const std::size_t limit = text.size() + k_growth_limit;
    while (!text.empty()) {
      if (out.size() > limit) throw Error(ErrorCode::bad_input, "a value grows by more than 1 MiB by its variables");
      const std::size_t dollar = text.find('$');
      out += text.substr(0, dollar);
      if (dollar == std::string_view::npos) break;
      text.remove_prefix(dollar + 1);
      text.remove_prefix(one(text, out));
    }
    --depth_;
    return out;
  }

 private:
  /// Puts in what stands after a dollar. Returns how much of `text` it took.
  std::size_t one(std::string_view text, std::string& out) {
    if (text.starts_with('$')) {
      out += '$';
      return 1;
    }
    if (text.starts_with('{')) {
      const std::size_t end = closing_brace(text.substr(1));
      if (end == std::string_view::npos) throw malformed(text);
      out += braced(text.substr(1, end));
      return end + 2;
    }
    const std::size_t length = variable_name_length(text);
    if (length == 0) {
      out += '$';
      return 0;
    }
    out += plain(text.substr(0, length));
    return length;
  }

  std::string plain(std::string_view name) {
    if (std::optional<std::string> value = lookup_(name)) return *std::move(value);
    on_missing_(name);
    return {};
  }

  std::string braced(std::string_view inside) {
    const std::size_t length = variable_name_length(inside);
    const std::string_view name = inside.substr(0, length);
    std::string_view rest = inside.substr(length);
    if (length == 0) throw malformed(inside);
    if (rest.empty()) return plain(name);
    const bool or_empty = rest.starts_with(':');
    if (or_empty) rest.remove_prefix(1);
    if (rest.empty()) throw malformed(inside);
    const char operation = rest.front();
    rest.remove_prefix(1);
    if (rest.find('\n') != std::string_view::npos) throw malformed(inside);  // as Docker Compose has it
    std::optional<std::string> value = lookup_(name);
    const bool usable = value && !(or_empty && value->empty());
    switch (operation) {
      case '-':
        return usable ? *std::move(value) : run(rest);
      case '+':
        return usable ? run(rest) : std::string();
      case '?': {
        if (usable) return *std::move(value);
        const std::string message = run(rest);
        Error error(ErrorCode::bad_input,
                    message.empty() ? fmt::format("required variable '{}' is missing a value", name)
                                    : fmt::format("required variable '{}' is missing a value: {}", name, message));
        throw error.with_hint(fmt::format("set {} in the shell or in .env", name));
      }
      default:
        throw malformed(inside);
    }
  }

  static Error malformed(std::string_view text) {
    Error error(ErrorCode::bad_input,
                fmt::format("invalid variable '${}{}'", text.starts_with('{') ? "" : "{", text.substr(0, 40)));
    return error.with_hint("a literal dollar is written $$");
  }

  const VariableLookup& lookup_;
  const std::function<void(std::string_view)>& on_missing_;
  int depth_ = 0;
};

}  // namespace

std::string substitute(std::string_view text, const VariableLookup& lookup,
                       const std::function<void(std::string_view name)>& on_missing) {
  if (text.find('$') == std::string_view::npos) return std::string(text);
  return Substitution(lookup, on_missing).run(text);
}

}  // namespace hoist::compose

#include "compose/load/interpolate.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <string>

#include "compose/base/text.hpp"

namespace hoist::compose {
namespace {

template <typename Number>
std::optional<Number> whole_number(std::string_view text) {
  Number value{};
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (text.empty() || failure != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<bool> truth_of(const std::string& text) {
  const std::string lower = to_lower(text);
  for (const std::string_view yes : {"true", "y", "yes", "on"}) {
    if (lower == yes) return true;
  }
  for (const std::string_view no : {"false", "n", "no", "off"}) {
    if (lower == no) return false;
  }
  return std::nullopt;
}

/// A small file can name a large variable often.
constexpr std::size_t k_substituted_limit = 64U << 20U;

class Walk {
 public:
  Walk(const Interpolation& interpolation, const CastLookup& cast_of) : with_(interpolation), cast_of_(cast_of) {}

  void visit(Node& node) {
    if (node.is_mapping()) {
      for (Member& member : node.members()) {
        path_.push_back(member.key);
        visit(member.value);
        path_.pop_back();
      }
    } else if (node.is_sequence()) {
      path_.push_back("[]");
      for (Node& item : node.items()) visit(item);
      path_.pop_back();
    } else if (node.is_string()) {
      text(node);
    }
  }

 private:
  void text(Node& node) {
    if (node.as_string().find('$') != std::string::npos && !substitute_in(node)) return;
    cast(node);
  }

  /// Returns whether the text could be read.
  bool substitute_in(Node& node) {
    if (substituted_ > k_substituted_limit) return false;
    try {
      node.as_string() = substitute(node.as_string(), with_.lookup, [this, &node](std::string_view name) {
        if (!missing_.emplace(name).second) return;
        report(Diagnostic::Severity::warning, node,
               fmt::format("variable '{}' is not set; an empty text is used", name),
               fmt::format("set it in the shell or in .env, or give a default: ${{{}:-value}}", name));
      });
      substituted_ += node.as_string().size();
      if (substituted_ > k_substituted_limit) {
        report(Diagnostic::Severity::error, node, "the values of this file take more than 64 MiB with their variables",
               {});
      }
    } catch (const Error& error) {
      // Findings are collected, so that a person sees all of a file's at once.
      report(Diagnostic::Severity::error, node, error.what(), error.hint());
      return false;
    }
    return true;
  }

  void cast(Node& node) {
    const std::string& value = node.as_string();
    switch (cast_of_(path_)) {
      case Cast::none:
        return;
      case Cast::boolean:
        if (const std::optional<bool> truth = truth_of(value)) {
          replace(node, Node(*truth));
        } else {
          wrong(node, "a boolean (true or false)");
        }
        return;
      case Cast::integer:
        if (const auto number = whole_number<std::int64_t>(value)) {
          replace(node, Node(*number));
        } else {
          wrong(node, "an integer");
        }
        return;
      case Cast::number:
        if (const auto integer = whole_number<std::int64_t>(value)) {
          replace(node, Node(*integer));
        } else if (const auto number = whole_number<double>(value)) {
          replace(node, Node(*number));
        } else {
          wrong(node, "a number");
        }
        return;
    }
  }

  static void replace(Node& node, Node value) {
    value.location = node.location;
    value.tag = node.tag;
    node = std::move(value);
  }

  void wrong(const Node& node, std::string_view expected) {
    report(Diagnostic::Severity::error, node, fmt::format("expected {}, not '{}'", expected, node.as_string()), {});
  }

  void report(Diagnostic::Severity severity, const Node& node, std::string message, std::string hint) {
    std::string path;
    for (const std::string_view part : path_) {
      if (!path.empty() && part != "[]") path += '.';
      path += part;
    }
    with_.diagnostics->push_back({severity, node.location, std::move(path), std::move(message), std::move(hint)});
  }

  const Interpolation& with_;
  const CastLookup& cast_of_;
  std::vector<std::string_view> path_;
  std::set<std::string, std::less<>> missing_;
  std::size_t substituted_ = 0;  ///< bytes of all values with variables so far
};

}  // namespace

void interpolate(Node& document, const Interpolation& interpolation, const CastLookup& cast_of) {
  Walk(interpolation, cast_of).visit(document);
}

}  // namespace hoist::compose

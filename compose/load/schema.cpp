#include "compose/load/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>

#include "compose/base/text.hpp"
#include "compose/load/schema_shape.hpp"

namespace hoist::compose {
namespace {

using schema::Attribute;
using schema::Shape;

unsigned kind_of(const Node& node) {
  switch (node.kind()) {
    case Node::Kind::null:
      return schema::k_null;
    case Node::Kind::boolean:
      return schema::k_boolean;
    case Node::Kind::integer:
      return schema::k_integer | schema::k_number;
    case Node::Kind::number:
      return std::floor(node.as_number()) == node.as_number() ? schema::k_integer | schema::k_number : schema::k_number;
    case Node::Kind::string:
      return schema::k_text;
    case Node::Kind::sequence:
      return schema::k_list;
    case Node::Kind::mapping:
      return schema::k_map;
  }
  return 0;
}

/// "a, b or c".
std::string one_of(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

/// "a string or a list of strings".
std::string wanted_kinds(const Shape& shape) {
  std::vector<std::string> kinds;
  if ((shape.kinds & schema::k_boolean) != 0) kinds.emplace_back("a boolean");
  if ((shape.kinds & schema::k_number) != 0) kinds.emplace_back("a number");
  if ((shape.kinds & schema::k_integer) != 0) kinds.emplace_back("an integer");
  if ((shape.kinds & schema::k_text) != 0) kinds.emplace_back("a string");
  if ((shape.kinds & schema::k_list) != 0) {
    kinds.emplace_back(shape.items != nullptr && shape.items->kinds == schema::k_text ? "a list of strings" : "a list");
  }
  if ((shape.kinds & schema::k_map) != 0) kinds.emplace_back("a mapping");
  return one_of(kinds);
}

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
}

bool is_container_name(std::string_view text) {
  return text.size() > 1 && is_name(text) && text.front() != '.' && text.front() != '_' && text.front() != '-';
}

/// every_1w2d: numbers with the units w, d, h, m, s.
bool is_period(std::string_view text) {
  bool digit_before = false;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (!digit_before || std::string_view("wdhms").find(c) == std::string_view::npos)) return false;
    digit_before = digit;
  }
  return !text.empty() && !digit_before;
}

constexpr std::string_view k_pull_policies[] = {"always",  "never",   "build", "if_not_present",
                                                "missing", "refresh", "daily", "weekly"};

bool is_pull_policy(std::string_view text) {
  constexpr std::string_view k_every = "every_";
  if (text.starts_with(k_every)) return is_period(text.substr(k_every.size()));
  return std::ranges::find(k_pull_policies, text) != std::end(k_pull_policies);
}

std::vector<std::string> strings_of(std::span<const std::string_view> words) {
  return {words.begin(), words.end()};
}

std::string wanted_words(std::span<const std::string_view> words) {
  std::vector<std::string> quoted;
  for (const std::string_view word : words) quoted.push_back(fmt::format("'{}'", word));
  return one_of(quoted);
}

const Attribute* find_attribute(const Shape& shape, std::string_view name) {
  const auto found = std::ranges::find(shape.attributes, name, &Attribute::name);
  return found == shape.attributes.end() ? nullptr : &*found;
}

std::string did_you_mean_attribute(const Shape& shape, std::string_view word) {
  std::vector<std::string> names;
  for (const Attribute& attribute : shape.attributes) names.emplace_back(attribute.name);
  return did_you_mean(to_lower(word), names);
}

/// Knows the path of the place that is looked at, for what is reported there.
class Walk {
 public:
  Walk(std::vector<Diagnostic>& findings, Diagnostic::Severity severity) : findings_(findings), severity_(severity) {}

 protected:
  void report(const SourceLocation& where, std::string message, std::string hint = {}) {
    findings_.push_back({severity_, where, path_, std::move(message), std::move(hint)});
  }

  /// Runs `body` with the path one key longer.
  template <typename Body>
  void under(std::string_view key, const Body& body) {
    const std::size_t before = path_.size();
    if (!path_.empty()) path_ += '.';
    path_ += key;
    body();
    path_.resize(before);
  }

  template <typename Body>
  void under_item(std::size_t index, const Body& body) {
    const std::size_t before = path_.size();
    path_ += fmt::format("[{}]", index);
    body();
    path_.resize(before);
  }

 private:
  std::vector<Diagnostic>& findings_;
  Diagnostic::Severity severity_;
  std::string path_;
};

class Check : public Walk {
 public:
  explicit Check(std::vector<Diagnostic>& findings) : Walk(findings, Diagnostic::Severity::error) {}

  void visit(const Node& node, const Shape& shape) {
    if ((kind_of(node) & shape.kinds) == 0) {
      wrong_kind(node, shape);
      return;
    }
    switch (node.kind()) {
      case Node::Kind::integer:
      case Node::Kind::number:
        number(node, shape);
        return;
      case Node::Kind::string:
        text(node, shape);
        return;
      case Node::Kind::sequence:
        list(node, shape);
        return;
      case Node::Kind::mapping:
        mapping(node, shape);
        return;
      default:
        return;
    }
  }

 private:
  void wrong_kind(const Node& node, const Shape& shape) {
    if (node.is_null()) {
      report(node.location, fmt::format("must be {}, but nothing is given", wanted_kinds(shape)));
    } else if (node.is_scalar() && !node.is_string() && (shape.kinds & schema::k_text) != 0) {
      report(node.location, fmt::format("must be {}, not {}", wanted_kinds(shape), node.kind_name()),
             fmt::format("put it in quotes: \"{}\"", node.scalar_text()));
    } else {
      report(node.location, fmt::format("must be {}, not {}", wanted_kinds(shape), node.kind_name()));
    }
  }

  void number(const Node& node, const Shape& shape) {
    const double value = node.kind() == Node::Kind::integer ? static_cast<double>(node.as_integer()) : node.as_number();
    if (value < static_cast<double>(shape.least)) {
      report(node.location, fmt::format("must be {} or more, not {}", shape.least, node.scalar_text()));
    } else if (value > static_cast<double>(shape.most)) {
      report(node.location, fmt::format("must be {} or less, not {}", shape.most, node.scalar_text()));
    }
  }

  void text(const Node& node, const Shape& shape) {
    const std::string& value = node.as_string();
    if (value.find('$') != std::string::npos) return;  // a variable that was to stay as it is
    if (!shape.words.empty() && std::ranges::find(shape.words, value) == shape.words.end()) {
      report(node.location, fmt::format("must be {}, not '{}'", wanted_words(shape.words), value),
             did_you_mean(value, strings_of(shape.words)));
    } else if (shape.rule == schema::TextRule::container_name && !is_container_name(value)) {
      report(node.location, fmt::format("'{}' is no name for a container", value),
             "two or more letters, digits, '.', '_' and '-', the first a letter or a digit");
    } else if (shape.rule == schema::TextRule::pull_policy && !is_pull_policy(value)) {
      const std::string near = did_you_mean(value, strings_of(k_pull_policies));
      report(node.location,
             fmt::format("must be {} or 'every_<time>', not '{}'", fmt::join(strings_of(k_pull_policies), ", "), value),
             near);
    }
  }

  void list(const Node& node, const Shape& shape) {
    const Node::Sequence& items = node.items();
    std::unordered_map<Node, std::size_t, NodeHash> seen;
    for (std::size_t i = 0; i < items.size(); ++i) {
      under_item(i, [&] {
        if (shape.items != nullptr) visit(items[i], *shape.items);
        if (!shape.unique) return;
        const auto [same, fresh] = seen.try_emplace(items[i], i);
        if (!fresh) report(items[i].location, fmt::format("the same entry as [{}]", same->second));
      });
    }
  }

  void mapping(const Node& node, const Shape& shape) {
    if (shape.attributes.empty()) {
      free_keys(node, shape);
      return;
    }
    for (const Member& member : node.members()) {
      if (const Attribute* attribute = find_attribute(shape, member.key)) {
        under(member.key, [&] { visit(member.value, *attribute->shape); });
      } else if (!shape.extensible || !member.key.starts_with("x-")) {
        under(member.key, [&] {
          report(member.key_location, fmt::format("unknown attribute '{}'", member.key),
                 did_you_mean_attribute(shape, member.key));
        });
      }
    }
    for (const Attribute& attribute : shape.attributes) {
      if (attribute.need == schema::Need::required && node.find(attribute.name) == nullptr) {
        report(node.location, fmt::format("'{}' is missing", attribute.name));
      }
    }
  }

  void free_keys(const Node& node, const Shape& shape) {
    for (const Member& member : node.members()) {
      under(member.key, [&] {
        if (shape.keys == schema::Keys::name && !is_name(member.key)) {
          report(member.key_location, fmt::format("'{}' is no valid name", member.key),
                 "use letters, digits, '.', '_' and '-'");
        }
        if (shape.values != nullptr) visit(member.value, *shape.values);
      });
    }
  }
};

class Unsupported : public Walk {
 public:
  explicit Unsupported(std::vector<Diagnostic>& findings) : Walk(findings, Diagnostic::Severity::warning) {}

  void visit(const Node& node, const Shape& shape) {
    if (node.is_string()) {
      text(node, shape);
    } else if (node.is_sequence() && shape.items != nullptr) {
      for (std::size_t i = 0; i < node.items().size(); ++i) {
        under_item(i, [&] { visit(node.items()[i], *shape.items); });
      }
    } else if (node.is_mapping() && !shape.attributes.empty()) {
      for (const Member& member : node.members()) attribute(member, shape);
    } else if (node.is_mapping() && shape.values != nullptr) {
      for (const Member& member : node.members()) under(member.key, [&] { visit(member.value, *shape.values); });
    }
  }

 private:
  void text(const Node& node, const Shape& shape) {
    if (shape.supported.empty() || std::ranges::find(shape.supported, node.as_string()) != shape.supported.end())
      return;
    report(node.location, fmt::format("'{}' has a meaning in a swarm only", node.as_string()));
  }

  void attribute(const Member& member, const Shape& shape) {
    const Attribute* known = find_attribute(shape, member.key);
    if (known == nullptr) return;
    under(member.key, [&] {
      switch (known->support) {
        case schema::Support::none:
          report(member.key_location, "not carried out yet");
          break;
        case schema::Support::swarm:
          report(member.key_location, "has a meaning in a swarm only");
          break;
        case schema::Support::full:
          visit(member.value, *known->shape);
      }
    });
  }
};

void list_unsupported(const Shape& shape, const std::string& path, std::vector<std::string>& all) {
  for (const std::string_view word : shape.supported) all.push_back(fmt::format("{}={}", path, word));
  for (const Attribute& attribute : shape.attributes) {
    const std::string below = path.empty() ? std::string(attribute.name) : fmt::format("{}.{}", path, attribute.name);
    if (attribute.support != schema::Support::full) {
      all.push_back(below);
    } else {
      list_unsupported(*attribute.shape, below, all);
    }
  }
  if (shape.values != nullptr) list_unsupported(*shape.values, path + ".*", all);
  if (shape.items != nullptr) list_unsupported(*shape.items, path + "[]", all);
}

}  // namespace

void check_schema(const Node& document, std::vector<Diagnostic>& findings) {
  Check(findings).visit(document, schema::k_document);
}

void warn_obsolete(const Node& document, std::vector<Diagnostic>& findings) {
  if (!document.is_mapping()) return;
  for (const Member& member : document.members()) {
    if (member.key != "version") continue;
    findings.push_back({Diagnostic::Severity::warning, member.key_location, member.key,
                        "the attribute 'version' is obsolete and has no effect", "take it out of the file"});
  }
}

void find_unsupported(const Node& document, std::vector<Diagnostic>& findings) {
  Unsupported(findings).visit(document, schema::k_document);
}

std::vector<std::string> unsupported_attributes() {
  std::vector<std::string> all;
  list_unsupported(schema::k_document, {}, all);
  std::ranges::sort(all);
  return all;
}

}  // namespace hoist::compose

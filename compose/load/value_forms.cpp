#include "compose/load/value_forms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "compose/base/text.hpp"
#include "compose/load/scalars.hpp"

namespace hoist::compose::form {
namespace {

std::optional<std::int64_t> whole_number(std::string_view text, int base = 10) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (failure != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Runs a parser and reports what it throws at the node's place.
template <typename Parse>
void reading(const Node& node, Visit& visit, const Parse& parse) {
  try {
    parse();
  } catch (const Error& error) {
    // Findings are collected, so that a person sees all of a file's at once.
    visit.fail(node, error.what(), error.hint());
  }
}

/// A list of "KEY=value" as a mapping; of a key that comes twice the last value counts.
void list_to_mapping(Node& node, Visit& visit) {
  if (!node.is_sequence()) return;
  Node mapping(Node::Mapping{}, node.location);
  for (const Node& entry : node.items()) {
    if (!entry.is_scalar()) continue;
    const std::string line = entry.scalar_text();
    const std::size_t equals = line.find('=');
    const std::string key = line.substr(0, equals);
    if (key.ends_with(' ') || key.ends_with('\t')) {
      visit.fail(entry, fmt::format("the key '{}' ends with a space", key), "write KEY=value without spaces");
    }
    mapping.set(
        key, equals == std::string::npos ? Node::null(entry.location) : Node(line.substr(equals + 1), entry.location));
  }
  node = std::move(mapping);
}

void scalar_to_text(Node& node) {
  if (node.is_scalar() && !node.is_null()) node = Node(node.scalar_text(), node.location);
}

}  // namespace

void text(Node& node, Visit&) {
  scalar_to_text(node);
}

void text_list(Node& node, Visit&) {
  if (node.is_scalar() && !node.is_null()) node = Node(Node::Sequence{node}, node.location);
  if (!node.is_sequence()) return;
  for (Node& entry : node.items()) scalar_to_text(entry);
}

void boolean(Node& node, Visit& visit) {
  if (!node.is_string()) return;
  const std::string word = to_lower(node.as_string());
  if (word == "true" || word == "y" || word == "yes" || word == "on") {
    node = Node(true, node.location);
  } else if (word == "false" || word == "n" || word == "no" || word == "off") {
    node = Node(false, node.location);
  } else {
    visit.fail(node, fmt::format("'{}' is not a boolean", node.as_string()), "use true or false");
  }
}

void integer(Node& node, Visit& visit) {
  if (node.kind() == Node::Kind::number) {
    node = Node(static_cast<std::int64_t>(node.as_number()), node.location);
  } else if (node.is_string()) {
    if (const std::optional<std::int64_t> value = whole_number(node.as_string())) {
      node = Node(*value, node.location);
    } else {
      visit.fail(node, fmt::format("'{}' is not an integer", node.as_string()));
    }
  }
}

void number(Node& node, Visit& visit) {
  if (!node.is_string()) return;
  const std::string& written = node.as_string();
  double value = 0;
  const auto [stop, failure] = std::from_chars(written.data(), written.data() + written.size(), value);
  if (failure == std::errc() && stop == written.data() + written.size() && !written.empty()) {
    node = Node(value, node.location);
  } else {
    visit.fail(node, fmt::format("'{}' is not a number", written));
  }
}

void duration(Node& node, Visit& visit) {
  if (!node.is_scalar() || node.is_null()) return;
  reading(node, visit, [&node] { node = Node(format_duration(parse_duration(node.scalar_text())), node.location); });
}

void duration_or_nothing(Node& node, Visit& visit) {
  duration(node, visit);
  if (node == Node("0s")) node = Node::null(node.location);
}

void bytes(Node& node, Visit& visit) {
  if (!node.is_scalar() || node.is_null()) return;
  reading(node, visit, [&node] {
    const std::string written = node.scalar_text();
    const std::optional<std::int64_t> plain = whole_number(written);
    const Bytes value = plain ? *plain : parse_bytes(written);
    node = value == 0 ? Node::null(node.location) : Node(fmt::format("{}", value), node.location);
  });
}

void command(Node& node, Visit& visit) {
  if (node.is_string()) {
    reading(node, visit, [&node] {
      Node words(Node::Sequence{}, node.location);
      for (std::string& word : split_command(node.as_string()))
        words.items().emplace_back(std::move(word), node.location);
      node = std::move(words);
    });
  } else if (node.is_sequence()) {
    for (Node& word : node.items()) scalar_to_text(word);
  }
}

void health_test(Node& node, Visit& visit) {
  if (node.is_string()) {
    node = Node(Node::Sequence{Node("CMD-SHELL", node.location), node}, node.location);
  } else {
    text_list(node, visit);
  }
}

void variables(Node& node, Visit& visit) {
  list_to_mapping(node, visit);
  if (!node.is_mapping()) return;
  for (Member& member : node.members()) scalar_to_text(member.value);
}

void texts(Node& node, Visit& visit) {
  variables(node, visit);
  if (!node.is_mapping()) return;
  for (Member& member : node.members()) {
    if (member.value.is_null()) member.value = Node("", member.value.location);
  }
}

void many_texts(Node& node, Visit& visit) {
  if (!node.is_mapping()) return;
  for (Member& member : node.members()) text_list(member.value, visit);
}

void hosts(Node& node, Visit& visit) {
  std::vector<Node> entries;
  const auto add = [&](const Node& at, const std::string& line) {
    reading(at, visit, [&] {
      for (std::string& entry : parse_extra_host(line)) entries.emplace_back(std::move(entry), at.location);
    });
  };
  if (node.is_sequence()) {
    for (const Node& entry : node.items()) {
      if (entry.is_scalar()) add(entry, entry.scalar_text());
    }
  } else if (node.is_mapping()) {
    for (const Member& member : node.members()) {
      const Node::Sequence one{member.value};
      for (const Node& address : member.value.is_sequence() ? member.value.items() : one) {
        if (address.is_scalar()) add(address, member.key + "=" + address.scalar_text());
      }
    }
  } else {
    return;
  }
  std::ranges::sort(entries, {}, &Node::scalar_text);
  node = Node(std::move(entries), node.location);
}

void file_mode(Node& node, Visit& visit) {
  std::optional<std::int64_t> mode;
  if (node.is_string()) mode = whole_number(node.as_string(), 8);
  if (node.kind() == Node::Kind::integer) mode = node.as_integer();
  if (mode && *mode >= 0) {
    node = Node(fmt::format("0{:o}", *mode), node.location);
  } else if (!node.is_null()) {
    visit.fail(node, fmt::format("'{}' is not a file mode", node.is_scalar() ? node.scalar_text() : "this"),
               "write it in octal, like 0440");
  }
}

void device_count(Node& node, Visit& visit) {
  if (node.is_string() && to_lower(node.as_string()) == "all") node = Node(std::int64_t{-1}, node.location);
  integer(node, visit);
}

}  // namespace hoist::compose::form

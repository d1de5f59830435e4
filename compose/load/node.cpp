#include "compose/load/node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>

namespace hoist::compose {
namespace {

/// The fewest digits that mean `value`, with an exponent where Go's %v has one: from 1e6 on and below 1e-4.
std::string shortest_text(double value) {
  const double size = std::fabs(value);
  const bool plain = value == 0 || (size >= 1e-4 && size < 1e6);
  std::array<char, 64> buffer{};
  const auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format);
  return {buffer.data(), result.ptr};
}

}  // namespace

Node::Node(bool value, SourceLocation where) : location(std::move(where)), value_(value) {}
Node::Node(std::int64_t value, SourceLocation where) : location(std::move(where)), value_(value) {}
Node::Node(double value, SourceLocation where) : location(std::move(where)), value_(value) {}
Node::Node(std::string value, SourceLocation where) : location(std::move(where)), value_(std::move(value)) {}
Node::Node(const char* value, SourceLocation where) : Node(std::string(value), std::move(where)) {}
Node::Node(Sequence value, SourceLocation where) : location(std::move(where)), value_(std::move(value)) {}
Node::Node(Mapping value, SourceLocation where) : location(std::move(where)), value_(std::move(value)) {}

Node Node::null(SourceLocation where) {
  Node node;
  node.location = std::move(where);
  return node;
}

const Node* Node::find(std::string_view key) const {
  if (!is_mapping()) return nullptr;
  const auto found = std::ranges::find(members(), key, &Member::key);
  return found == members().end() ? nullptr : &found->value;
}

Node* Node::find(std::string_view key) {
  return const_cast<Node*>(std::as_const(*this).find(key));
}

Node& Node::operator[](std::string_view key) {
  if (is_null()) value_ = Mapping{};
  if (Node* found = find(key)) return *found;
  members().push_back({std::string(key), Node(), {}});
  return members().back().value;
}

void Node::set(std::string_view key, Node value) {
  (*this)[key] = std::move(value);
}

bool Node::erase(std::string_view key) {
  if (!is_mapping()) return false;
  return std::erase_if(members(), [key](const Member& m) { return m.key == key; }) > 0;
}

std::string_view Node::kind_name() const {
  switch (kind()) {
    case Kind::null:
      return "nothing";
    case Kind::boolean:
      return "a boolean";
    case Kind::integer:
      return "an integer";
    case Kind::number:
      return "a number";
    case Kind::string:
      return "a string";
    case Kind::sequence:
      return "a list";
    case Kind::mapping:
      return "a mapping";
  }
  return "";
}

std::string Node::scalar_text() const {
  switch (kind()) {
    case Kind::boolean:
      return as_bool() ? "true" : "false";
    case Kind::integer:
      return fmt::format("{}", as_integer());
    case Kind::number: {
      const double value = as_number();
      if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
      if (std::isnan(value)) return "NaN";
      return shortest_text(value);
    }
    case Kind::string:
      return as_string();
    default:
      return {};
  }
}

bool Node::says_nothing() const {
  switch (kind()) {
    case Kind::null:
      return true;
    case Kind::boolean:
      return !as_bool();
    case Kind::integer:
      return as_integer() == 0;
    case Kind::number:
      return as_number() == 0;
    case Kind::string:
      return as_string().empty();
    case Kind::sequence:
      return items().empty();
    case Kind::mapping:
      return members().empty();
  }
  return false;
}

bool Node::operator==(const Node& other) const {
  if (kind() != other.kind()) return false;
  if (!is_mapping()) return value_ == other.value_;
  if (members().size() != other.members().size()) return false;
  for (std::size_t i = 0; i < members().size(); ++i) {
    const Member& own = members()[i];
    const Member& beside = other.members()[i];  // mostly the same one
    const Node* same = beside.key == own.key ? &beside.value : other.find(own.key);
    if (same == nullptr || *same != own.value) return false;
  }
  return true;
}

std::size_t NodeHash::operator()(const Node& node) const {
  constexpr std::size_t k_factor = 1'000'003;
  auto hash = static_cast<std::size_t>(node.kind()) + 1;
  switch (node.kind()) {
    case Node::Kind::null:
      return hash;
    case Node::Kind::boolean:
      return hash * k_factor + (node.as_bool() ? 1 : 0);
    case Node::Kind::integer:
      return hash * k_factor + std::hash<std::int64_t>()(node.as_integer());
    case Node::Kind::number:
      return hash * k_factor + std::hash<double>()(node.as_number());
    case Node::Kind::string:
      return hash * k_factor + std::hash<std::string>()(node.as_string());
    case Node::Kind::sequence:
      for (const Node& item : node.items()) hash = hash * k_factor + (*this)(item);
      return hash;
    case Node::Kind::mapping:  // a sum: the order of members does not count
      for (const Member& member : node.members()) {
        hash += std::hash<std::string>()(member.key) * k_factor + (*this)(member.value);
      }
      return hash;
  }
  return hash;
}

}  // namespace hoist::compose

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "compose/base/source_location.hpp"

namespace hoist::compose {

struct Member;

/// A value of a Compose file with the place where it was written. The document between parsing and typing.
class Node {
 public:
  using Sequence = std::vector<Node>;
  using Mapping = std::vector<Member>;  ///< in the order of writing; keys are unique
  enum class Kind { null, boolean, integer, number, string, sequence, mapping };
  /// What `!reset` and `!override` ask of the merge.
  enum class Tag { none, reset, override_value };

  Node();
  Node(const Node& other);
  Node(Node&& other) noexcept;
  Node& operator=(const Node& other);
  Node& operator=(Node&& other) noexcept;
  ~Node();
  Node(bool value, SourceLocation where = {});
  Node(std::int64_t value, SourceLocation where = {});
  Node(double value, SourceLocation where = {});
  Node(std::string value, SourceLocation where = {});
  Node(const char* value, SourceLocation where = {});
  Node(Sequence value, SourceLocation where = {});
  Node(Mapping value, SourceLocation where = {});
  static Node null(SourceLocation where = {});

  Kind kind() const { return static_cast<Kind>(value_.index()); }
  bool is_null() const { return kind() == Kind::null; }
  bool is_string() const { return kind() == Kind::string; }
  bool is_sequence() const { return kind() == Kind::sequence; }
  bool is_mapping() const { return kind() == Kind::mapping; }
  bool is_scalar() const { return !is_sequence() && !is_mapping(); }

  /// The content. Precondition: `kind()` says so.
  bool as_bool() const { return std::get<bool>(value_); }
  std::int64_t as_integer() const { return std::get<std::int64_t>(value_); }
  double as_number() const { return std::get<double>(value_); }
  const std::string& as_string() const { return std::get<std::string>(value_); }
  std::string& as_string() { return std::get<std::string>(value_); }
  const Sequence& items() const { return std::get<Sequence>(value_); }
  Sequence& items() { return std::get<Sequence>(value_); }
  const Mapping& members() const { return std::get<Mapping>(value_); }
  Mapping& members() { return std::get<Mapping>(value_); }

  /// The member's value, or null pointer when there is none or this is no mapping.
  const Node* find(std::string_view key) const;
  Node* find(std::string_view key);
  /// The member's value, made (as null) when missing. Precondition: mapping or null (becomes a mapping).
  Node& operator[](std::string_view key);
  /// Sets or replaces a member. Precondition: as operator[].
  void set(std::string_view key, Node value);
  /// Takes a member out. Returns whether there was one.
  bool erase(std::string_view key);

  /// "a string", "a list", "a mapping": for messages.
  std::string_view kind_name() const;
  /// A scalar as text, as Go's fmt prints it: true, 1, 1.5, "" for null. Precondition: is_scalar().
  std::string scalar_text() const;

  /// True for what means the same as nothing in most places: null, false, zero, an empty text or collection.
  bool says_nothing() const;

  /// Same content; places and tags are not compared, mappings compare without order.
  bool operator==(const Node& other) const;

  SourceLocation location;
  Tag tag = Tag::none;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Sequence, Mapping> value_;
};

/// One `key: value` of a mapping.
struct Member {
  std::string key;
  Node value;
  SourceLocation key_location;

  bool operator==(const Member& other) const { return key == other.key && value == other.value; }
};

/// Nodes that are equal have the same hash.
struct NodeHash {
  std::size_t operator()(const Node& node) const;
};

// Here, where Member is complete: a list of an incomplete type cannot be copied or destroyed.
inline Node::Node() = default;
inline Node::Node(const Node& other) = default;
inline Node::Node(Node&& other) noexcept = default;
inline Node& Node::operator=(const Node& other) = default;
inline Node& Node::operator=(Node&& other) noexcept = default;
inline Node::~Node() = default;

}  // namespace hoist::compose

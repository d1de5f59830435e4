#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/load/node.hpp"
#include "compose/model/service.hpp"

namespace hoist::compose {

/// A value of a document on its way to a typed one: the node, if there is one, and its path for findings.
///
/// A value that is missing or null gives what `or_else` says, or an empty one. A value that cannot be had
/// gives the same and a finding with its place.
class Attribute {
 public:
  /// `node` may be null; it, what `key` shows and `findings` must live longer.
  Attribute(const Node* node, std::string_view key, std::vector<Diagnostic>& findings)
      : node_(node), key_(key), findings_(&findings) {}

  /// The member `key`, which must live longer.
  Attribute operator[](std::string_view key) const;
  /// The entries of a list; none when this is no list.
  std::vector<Attribute> items() const;
  /// The members of a mapping with their keys; none when this is no mapping.
  std::vector<std::pair<std::string, Attribute>> members() const;

  /// True when there is a value that is not null.
  bool given() const { return node_ != nullptr && !node_->is_null(); }
  /// The value. Precondition: given().
  const Node& node() const { return *node_; }
  std::string path() const { return parent_ ? join(*parent_) : std::string(key_); }
  SourceLocation location() const { return node_ == nullptr ? SourceLocation() : node_->location; }

  std::string text() const;
  bool flag(bool or_else = false) const { return optional_flag().value_or(or_else); }
  std::optional<bool> optional_flag() const;
  /// A whole number within the limits, both included.
  std::int64_t integer(std::int64_t least, std::int64_t most, std::int64_t or_else = 0) const;
  /// Any number, also a fraction.
  double number() const;
  Bytes bytes() const;
  std::optional<Nanoseconds> duration() const;
  std::vector<std::string> texts() const;
  /// A list of words; nothing when there is none, which differs from an empty list.
  CommandLine command() const;
  StringMap text_map() const;
  EnvironmentMap variables() const;

  void fail(std::string message, std::string hint = {}) const;
  void warn(std::string message, std::string hint = {}) const;

 private:
  using SharedPath = std::shared_ptr<const std::string>;

  Attribute(const Node* node, SharedPath parent, std::string_view key, std::size_t index,
            std::vector<Diagnostic>& findings)
      : node_(node), parent_(std::move(parent)), key_(key), index_(index), findings_(&findings) {}

  std::string join(const std::string& parent) const;
  /// The path, kept for the attributes below this one.
  const SharedPath& shared_path() const;
  /// The scalar's text, or nothing after a finding.
  std::optional<std::string> scalar(std::string_view expected) const;
  void fail_type(std::string_view expected) const;

  static constexpr std::size_t k_no_index = static_cast<std::size_t>(-1);

  // Of the many attributes that might be there few are, and fewer have findings: the path is made when it is asked for.
  const Node* node_;
  SharedPath parent_;  ///< null for the document
  std::string_view key_;
  std::size_t index_ = k_no_index;  ///< of an entry of a list
  mutable SharedPath path_;
  std::vector<Diagnostic>* findings_;
};

}  // namespace hoist::compose

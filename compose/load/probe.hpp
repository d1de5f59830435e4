#pragma once

#include <optional>
#include <string>

#include "compose/load/node.hpp"
#include "compose/load/tree_path.hpp"

namespace hoist::compose {

/// Finds the value at one path of the loaded tree in the trees of earlier phases, where it may still be part of a short
/// form, an entry of a list, or elsewhere in its list.
class Probe {
 public:
  /// `path` is one of the loaded `tree`, or of a value that is not there any more.
  Probe(TreePath path, const Node& tree);

  const TreePath& path() const { return path_; }

  /// The value as the loaded tree would have it: the long form, one spelling for each kind; nothing when the tree has
  /// none. Tags count for nothing, and what they take away is not found.
  std::optional<Node> find(const Node& tree) const;
  /// As `find`, where the whole tree is one service of the name in the path.
  std::optional<Node> find_in_service(const Node& service) const;

  /// True when the tree itself says the value, in a short form or in the long one; false when it only follows.
  bool is_written(const Node& tree) const;

  /// The node on the way to the value that has a tag, or null.
  const Node* find_tag(const Node& tree) const;
  /// As `find_tag`, from a service on.
  const Node* find_tag_in_service(const Node& service) const;

 private:
  const Node* descend(const Node& tree) const;
  const Node* same_entry(const Node& list, std::size_t depth) const;

  TreePath path_;
  Node::Sequence entries_;  ///< what the loaded tree has at each part of the path that is an entry of a list; else null
};

/// `service` as the only one of a document.
Node document_of_service(const std::string& name, const Node& service);

}  // namespace hoist::compose

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sync/core/digest.hpp"

namespace hoist::sync {

enum class NodeKind : std::uint8_t { directory, file, symlink };

/// "directory", "file", "symlink".
std::string_view to_string(NodeKind kind);

/// What a file system says of an entry beside its content. As long as that stays the same, so does the content. It is
/// this side's own business: it is no part of what two sides compare.
struct Stamp {
  std::int64_t modified = 0;  ///< nanoseconds since 1970
  std::int64_t changed = 0;   ///< the same, of the inode
  std::uint64_t inode = 0;

  bool operator==(const Stamp&) const = default;
};

class Node;
/// A tree, or nothing where there is none.
using Tree = std::shared_ptr<const Node>;

struct Child {
  std::string name;
  Tree node;
};
/// Sorted by name, bytewise; each name once.
using Children = std::vector<Child>;

/// One entry of a tree with all that lies below it. Immutable: trees share what they have in common, and a change costs
/// as much as the way to it.
class Node {
 public:
  /// Only the permission bits of `mode` are kept.
  static Tree file(unsigned mode, std::uint64_t size, const Digest& digest, const Stamp& stamp = {});
  static Tree symlink(std::string target, const Stamp& stamp = {});
  /// Precondition: `children` are as Children promises, none is nothing.
  static Tree directory(unsigned mode, Children children = {}, const Stamp& stamp = {});

  NodeKind kind() const { return kind_; }
  bool is_directory() const { return kind_ == NodeKind::directory; }
  bool is_file() const { return kind_ == NodeKind::file; }
  /// 0 to 07777; 0777 of a symlink.
  unsigned mode() const { return mode_; }
  /// Of a file: bytes. Of a directory: how many entries lie below it.
  std::uint64_t size() const { return size_; }
  /// Of a file's content, of a symlink's target, of all that a directory holds.
  const Digest& digest() const { return digest_; }
  const Stamp& stamp() const { return stamp_; }
  /// Where a symlink points; empty for all else.
  const std::string& target() const;
  /// What a directory holds; empty for all else.
  const Children& children() const;
  /// The child called `name`, or nothing.
  Tree find(std::string_view name) const;

  explicit Node(NodeKind kind) : kind_(kind) {}  // for the makers above

 private:
  NodeKind kind_;
  std::uint16_t mode_ = 0;
  std::uint64_t size_ = 0;
  Digest digest_;
  Stamp stamp_;
  std::unique_ptr<const Children> children_;
  std::unique_ptr<const std::string> target_;
};

/// Whether both are nothing, or hold the same names, kinds, modes and contents. Takes the same time for all trees.
bool same(const Tree& left, const Tree& right);
/// The same without the mode of the two nodes themselves.
bool same_content(const Tree& left, const Tree& right);

/// The node at `path` ("a/b"; empty = the tree itself), or nothing.
Tree find(const Tree& tree, std::string_view path);

/// "a" and "b" make "a/b"; an empty `directory` is the root.
std::string joined(std::string_view directory, std::string_view name);
/// What stands before the last '/': "" for "a".
std::string_view parent_of(std::string_view path);
/// What stands behind the last '/'.
std::string_view name_of(std::string_view path);

/// A line for each entry, for tests and messages: "d 755 src", "f 644 src/a.py <digest>", "l link -> target".
std::string to_string(const Tree& tree);

}  // namespace hoist::sync

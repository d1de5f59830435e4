#pragma once

#include <string>
#include <vector>

#include "sync/core/tree.hpp"

namespace hoist::sync {

/// What shall be, or was, done to a tree at one path.
struct Change {
  std::string path;      ///< relative to the root; empty = the root itself
  Tree before;           ///< nothing = there is nothing at the path
  Tree after;            ///< nothing = it goes
  bool shallow = false;  ///< between two directories: only their mode differs, what they hold stays as it is

  /// By what the trees hold, not by which they are.
  bool operator==(const Change& other) const;
};

/// The changes that make `after` of `before`: by path, none of them inside of another but for shallow ones.
std::vector<Change> diff(const Tree& before, const Tree& after);

/// `tree` with the `after` of each change at its path. A change whose parent is no directory is left out.
/// Precondition: no path comes twice; a path comes after those that it lies in.
Tree with_changes(const Tree& tree, const std::vector<Change>& changes);

/// Whether a change brings content that was not there before: it does more than remove or set modes.
bool adds_content(const Change& change);

/// "create src/a.py", "remove src", "replace a (file by directory)": for texts and tests.
std::string to_string(const Change& change);

/// Calls `visit(name, left child, right child)` for every name in either of two lists of children, in their order.
template <typename Visit>
void for_each_name(const Children& left, const Children& right, Visit&& visit) {
  auto l = left.begin();
  auto r = right.begin();
  while (l != left.end() || r != right.end()) {
    const int order = l == left.end() ? 1 : r == right.end() ? -1 : l->name.compare(r->name);
    visit(order <= 0 ? l->name : r->name, order <= 0 ? l->node : nullptr, order >= 0 ? r->node : nullptr);
    if (order <= 0) ++l;
    if (order >= 0) ++r;
  }
}

}  // namespace hoist::sync

#pragma once

#include <string>
#include <variant>
#include <vector>

#include "sync/core/change.hpp"

namespace hoist::sync {

/// Puts `after` at a path, without what it holds: makes a directory, a file or a symlink, replaces one that is there,
/// or sets its mode.
struct PutEntry {
  std::string path;
  Tree before;  ///< what must be there; nothing = the path must be free
  Tree after;
};
/// Removes an entry. Of a directory nothing is left by then.
struct RemoveEntry {
  std::string path;
  Tree before;
};
/// Moves an entry with all that it holds to a path that is free, or holds the file `replaced`.
struct MoveEntry {
  std::string from;
  std::string to;
  Tree moved;
  Tree replaced;
};

/// One thing to do to a file system. Undone steps leave a tree that the next reconcile understands.
using Step = std::variant<PutEntry, RemoveEntry, MoveEntry>;

/// The path that a step fills or empties.
const std::string& path_of(const Step& step);
/// "put a/b", "remove a", "move a to b".
std::string to_string(const Step& step);

/// The steps of changes to one tree, in an order in which each can be done: what is in the way goes first, directories
/// come before what they hold, all other removals come last, what they hold before the directories. Content that is
/// removed at one path and created at another is moved. Precondition: no change lies inside of another but for shallow
/// ones.
std::vector<Step> steps_of(const std::vector<Change>& changes);

}  // namespace hoist::sync

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sync/core/change.hpp"

namespace hoist::sync {

/// Who wins where the two sides of a session differ. "alpha" is the user's side.
enum class Mode {
  one_way_safe,  ///< alpha goes to beta; what came into being at beta stays, and is a conflict where it is in the way
  one_way_replica,   ///< beta becomes alpha
  two_way_safe,      ///< both ways; where both have new content: a conflict
  two_way_resolved,  ///< both ways; where both changed alpha wins
};

/// "one-way-safe" and so on.
std::string_view to_string(Mode mode);

/// A path where both sides have something of their own, and which is left alone.
struct Conflict {
  std::string path;
  std::vector<Change> alpha;  ///< what that side did since both agreed
  std::vector<Change> beta;

  bool operator==(const Conflict&) const = default;
};

/// What it takes for two trees to agree again.
struct Reconciliation {
  std::vector<Change> ancestor;  ///< both sides did the same by themselves, or one forgets the path
  std::vector<Change> alpha;     ///< to be done there
  std::vector<Change> beta;
  std::vector<Conflict> conflicts;

  bool operator==(const Reconciliation&) const = default;
};

/// Decides what each side must change so that both agree again. Pure: reads no disk and no clock; takes time for what
/// differs only.
///
/// `ancestor` is the last state on which both sides agreed; nothing = they never did. When the changes of a side are
/// done, they are to be made to the ancestor as well.
///
/// Guarantees: in the safe modes, content that came into being on one side since the ancestor is never overwritten or
/// deleted: the path is a conflict, or the content goes to the other side. The one-way modes never change alpha. A mode
/// of a directory is never a conflict: alpha's counts where both changed it.
Reconciliation reconcile(const Tree& ancestor, const Tree& alpha, const Tree& beta, Mode mode);

}  // namespace hoist::sync

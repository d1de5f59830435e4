#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "sync/core/ignore.hpp"
#include "sync/core/problem.hpp"
#include "sync/core/tree.hpp"
#include "sync/disk/root.hpp"

namespace hoist::sync {

/// What a look at a file system found.
struct Scan {
  Tree tree;
  std::vector<Problem> problems;  ///< what could not be read: the tree has there what was known before
  std::vector<std::string> busy;  ///< files that changed while they were read: the same, look again soon
  std::uint64_t files_read = 0;   ///< whose content was read, as their stamps were not known
  std::uint64_t bytes_read = 0;
};

/// Reads trees from a file system. Sockets, devices and pipes are left out.
///
/// A file whose stamp is known is not read again, except one that changed so recently that another change might not
/// show in its stamp. What did not change is the very node that was known. Thread: one at a time.
class Scanner {
 public:
  /// `root` and `rules` must outlive it.
  Scanner(const Root& root, const IgnoreRules& rules);

  /// All of it. `known` may be nothing. Errors: Error{cancelled}; Error{failed} when the root itself cannot be listed.
  Scan scan(const Tree& known, std::stop_token stop);
  /// `known` with what is now at `paths`, directories with all that they hold. Errors: Error{cancelled}.
  Scan rescan(const Tree& known, const std::vector<std::string>& paths, std::stop_token stop);

 private:
  class Walk;

  std::string highest_changed(const Tree& known, std::string path) const;

  const Root& root_;
  const IgnoreRules& rules_;
  std::vector<char> buffer_;
};

/// Whether a stamp can be relied on, seen at `now` (nanoseconds of the clock that file systems use): a file that
/// changed at that very moment may change again without another time.
bool is_settled(const Stamp& stamp, std::int64_t now);

}  // namespace hoist::sync

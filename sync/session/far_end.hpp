#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "sync/core/problem.hpp"
#include "sync/core/steps.hpp"
#include "sync/disk/apply.hpp"

namespace hoist::sync {

/// How a step that was submitted ended.
struct StepDone {
  std::uint64_t id = 0;
  Outcome outcome;
};
/// The whole tree of the far end.
struct FarTree {
  Tree tree;
  std::vector<Problem> problems;
};
/// What is at one path of the far end now, as a step found something else than it counted on.
struct FarEntry {
  std::string path;
  Tree now;
};
using FarEvent = std::variant<FarTree, FarEntry, StepDone>;

/// The other side of a session. Everything that is asked of it is done in order and answered by an event.
///
/// Thread: that of the session; what happens in another thread calls the `on_news` that the far end was made with.
class FarEnd {
 public:
  virtual ~FarEnd() = default;
  /// Asks for a FarTree.
  virtual void scan() = 0;
  /// Asks for a FarEntry.
  virtual void look(const std::string& path) = 0;
  /// Asks for a step; the content of a file is read when its turn comes.
  virtual void submit(std::uint64_t id, Step step) = 0;
  /// What happened since the last call, in order; never blocks. Errors: Error{unavailable} when the far end is gone.
  virtual std::vector<FarEvent> take() = 0;
};

}  // namespace hoist::sync

#pragma once

#include <chrono>
#include <map>
#include <stop_token>
#include <string>

#include "compose/base/event.hpp"
#include "compose/plan/engine.hpp"
#include "compose/plan/plan.hpp"
#include "compose/run/progress.hpp"

namespace hoist::compose {

struct ExecuteOptions {
  int parallel = 16;  ///< operations at once, waits for a condition not counted; 0 or less: unlimited
  /// A node that has waited this long tells what it waits for.
  std::chrono::milliseconds waiting_shown_after{200};
};

/// How carrying out a plan has ended.
struct Execution {
  std::map<NodeId, NodeOutcome> outcomes;  ///< one for each node

  /// Whether every node is Done.
  bool ok() const;
  /// Throws the fault of the first failed node in plan order, for the exit code; Error{cancelled} when
  /// nothing failed but something was cancelled; returns when all is Done.
  void throw_if_failed() const;
};

/// Carries out plans: independent nodes at once, each after its prerequisites, each told to the event sink.
///
/// A failure skips what comes after it; the rest goes on. After a stop request nothing new begins; operations
/// that run get the request and are waited for.
/// Thread: `run` from any thread, one at a time. Engine::apply is called from several.
class Executor {
 public:
  /// `engine` and `events` must outlive the executor.
  Executor(Engine& engine, EventSink& events, ExecuteOptions options = {});

  /// Carries out `plan` and returns when every node has its outcome. Faults of operations are outcomes, not
  /// exceptions. Errors: std::logic_error for a plan that is out of order.
  Execution run(const Plan& plan, std::stop_token stop);

 private:
  Engine& engine_;
  EventSink& events_;
  ExecuteOptions options_;
};

}  // namespace hoist::compose

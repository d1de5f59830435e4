#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "cli/event_feed.hpp"
#include "cli/render/log_printer.hpp"
#include "compose/model/project.hpp"
#include "compose/plan/observed.hpp"

namespace hoist::cli {

class Session;

/// What a foreground `up` shows, and what ends it.
struct ForegroundRequest {
  std::set<std::string> services;  ///< whose containers it lives for
  std::set<std::string> shown;     ///< whose output is printed
  LogPrinter::Options print;
  bool abort_on_exit = false;             ///< stop all when one container has ended
  bool abort_on_failure = false;          ///< the same, only for an exit code other than 0
  bool stays = false;                     ///< though all have ended: others bring them up again
  std::function<void()> before_end = {};  ///< ends what those others do, before anything is stopped
  std::string exit_code_from;             ///< a service; empty = 0, or the code of what caused the abort
  std::optional<int> timeout;             ///< seconds for stopping
};

/// Follows the output of containers until all have ended, an abort is asked for or Ctrl-C comes; then stops
/// what runs. A second Ctrl-C kills. Returns the exit code: 130 after Ctrl-C.
///
/// `before`: what the engine held before `up` changed it: of containers that were there only new lines are
/// printed. `feed` must have been made before `up` started anything. Output that cannot be read is a warning and
/// decides nothing.
int stay_in_foreground(Session& session, const compose::Project& project, const ForegroundRequest& request,
                       const compose::ObservedState& before, EventFeed& feed);

/// What Ctrl-C does to a foreground `up` that is not there yet: as above, stops what has been started, kills it
/// after a second one. Returns 130.
int interrupt_foreground(Session& session, const compose::Project& project, const ForegroundRequest& request);

}  // namespace hoist::cli

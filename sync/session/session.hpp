#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "compose/base/clock.hpp"
#include "sync/core/reconcile.hpp"
#include "sync/disk/scan.hpp"
#include "sync/session/far_end.hpp"
#include "sync/watch/watcher.hpp"

namespace hoist::sync {

struct SessionOptions {
  Mode mode = Mode::one_way_safe;  ///< a one-way mode
  /// When both sides never met: alpha's content counts where both have something, without a conflict.
  bool adopt = true;
  /// The state on which both sides agreed when the last session ended; nothing = they never met.
  Tree ancestor;
  /// Of the last session: steps whose answers never came. What is there as they say was done, and is agreed on.
  std::vector<Change> unanswered;
};

struct SessionStatus {
  bool connected = false;      ///< both sides are known
  bool edited_before = false;  ///< alpha was another than the ancestor that the session began with
  std::uint64_t entries = 0;   ///< of alpha
  std::size_t in_flight = 0;   ///< steps without an answer
  bool settled = false;        ///< all that is known of is at the far end, in conflict or a problem
  std::uint64_t steps_done = 0;
  std::string last_path;  ///< of the last step that was done
  std::vector<Conflict> conflicts;
  std::vector<Problem> problems;  ///< by path
  std::string halted;             ///< why nothing is done any more; empty = it goes on
};

/// Carries what happens in a directory over to a far end, one way.
///
/// Invariants: `alpha` is what was last seen here; `beta` what is there when all steps in flight are done; the ancestor
/// knows only what was answered as done. So a step that fails leaves its path to the next reconcile, which sees it as
/// what it is. What never came to an end is done again; nothing is done twice without being checked.
///
/// Thread: that of its owner, who calls `step` until it says wait, and again after news of the watcher or the far end,
/// or when `next_wakeup` says so.
class SyncSession {
 public:
  enum class Next { wait, again };

  /// All but `options` must outlive it; the watcher was made before. Errors: Error{bad_input} for a mode that is not
  /// one-way.
  SyncSession(const Root& alpha, const IgnoreRules& rules, Watcher& watcher, FarEnd& far, const Clock& clock,
              SessionOptions options = {});

  /// Does one bounded piece of work; never sleeps. Errors: as FarEnd and Scanner.
  Next step(const std::stop_token& stop);
  /// When `step` must be called though no news comes; nothing = not before news.
  std::optional<Clock::TimePoint> next_wakeup() const;

  /// Asks to know when all that was done to alpha before now is at the far end. Returns a ticket for `is_flushed`.
  /// Errors: Error{failed} when no cookie can be made in the root.
  std::uint64_t flush();
  bool is_flushed(std::uint64_t ticket) const { return !flushes_.contains(ticket); }
  /// The lowest ticket that is not flushed; nothing when all are.
  std::optional<std::uint64_t> oldest_flush() const {
    return flushes_.empty() ? std::nullopt : std::optional(flushes_.begin()->first);
  }

  SessionStatus status() const;
  /// What both sides agree on: for the next session.
  const Tree& ancestor() const { return ancestor_; }
  /// What was asked for and not answered, in order: for the next session.
  std::vector<Change> unanswered() const;

 private:
  using TimePoint = Clock::TimePoint;
  struct Flush {
    std::string cookie;
    bool seen = false;                       ///< all that was done before it has been told of
    std::optional<std::uint64_t> last_step;  ///< what it waits for, once that is submitted
  };
  /// A file that was written while it was read.
  struct Busy {
    TimePoint since;
    TimePoint due;  ///< when to look again
  };
  struct Retry {
    TimePoint due{};
    std::chrono::milliseconds pause{};
    int changes = 0;
    bool waits = false;  ///< until then; else it may be tried
  };

  void treat(FarTree event);
  void treat(FarEntry event);
  void treat(StepDone event);
  bool take_far_events();
  bool take_changes(const std::stop_token& stop);
  void look(const std::stop_token& stop);
  void note_busy(const std::vector<std::string>& looked_at, const Scan& scan);
  void note_problems(const std::vector<std::string>& looked_at, const Scan& scan);
  bool is_wanted(const Step& step) const;
  void note_agreed(const Change& change);
  void fail(const std::string& path, const std::string& text);
  void halt(std::string why);
  bool is_root_in_place() const;
  bool carry_over();
  bool waits_for_writers() const;
  void forget_settled(const std::vector<Change>& wanted);
  bool is_agreed(const Change& change) const;
  bool is_held_back(const std::string& path) const;
  void submit(std::vector<Change> changes);
  void end_flushes();

  const Root& root_;
  Watcher& watcher_;
  FarEnd& far_;
  const Clock& clock_;
  const SessionOptions options_;
  Scanner scanner_;

  Tree alpha_;
  Tree beta_;
  Tree ancestor_;
  bool far_asked_ = false;
  bool far_known_ = false;
  bool met_ = false;  ///< the first reconcile was done
  bool edited_before_ = false;
  bool look_at_all_ = true;
  bool dirty_ = false;  ///< the trees changed since the last reconcile
  std::set<std::string> to_look_at_;
  std::map<std::string, Busy> busy_;
  std::map<std::uint64_t, Step> flights_;
  std::multiset<std::string> in_flight_;  ///< their paths, and those that are being looked at
  std::multiset<std::string> looking_;    ///< the latter
  std::map<std::string, Change> agreed_;  ///< answered as done, and not in the ancestor yet
  std::map<std::string, Retry> retries_;
  std::map<std::string, std::string> problems_;
  std::map<std::string, std::string> watch_problems_;
  std::map<std::string, std::string> far_problems_;
  std::vector<Conflict> conflicts_;
  std::map<std::uint64_t, Flush> flushes_;
  std::uint64_t next_id_ = 1;
  std::uint64_t steps_done_ = 0;
  std::string last_path_;
  std::uint64_t next_ticket_ = 1;
  std::string halted_;
};

}  // namespace hoist::sync

#include "cli/foreground.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <stop_token>
#include <utility>
#include <vector>

#include "cli/endings.hpp"
#include "cli/execute.hpp"
#include "cli/log_follower.hpp"
#include "cli/select.hpp"
#include "cli/session.hpp"
#include "compose/base/error.hpp"
#include "compose/plan/plan_lifecycle.hpp"
#include "compose/plan/selection.hpp"

namespace hoist::cli {
namespace {

using compose::ContainerState;
using compose::ObservedContainer;
using compose::ObservedState;

/// A container that has ended prints what it left at once; more patience would only hold back the news.
constexpr std::chrono::milliseconds k_last_lines_within{1000};

class Foreground {
 public:
  Foreground(Session& session, const compose::Project& project, const ForegroundRequest& request)
      : session_(session),
        project_(project),
        request_(request),
        forced_(session.signals().second()),
        printer_(session.console(), request.print),
        follower_(session.containers(), printer_, [&session](const std::string& source, const Error& error) {
          session.warn(fmt::format("the output of {} is not shown: {}", source, error.what()));
        }) {}

  int run(const ObservedState& before, EventFeed& feed) {
    return unless_forced([this, &before, &feed] {
      bool abort = begin(before, feed.since());
      bool more = !alive_.empty() || request_.stays;
      while (more && !abort) {
        const std::optional<compose::ContainerEvent> event =
            alive_.empty() && !request_.stays ? feed.take_within(endings_.patience(), session_.stop())
                                              : feed.take(session_.stop());
        more = event.has_value();
        if (event) abort = take(*event);
      }
      if (request_.before_end) request_.before_end();
      if (session_.stop().stop_requested()) return interrupted(observe_with_starting(forced_));
      if (!alive_.empty()) end_all(observe(forced_));
      follower_.wait(forced_);
      follower_.end();
      return exit_code();
    });
  }

  /// What Ctrl-C does while the containers are still being brought up.
  int run_interrupted() {
    return unless_forced([this] {
      const ObservedState now = observe_with_starting(forced_);
      const bool anything = std::ranges::any_of(now.containers, [this](const ObservedContainer& container) {
        return request_.services.contains(container.service) && compose::is_alive(container);
      });
      if (anything) return interrupted(now);
      session_.console().write_err("interrupted\n");
      return 130;
    });
  }

 private:
  /// Does `work`; the second Ctrl-C, whenever it comes, kills what runs.
  int unless_forced(const std::function<int()>& work) {
    try {
      const int code = work();
      if (!forced_.stop_requested()) return code;
    } catch (const Error& error) {
      // Nothing here is cancelled but by the second Ctrl-C; what was to be done is done below in another way.
      if (error.code() != ErrorCode::cancelled || !forced_.stop_requested()) throw;
    }
    kill_all();
    follower_.end();
    return 130;
  }

  /// What the engine holds now is where the account starts; the feed tells what comes after.
  /// Returns whether all shall be stopped already.
  bool begin(const ObservedState& before, std::int64_t since) {
    std::set<std::string> old;
    for (const ObservedContainer& container : before.containers) {
      if (container.state != ContainerState::created) old.insert(container.id);
    }
    begun_ = session_.containers().now(forced_);
    const ObservedState now = observe(forced_);
    for (const ObservedContainer& container : now.containers) {
      if (request_.shown.contains(container.service)) printer_.add(log_name(container));
    }
    std::vector<const ObservedContainer*> ended_already;
    for (const ObservedContainer& container : now.containers) {
      if (container.state == ContainerState::created) continue;
      names_[container.id] = log_name(container);
      if (!compose::is_alive(container)) endings_.had_ended(container.id, begun_);
      if (request_.services.contains(container.service)) {
        if (compose::is_alive(container)) {
          alive_.insert(container.id);
        } else {
          ended_already.push_back(&container);
        }
      }
      if (!request_.shown.contains(container.service)) continue;
      compose::LogRequest log{.container = container.id, .follow = true, .timestamps = request_.print.timestamps};
      // The engine keeps what a container printed earlier; only a new one has nothing but news.
      if (old.contains(container.id)) log.since = log_moment(since);
      follower_.follow(names_[container.id], std::move(log));
    }
    bool abort = false;
    for (const ObservedContainer* container : ended_already) {
      abort = ended(container->id, container->service, container->exit_code.value_or(0)) || abort;
    }
    return abort;
  }

  /// Returns whether all shall be stopped because of this event.
  bool take(const compose::ContainerEvent& event) {
    if (compose::is_before(event, begun_)) return false;  // `begin` has seen what came of it
    endings_.see(event);
    if (event.action == "start") {
      started(event);
      return false;
    }
    if (event.action != "die" || !alive_.contains(event.container)) return false;
    if (comes_back(event.container)) {
      note_end(event.container, event.service, event.exit_code.value_or(0));
      return false;
    }
    alive_.erase(event.container);
    return ended(event.container, event.service, event.exit_code.value_or(0));
  }

  void note_end(const std::string& container, const std::string& service, int code) {
    if (!request_.shown.contains(service)) return;
    follower_.wait_for(container, k_last_lines_within);
    printer_.note(fmt::format("{} exited with code {}", names_[container], code));
  }

  bool ended(const std::string& container, const std::string& service, int code) {
    note_end(container, service, code);
    codes_[service] = code;
    if (!request_.abort_on_exit && !(request_.abort_on_failure && code != 0)) return false;
    if (!first_code_) first_code_ = code;
    if (!alive_.empty()) tell(session_, fmt::format("{} has ended: stopping the others", names_[container]));
    return true;
  }

  /// The feed may tell of a start that `begin` has just seen the result of; that is no news.
  void started(const compose::ContainerEvent& event) {
    if (is_one_off(event)) return;
    const std::optional<std::int64_t> last_end = endings_.last_end(event.container);
    if (names_.contains(event.container) && !last_end) return;
    names_[event.container] = log_name(event);
    if (request_.services.contains(event.service)) alive_.insert(event.container);
    if (!request_.shown.contains(event.service)) return;
    compose::LogRequest log{.container = event.container, .follow = true, .timestamps = request_.print.timestamps};
    if (last_end) log.since = log_moment(*last_end);
    follower_.follow(log_name(event), std::move(log));
  }

  /// Whether the engine starts the container again, or somebody has.
  bool comes_back(const std::string& container) {
    try {
      return compose::is_alive(session_.containers().inspect(container, forced_).observed);
    } catch (const Error& error) {
      // Who removed it meanwhile will not start it again.
      if (error.code() != ErrorCode::not_found) throw;
      return false;
    }
  }

  /// The engine may be starting a container at this moment, whoever still waits for the answer. A stop comes behind
  /// that, and one that is in vain does no harm.
  ObservedState observe_with_starting(const std::stop_token& stop) {
    ObservedState now = observe(stop);
    for (ObservedContainer& container : now.containers) {
      if (container.state == ContainerState::created) container.state = ContainerState::running;
    }
    return now;
  }

  ObservedState observe(const std::stop_token& stop) {
    return session_.engine().observe({.project = project_.name, .containers_only = true}, stop);
  }

  std::vector<std::string> services() const { return {request_.services.begin(), request_.services.end()}; }

  void end_all(const ObservedState& now) {
    execute(session_, compose::plan_stop(&project_, now, services(), seconds(request_.timeout)),
            {.lines = true, .stop = forced_});
  }

  int interrupted(const ObservedState& now) {
    session_.console().write_err("\nstopping... (press Ctrl-C again to force)\n");
    end_all(now);
    follower_.wait(forced_);
    follower_.end();
    return 130;
  }

  /// The third signal ends the process, so nothing here needs a stop.
  void kill_all() {
    const std::stop_token never;
    const compose::KillRequest request{.services = services()};
    execute(session_, compose::plan_kill(&project_, observe(never), request), {.lines = true, .stop = never});
  }

  int exit_code() {
    if (request_.exit_code_from.empty()) return first_code_.value_or(0);
    const auto found = codes_.find(request_.exit_code_from);
    if (found != codes_.end()) return found->second;
    for (const ObservedContainer& container : observe(forced_).containers) {
      if (container.service != request_.exit_code_from || container.one_off) continue;
      return session_.containers().inspect(container.id, forced_).observed.exit_code.value_or(0);
    }
    return 0;
  }

  Session& session_;
  const compose::Project& project_;
  const ForegroundRequest& request_;
  std::stop_token forced_;                    ///< the second Ctrl-C
  std::set<std::string> alive_;               ///< containers whose end is still to come
  std::map<std::string, std::string> names_;  ///< container -> name in the log
  Endings endings_;
  std::map<std::string, int> codes_;  ///< service -> exit code
  std::optional<int> first_code_;
  std::int64_t begun_ = 0;  ///< the engine's clock just before `begin` looked
  LogPrinter printer_;
  LogFollower follower_;  // last: ends before the printer
};

}  // namespace

int stay_in_foreground(Session& session, const compose::Project& project, const ForegroundRequest& request,
                       const ObservedState& before, EventFeed& feed) {
  return Foreground(session, project, request).run(before, feed);
}

int interrupt_foreground(Session& session, const compose::Project& project, const ForegroundRequest& request) {
  return Foreground(session, project, request).run_interrupted();
}

}  // namespace hoist::cli

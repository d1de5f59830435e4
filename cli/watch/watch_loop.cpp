#include "cli/watch/watch_loop.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "cli/event_feed.hpp"
#include "cli/execute.hpp"
#include "cli/run_main.hpp"
#include "cli/select.hpp"
#include "cli/session.hpp"
#include "cli/up_options.hpp"
#include "cli/watch/change_listener.hpp"
#include "cli/watch/inbox.hpp"
#include "cli/watch/mirrors.hpp"
#include "compose/base/error.hpp"
#include "compose/base/text.hpp"
#include "compose/load/paths.hpp"
#include "compose/plan/plan_lifecycle.hpp"
#include "compose/plan/selection.hpp"

namespace hoist::cli {
namespace {

using compose::WatchRule;
using SteadyClock = std::chrono::steady_clock;
using Action = WatchRule::Action;

constexpr std::chrono::milliseconds k_first_pause{500};
constexpr std::chrono::seconds k_last_pause{30};
/// How long a restart waits for what else is on its way to the service.
constexpr std::chrono::seconds k_restart_patience{2};

/// Files of a rule without a mirror have changed.
struct Changed {
  MirrorKey key;
  std::vector<std::string> paths;
};
/// A rule without a mirror is not watched any more, or not as it should be.
struct Trouble {
  MirrorKey key;
  std::string text;
  bool is_end = false;
};
/// Why no more events come.
using FeedEnd = std::exception_ptr;
using Message = std::variant<compose::ContainerEvent, MirrorKey, Changed, Trouble, FeedEnd>;

/// In the key of a rule that has no mirror.
constexpr const char* k_no_container = "";

bool carries_over(const WatchRule& rule) {
  return rule.action != Action::rebuild && rule.action != Action::restart;
}

std::string changes(std::uint64_t count, const std::string& last) {
  const std::string name = last.empty() ? "." : last;
  return count == 1 ? name : fmt::format("{} changes, the last to {}", count, name);
}

/// What is to be done once the messages at hand are read: one of each, however often it was called for.
struct Due {
  std::set<std::string> rebuilds;                           ///< services
  std::map<std::string, SteadyClock::time_point> restarts;  ///< services, and since when
  std::set<MirrorKey> commands;
};

struct Retry {
  SteadyClock::time_point due;
  std::chrono::milliseconds pause = k_first_pause;
};

class WatchLoop {
 public:
  WatchLoop(Session& session, const compose::Project& project, const WatchRequest& request, std::stop_token stop)
      : session_(session),
        project_(project),
        request_(request),
        stop_(std::move(stop)),
        mirrors_(session.connection().start_agent, [this](const MirrorKey& key) { inbox_.push(key); }) {}

  void run() {
    EventFeed feed(session_.containers(), project_.name, stop_);
    const std::jthread pump([this, &feed](const std::stop_token& own) { pass_on(feed, own); });
    for (const std::string& name : request_.services) prepare(project_.get_service(name));
    for (const compose::ObservedContainer& container : observe().containers) {
      if (compose::is_alive(container)) open_all(container.service, container.id);
    }
    while (!stop_.stop_requested()) {
      // What is due waits for the messages that are there already: they may be about the same.
      if (const std::optional<Message> message = inbox_.take(next_wakeup(), stop_)) {
        std::visit([this](const auto& each) { treat(each); }, *message);
      } else if (!stop_.stop_requested()) {
        act();
        retry();
      }
    }
  }

 private:
  const WatchRule& rule_of(const MirrorKey& key) const { return project_.get_service(key.service).watch[key.rule]; }

  std::string shown(const WatchRule& rule) const {
    return compose::shown_path(rule.path, session_.current_directory());
  }

  void say(const std::string& service, const std::string& text) {
    tell(session_, fmt::format("watch: {}: {}", service, printable(text)));
  }

  void warn(const std::string& service, const std::string& text) {
    session_.warn(fmt::format("watch: {}: {}", service, printable(text)));
  }

  /// The same trouble with a rule is told once, however often it is met.
  void warn_once(const MirrorKey& key, const std::string& text) {
    std::string& last = last_trouble_[key];
    if (std::exchange(last, text) != text) warn(key.service, text);
  }

  void pass_on(EventFeed& feed, const std::stop_token& own) {
    FeedEnd end = std::make_exception_ptr(Error(ErrorCode::unavailable, "the engine tells of no more events"));
    try {
      while (std::optional<compose::ContainerEvent> event = feed.take(own)) inbox_.push(*std::move(event));
    } catch (...) {
      // The thread's end is its task boundary: the fault ends the loop.
      end = std::current_exception();
    }
    if (!own.stop_requested()) inbox_.push(std::move(end));
  }

  compose::ObservedState observe() {
    return session_.engine().observe({.project = project_.name, .containers_only = true}, stop_);
  }

  /// Rules without a mirror are listened to at once, the others when a container runs.
  void prepare(const compose::Service& service) {
    for (std::size_t i = 0; i < service.watch.size(); ++i) {
      const WatchRule& rule = service.watch[i];
      const MirrorKey key{service.name, k_no_container, i};
      if (!carries_over(rule)) {
        open(key);
      } else if (is_mounted(service, rule)) {
        skipped_.insert(key);
        warn(service.name, fmt::format("{} is mounted in the container: there is nothing to carry over", shown(rule)));
      }
    }
  }

  /// Opens the mirrors of a container that runs.
  void open_all(const std::string& service, const std::string& container) {
    if (!request_.services.contains(service)) return;
    const std::vector<WatchRule>& rules = project_.get_service(service).watch;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (!carries_over(rules[i]) || skipped_.contains({service, k_no_container, i})) continue;
      open(MirrorKey{service, container, i});
    }
  }

  /// Begins to watch; tells what is in the way, and tries again where that may pass.
  void open(const MirrorKey& key) {
    try {
      const WatchedTree tree = watched_tree(project_.get_service(key.service), rule_of(key));
      if (key.container == k_no_container) {
        listen(key, tree);
      } else {
        mirrors_.open(key, tree, stop_);
      }
    } catch (const Error& error) {
      // A watch outlives what goes wrong with one of its rules.
      if (error.code() == ErrorCode::cancelled) throw;
      warn_once(key, error.what());
      const bool may_pass = error.code() != ErrorCode::bad_input && error.code() != ErrorCode::denied;
      if (may_pass) later(key);
    }
  }

  void listen(const MirrorKey& key, const WatchedTree& tree) {
    listeners_[key] = std::make_unique<ChangeListener>(
        tree,
        [this, key](std::vector<std::string> paths) {
          inbox_.push(Changed{key, std::move(paths)});
        },
        [this, key](std::string text, bool is_end) {
          inbox_.push(Trouble{key, std::move(text), is_end});
        });
    const WatchRule& rule = rule_of(key);
    retries_.erase(key);
    say(key.service, fmt::format("{} {}", shown(rule), rule.action == Action::rebuild ? "rebuilds" : "restarts"));
  }

  void later(const MirrorKey& key) {
    const auto [entry, fresh] = retries_.try_emplace(key);
    Retry& retry = entry->second;
    if (!fresh) retry.pause = std::min<std::chrono::milliseconds>(retry.pause * 2, k_last_pause);
    retry.due = SteadyClock::now() + retry.pause;
  }

  std::optional<SteadyClock::time_point> next_wakeup() const {
    const SteadyClock::time_point now = SteadyClock::now();
    if (!due_.rebuilds.empty() || !due_.commands.empty()) return now;
    SteadyClock::time_point next = SteadyClock::time_point::max();
    for (const auto& [service, since] : due_.restarts) {
      next = std::min(next, mirrors_.is_settled(service) ? now : since + k_restart_patience);
    }
    for (const auto& [key, retry] : retries_) next = std::min(next, retry.due);
    return next == SteadyClock::time_point::max() ? std::nullopt : std::optional(next);
  }

  void retry() {
    std::vector<MirrorKey> ready;
    for (auto& [key, retry] : retries_) {
      if (retry.due > SteadyClock::now()) continue;
      retry.due = SteadyClock::time_point::max();
      ready.push_back(key);
    }
    for (const MirrorKey& key : ready) {
      if (key.container == k_no_container || may_run(key.container)) {
        open(key);
      } else {
        retries_.erase(key);  // its start is an event
      }
    }
  }

  /// False when the container is known not to run; then its next start is an event.
  bool may_run(const std::string& container) {
    try {
      return compose::is_alive(session_.containers().inspect(container, stop_).observed);
    } catch (const Error& error) {
      // What the engine does not answer now may be tried again; only a container that is gone is gone.
      if (error.code() == ErrorCode::cancelled) throw;
      return error.code() != ErrorCode::not_found;
    }
  }

  void treat(const compose::ContainerEvent& event) {
    if (!request_.services.contains(event.service) || is_one_off(event)) return;
    if (event.action == "start" || event.action == "die") {
      // What was carried over in its last life is told before that is closed.
      const std::size_t rules = project_.get_service(event.service).watch.size();
      for (std::size_t i = 0; i < rules; ++i) treat(MirrorKey{event.service, event.container, i});
      mirrors_.close(event.container);
      forget_retries(event.container);
    }
    if (event.action == "start") open_all(event.service, event.container);
    if (event.action == "destroy") {
      mirrors_.forget(event.container);
      const auto is_of_it = [&event](const auto& entry) { return entry.first.container == event.container; };
      std::erase_if(last_trouble_, is_of_it);
      std::erase_if(told_, is_of_it);
    }
  }

  void forget_retries(const std::string& container) {
    std::erase_if(retries_, [&container](const auto& entry) { return entry.first.container == container; });
  }

  void treat(const MirrorKey& key) {
    const std::optional<MirrorReport> report = mirrors_.report(key);
    if (!report) return;
    const WatchRule& rule = rule_of(key);
    if (report->connected && std::exchange(told_[key], true) == false) {
      say(key.service, fmt::format("{} -> {}", shown(rule), rule.target));
    }
    if (report->settled) {
      retries_.erase(key);
      last_trouble_.erase(key);
    }
    for (const std::string& problem : report->problems) warn(key.service, problem);
    if (report->changes > 0)
      say(key.service, fmt::format("carried over {}", changes(report->changes, report->last_path)));
    if (report->edited && rule.action == Action::sync_restart) {
      due_.restarts.try_emplace(key.service, SteadyClock::now());
    }
    if (report->edited && rule.action == Action::sync_exec) due_.commands.insert(key);
    if (!report->lost || stop_.stop_requested() || !may_run(key.container)) return;
    // A container that is restarted takes its agent along: that is no news unless it goes on.
    if (retries_.contains(key) || report->halted) warn_once(key, *report->lost + ": trying again");
    later(key);
  }

  void treat(const Changed& changed) {
    say(changed.key.service, fmt::format("changed: {}", changes(changed.paths.size(), changed.paths.back())));
    if (rule_of(changed.key).action == Action::rebuild) {
      due_.rebuilds.insert(changed.key.service);
    } else {
      due_.restarts.try_emplace(changed.key.service, SteadyClock::now());
    }
  }

  void treat(const Trouble& trouble) {
    warn_once(trouble.key, trouble.text);
    if (!trouble.is_end) return;
    listeners_.erase(trouble.key);
    later(trouble.key);
  }

  [[noreturn]] void treat(const FeedEnd& end) { std::rethrow_exception(end); }

  void act() {
    const std::set<std::string> rebuilds = std::exchange(due_.rebuilds, {});
    const std::set<MirrorKey> commands = std::exchange(due_.commands, {});
    const bool is_new = !rebuilds.empty() && rebuild({rebuilds.begin(), rebuilds.end()});
    std::vector<std::string> restarts;
    std::erase_if(due_.restarts, [this, &rebuilds, &restarts, is_new](const auto& entry) {
      const auto& [service, since] = entry;
      const bool was_made_anew = is_new && rebuilds.contains(service);
      const bool is_time = mirrors_.is_settled(service) || SteadyClock::now() >= since + k_restart_patience;
      if (is_time && !was_made_anew) restarts.push_back(service);
      return is_time || was_made_anew;
    });
    if (!restarts.empty()) restart(restarts);
    for (const MirrorKey& key : commands) {
      if (!is_new || !rebuilds.contains(key.service)) run_command(key);
    }
  }

  /// Does what may go wrong without ending the watch. Returns whether it went well.
  bool attempt(const std::string& service, const std::function<void()>& work) {
    try {
      work();
      return true;
    } catch (const Error& error) {
      // A watch outlives what goes wrong in it: that is told, and the next change is a new attempt.
      if (error.code() == ErrorCode::cancelled && stop_.stop_requested()) throw;
      session_.console().write_err(describe(error, report_style(session_.console())));
      warn(service, "goes on");
      return false;
    }
  }

  /// Returns whether containers were made anew.
  bool rebuild(const std::vector<std::string>& services) {
    const std::string names = fmt::format("{}", fmt::join(services, ", "));
    bool changed = false;
    attempt(names, [this, &services, &names, &changed] {
      UpOptions options = request_.up;
      options.build = true;
      options.no_recreate = options.force_recreate = false;
      options.no_dependencies = true;
      options.lines = true;
      options.services = services;
      compose::UpRequest request = up_request(session_, options);
      request.ignore_orphans = true;
      changed = bring_up(session_, project_, options, request).changed;
      say(names, changed ? "rebuilt" : "built: nothing has changed");
    });
    return changed;
  }

  void restart(const std::vector<std::string>& services) {
    const std::string names = fmt::format("{}", fmt::join(services, ", "));
    attempt(names, [this, &services] {
      execute(session_, compose::plan_restart(&project_, observe(), {.services = services, .dependencies = false}),
              {.lines = true, .stop = stop_});
    });
  }

  void run_command(const MirrorKey& key) {
    const compose::Hook& hook = project_.get_service(key.service).watch[key.rule].exec;
    attempt(key.service, [this, &key, &hook] {
      compose::ExecRequest request{.container = key.container,
                                   .argv = hook.command,
                                   .user = hook.user,
                                   .working_dir = hook.working_dir,
                                   .privileged = hook.privileged};
      for (const auto& [name, value] : hook.environment) {
        if (value) request.environment.push_back(name + "=" + *value);
      }
      const std::unique_ptr<compose::AttachedProcess> process = session_.containers().exec(request, stop_);
      while (const std::optional<compose::OutputChunk> chunk = process->read(stop_)) {
        session_.console().write_err(chunk->text);
      }
      const int code = process->wait(stop_);
      if (code != 0) {
        throw Error(ErrorCode::failed, fmt::format("'{}' ended with exit code {}", fmt::join(hook.command, " "), code));
      }
      say(key.service, fmt::format("ran {}", fmt::join(hook.command, " ")));
    });
  }

  Session& session_;
  const compose::Project& project_;
  const WatchRequest& request_;
  const std::stop_token stop_;
  Inbox<Message> inbox_;
  std::map<MirrorKey, Retry> retries_;
  std::set<MirrorKey> skipped_;                    ///< rules, without a container
  std::map<MirrorKey, bool> told_;                 ///< that they are connected
  std::map<MirrorKey, std::string> last_trouble_;  ///< that was told
  Due due_;
  Mirrors mirrors_;  // it and the listeners end before the inbox
  std::map<MirrorKey, std::unique_ptr<ChangeListener>> listeners_;
};

}  // namespace

void watch_services(Session& session, const compose::Project& project, const WatchRequest& request,
                    std::stop_token stop) {
  try {
    WatchLoop(session, project, request, stop).run();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::cancelled || !stop.stop_requested()) throw;
  }
}

std::set<std::string> watched_services(const compose::Project& project, const std::set<std::string>& selected) {
  std::set<std::string> watched;
  std::vector<Diagnostic> faults;
  for (const std::string& name : selected) {
    const compose::Service& service = project.get_service(name);
    if (!service.watch.empty()) watched.insert(name);
    for (const WatchRule& rule : service.watch) {
      if (rule.action != Action::rebuild || service.build) continue;
      faults.push_back({.location = rule.location,
                        .path = fmt::format("services.{}.develop.watch", name),
                        .message = "the action 'rebuild' needs a 'build'"});
    }
  }
  if (!faults.empty()) throw Error(std::move(faults));
  return watched;
}

}  // namespace hoist::cli

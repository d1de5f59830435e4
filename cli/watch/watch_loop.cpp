#include "cli/watch/watch_loop.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
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

/// Files of a rule without a mirror have changed.
struct Changed {
  std::string service;
  std::size_t rule = 0;
  std::vector<std::string> paths;
};
/// Nothing more is told of a rule.
struct Ended {
  std::string service;
  std::string why;
};
using Message = std::variant<compose::ContainerEvent, MirrorKey, Changed, Ended>;

bool carries_over(const WatchRule& rule) {
  return rule.action != Action::rebuild && rule.action != Action::restart;
}

std::string changes(std::uint64_t count, const std::string& last) {
  const std::string name = last.empty() ? "." : last;
  return count == 1 ? name : fmt::format("{} changes, the last to {}", count, name);
}

/// What is to be done once the messages at hand are read: one of each, however often it was called for.
struct Due {
  std::set<std::string> rebuilds;  ///< services
  std::set<std::string> restarts;
  std::set<MirrorKey> commands;

  bool empty() const { return rebuilds.empty() && restarts.empty() && commands.empty(); }
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
    for (const std::string& name : request_.services) listen(project_.get_service(name));
    for (const compose::ObservedContainer& container : observe().containers) {
      if (compose::is_alive(container)) open(container.service, container.id);
    }
    while (!stop_.stop_requested()) {
      // What is due waits for the messages that are there already: they may be about the same.
      const bool looks_only = !due_.empty();
      const std::optional<Message> message =
          inbox_.take(looks_only ? std::optional(SteadyClock::now()) : next_retry(), stop_);
      if (message) {
        std::visit([this](const auto& each) { treat(each); }, *message);
      } else if (looks_only) {
        act();
      } else {
        retry();
      }
    }
  }

 private:
  void say(const std::string& service, const std::string& text) {
    tell(session_, fmt::format("watch: {}: {}", service, text));
  }

  std::string shown(const WatchRule& rule) const {
    return compose::shown_path(rule.path, session_.current_directory());
  }

  void warn(const std::string& service, const std::string& text) {
    session_.warn(fmt::format("watch: {}: {}", service, text));
  }

  /// Does what may go wrong without ending the watch. Returns whether it went well.
  template <typename Work>
  bool attempt(const std::string& service, Work&& work) {
    try {
      std::forward<Work>(work)();
      return true;
    } catch (const Error& error) {
      // A watch outlives what goes wrong in it: that is told, and the next change is a new attempt.
      if (error.code() == ErrorCode::cancelled && stop_.stop_requested()) throw;
      session_.console().write_err(describe(error, report_style(session_.console())));
      warn(service, "goes on");
      return false;
    }
  }

  void pass_on(EventFeed& feed, const std::stop_token& own) {
    try {
      while (std::optional<compose::ContainerEvent> event = feed.take(own)) inbox_.push(*std::move(event));
    } catch (const Error& error) {
      // The thread's end: sessions that break tell the rest.
      if (error.code() != ErrorCode::cancelled) inbox_.push(Ended{project_.name, error.what()});
    }
  }

  compose::ObservedState observe() {
    return session_.engine().observe({.project = project_.name, .containers_only = true}, stop_);
  }

  void listen(const compose::Service& service) {
    for (std::size_t i = 0; i < service.watch.size(); ++i) {
      const WatchRule& rule = service.watch[i];
      if (carries_over(rule)) continue;
      attempt(service.name, [&] {
        const std::string name = service.name;
        listeners_.push_back(std::make_unique<ChangeListener>(
            watched_tree(service, rule),
            [this, name, i](std::vector<std::string> paths) {
              inbox_.push(Changed{name, i, std::move(paths)});
            },
            [this, name](std::string why) {
              inbox_.push(Ended{name, std::move(why)});
            }));
        say(name, fmt::format("{} {}", shown(rule), rule.action == Action::rebuild ? "rebuilds" : "restarts"));
      });
    }
  }

  /// Opens the mirrors of a container that runs.
  void open(const std::string& service, const std::string& container) {
    if (!request_.services.contains(service)) return;
    const std::vector<WatchRule>& rules = project_.get_service(service).watch;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (carries_over(rules[i])) open(MirrorKey{service, container, i});
    }
  }

  void open(const MirrorKey& key) {
    const compose::Service& service = project_.get_service(key.service);
    const bool opened =
        attempt(key.service, [&] { mirrors_.open(key, watched_tree(service, service.watch[key.rule]), stop_); });
    if (!opened) later(key);
  }

  void later(const MirrorKey& key) {
    const auto [entry, fresh] = retries_.try_emplace(key);
    Retry& retry = entry->second;
    if (!fresh) retry.pause = std::min<std::chrono::milliseconds>(retry.pause * 2, k_last_pause);
    retry.due = SteadyClock::now() + retry.pause;
  }

  std::optional<SteadyClock::time_point> next_retry() const {
    std::optional<SteadyClock::time_point> next;
    for (const auto& [key, retry] : retries_) {
      if (retry.due != SteadyClock::time_point::max()) next = next ? std::min(*next, retry.due) : retry.due;
    }
    return next;
  }

  void retry() {
    std::vector<MirrorKey> ready;
    for (auto& [key, retry] : retries_) {
      if (retry.due > SteadyClock::now()) continue;
      retry.due = SteadyClock::time_point::max();
      ready.push_back(key);
    }
    for (const MirrorKey& key : ready) {
      if (is_running(key.container)) {
        open(key);
      } else {
        retries_.erase(key);  // its start is an event
      }
    }
  }

  bool is_running(const std::string& container) {
    try {
      return compose::is_alive(session_.containers().inspect(container, stop_).observed);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::cancelled) throw;
      // A container that is gone, or an engine that is: both tell when they are back.
      return false;
    }
  }

  void treat(const compose::ContainerEvent& event) {
    if (!request_.services.contains(event.service) || is_one_off(event)) return;
    if (event.action == "start") {
      mirrors_.close(event.container);  // of its last life
      open(event.service, event.container);
    }
    if (event.action == "die") {
      mirrors_.close(event.container);
      std::erase_if(retries_, [&](const auto& entry) { return entry.first.container == event.container; });
    }
  }

  void treat(const MirrorKey& key) {
    const std::optional<MirrorReport> report = mirrors_.report(key);
    if (!report) return;
    const WatchRule& rule = project_.get_service(key.service).watch[key.rule];
    if (report->connected) {
      retries_.erase(key);
      if (told_.emplace(key).second) say(key.service, fmt::format("{} -> {}", shown(rule), rule.target));
    }
    for (const std::string& problem : report->problems) warn(key.service, problem);
    if (report->changes > 0) {
      say(key.service, fmt::format("carried over {}", changes(report->changes, report->last_path)));
      if (rule.action == Action::sync_restart) due_.restarts.insert(key.service);
      if (rule.action == Action::sync_exec) due_.commands.insert(key);
    }
    if (!report->lost || stop_.stop_requested()) return;
    if (report->hopeless) {
      warn(key.service, *report->lost + ": nothing of it is carried over any more");
    } else if (is_running(key.container)) {
      // A container that is restarted takes its agent along: that is no news unless it goes on.
      if (retries_.contains(key)) warn(key.service, *report->lost + ": trying again");
      later(key);
    }
  }

  void treat(const Changed& changed) {
    const WatchRule& rule = project_.get_service(changed.service).watch[changed.rule];
    say(changed.service, fmt::format("changed: {}", changes(changed.paths.size(), changed.paths.back())));
    (rule.action == Action::rebuild ? due_.rebuilds : due_.restarts).insert(changed.service);
  }

  void treat(const Ended& ended) { warn(ended.service, ended.why); }

  void act() {
    Due due = std::exchange(due_, {});
    if (!due.rebuilds.empty()) rebuild({due.rebuilds.begin(), due.rebuilds.end()});
    for (const MirrorKey& key : due.commands) run_command(key);
    std::vector<std::string> restarts;
    for (const std::string& service : due.restarts) {
      if (due.rebuilds.contains(service)) continue;
      // The others of its containers are not there yet: their news calls for it again.
      if (mirrors_.is_settled(service)) restarts.push_back(service);
    }
    if (!restarts.empty()) restart(restarts);
  }

  void rebuild(const std::vector<std::string>& services) {
    const std::string names = fmt::format("{}", fmt::join(services, ", "));
    attempt(names, [&] {
      UpOptions options;
      options.build = true;
      options.quiet_build = request_.quiet_build;
      options.no_dependencies = true;
      options.lines = true;
      options.services = services;
      compose::UpRequest request = up_request(session_, options);
      request.ignore_orphans = true;
      const bool changed = bring_up(session_, project_, options, request).changed;
      say(names, changed ? "rebuilt" : "built: nothing has changed");
    });
  }

  void restart(const std::vector<std::string>& services) {
    const std::string names = fmt::format("{}", fmt::join(services, ", "));
    attempt(names, [&] {
      execute(session_, compose::plan_restart(&project_, observe(), {.services = services, .dependencies = false}),
              {.lines = true, .stop = stop_});
    });
  }

  void run_command(const MirrorKey& key) {
    const compose::Hook& hook = project_.get_service(key.service).watch[key.rule].exec;
    attempt(key.service, [&] {
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
  std::set<MirrorKey> told_;  ///< that have been connected once
  Due due_;
  Mirrors mirrors_;  // both end before the inbox
  std::vector<std::unique_ptr<ChangeListener>> listeners_;
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
  for (const std::string& name : selected) {
    if (!project.get_service(name).watch.empty()) watched.insert(name);
  }
  return watched;
}

}  // namespace hoist::cli

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <utility>

#include "cli/commands.hpp"
#include "cli/endings.hpp"
#include "cli/event_feed.hpp"
#include "cli/log_follower.hpp"
#include "cli/select.hpp"
#include "cli/session.hpp"
#include "compose/base/error.hpp"
#include "compose/plan/labels.hpp"
#include "compose/plan/selection.hpp"

namespace hoist::cli {
namespace {

struct Options {
  bool follow = false;
  bool timestamps = false;
  bool no_prefix = false;
  bool no_colour = false;
  std::string since;
  std::string until;
  std::string tail = "all";
  std::optional<int> index;
  std::vector<std::string> services;
};

/// Lines from the end; nothing = all. Errors: Error{bad_input}.
std::optional<std::uint64_t> parse_tail(const std::string& text) {
  if (text == "all" || text == "-1") return std::nullopt;
  std::uint64_t lines = 0;
  const char* end = text.data() + text.size();
  const std::from_chars_result read = std::from_chars(text.data(), end, lines);
  if (text.empty() || read.ec != std::errc() || read.ptr != end) {
    throw Error(ErrorCode::bad_input, fmt::format("option '--tail' needs a number of lines or 'all', not '{}'", text));
  }
  return lines;
}

compose::LogRequest request_for(const std::string& container, const Options& options) {
  return {.container = container,
          .follow = options.follow,
          .timestamps = options.timestamps,
          .since = options.since,
          .until = options.until,
          .tail = parse_tail(options.tail)};
}

/// The containers that are asked for, those that start while we look on too; the end comes when none of them runs
/// any more.
class Following {
 public:
  Following(Session& session, const Options& options, LogPrinter& printer, std::stop_token stop)
      : session_(session),
        options_(options),
        printer_(printer),
        stop_(std::move(stop)),
        follower_(session.containers(), printer, [this, &session](const std::string& source, const Error& error) {
          session.warn(fmt::format("the output of {} is not shown: {}", source, error.what()));
          // What is gone has nothing left to show.
          if (error.code() != ErrorCode::not_found) failed_ = true;
        }) {}

  /// `feed` must have been made before `chosen` was observed.
  int run(const std::vector<compose::ObservedContainer>& chosen, EventFeed& feed) {
    begin(chosen, feed.since());
    bool more = !alive_.empty();
    while (more) {
      const std::optional<compose::ContainerEvent> event =
          alive_.empty() ? feed.take_within(endings_.patience(), stop_) : feed.take(stop_);
      more = event.has_value();
      if (event && is_chosen(*event)) take(*event);
    }
    follower_.wait(stop_);
    follower_.end();
    if (session_.stop().stop_requested()) return 130;
    return failed_ ? 1 : 0;
  }

 private:
  void begin(const std::vector<compose::ObservedContainer>& chosen, std::int64_t now) {
    for (const compose::ObservedContainer& container : chosen) printer_.add(log_name(container));
    for (const compose::ObservedContainer& container : chosen) {
      known_.insert(container.id);
      if (compose::is_alive(container)) {
        alive_.insert(container.id);
      } else {
        endings_.had_ended(container.id, now);
      }
      follower_.follow(log_name(container), request_for(container.id, options_));
    }
  }

  bool is_chosen(const compose::ContainerEvent& event) const {
    const auto& services = options_.services;
    if (is_one_off(event)) return false;
    if (!services.empty() && std::ranges::find(services, event.service) == services.end()) return false;
    return !options_.index ||
           compose::label_of(event.labels, compose::k_label_number) == std::to_string(*options_.index);
  }

  void take(const compose::ContainerEvent& event) {
    endings_.see(event);
    if (event.action == "die" && alive_.contains(event.container) && !runs(event.container)) {
      alive_.erase(event.container);
    }
    if (event.action != "start") return;
    const std::optional<std::int64_t> last_end = endings_.last_end(event.container);
    // A start whose result was seen when we looked first is no news.
    if (!known_.insert(event.container).second && !last_end) return;
    alive_.insert(event.container);
    compose::LogRequest request = request_for(event.container, options_);
    request.tail = std::nullopt;
    if (last_end) request.since = log_moment(*last_end);
    follower_.follow(log_name(event), std::move(request));
  }

  /// Whether the container runs again, or the engine is about to start it.
  bool runs(const std::string& container) {
    try {
      return compose::is_alive(session_.containers().inspect(container, stop_).observed);
    } catch (const Error& error) {
      // Who removed it meanwhile will not start it again.
      if (error.code() != ErrorCode::not_found) throw;
      return false;
    }
  }

  Session& session_;
  const Options& options_;
  LogPrinter& printer_;
  std::stop_token stop_;
  std::set<std::string> known_;  ///< containers
  std::set<std::string> alive_;
  Endings endings_;
  std::atomic<bool> failed_{false};
  LogFollower follower_;  // last: ends before the rest
};

int logs(Session& session, const Options& options) {
  parse_tail(options.tail);
  if (options.index && options.services.size() != 1) {
    throw Error(ErrorCode::bad_input, "option '--index' goes with the name of one service");
  }
  const compose::Project* project = session.find_project(options.services);
  std::optional<EventFeed> feed;
  if (options.follow) feed.emplace(session.containers(), session.project_name(), session.stop());
  const compose::ObservedState state = observe_containers(session);
  check_known(project, state, options.services);
  const bool colour = session.styling().out_colour && !options.no_colour;
  LogPrinter printer(session.console(),
                     {.prefix = !options.no_prefix, .colour = colour, .timestamps = options.timestamps});
  // Nobody needs logs that cannot be written.
  std::stop_source stop;
  const auto request_stop = [&stop] { stop.request_stop(); };
  const std::stop_callback on_signal(session.stop(), request_stop);
  const std::stop_callback on_loss(session.console().out_lost(), request_stop);
  std::vector<compose::ObservedContainer> chosen = of_services(state, options.services);
  if (options.index) {
    std::erase_if(chosen, [&options](const compose::ObservedContainer& c) { return c.number != *options.index; });
    if (chosen.empty()) {
      throw Error(ErrorCode::not_found,
                  fmt::format("service '{}' has no container {}", options.services.front(), *options.index));
    }
  }
  if (!options.follow) {
    for (const compose::ObservedContainer& container : chosen) printer.add(log_name(container));
    // One after the other: each container's lines stay together and in the same place every time.
    for (const compose::ObservedContainer& container : chosen) {
      const std::string name = log_name(container);
      session.containers().logs(
          request_for(container.id, options),
          [&printer, &name](const compose::OutputChunk& chunk) { printer.write(name, chunk); }, stop.get_token());
      printer.flush(name);
    }
    return 0;
  }
  return Following(session, options, printer, stop.get_token()).run(chosen, *feed);
}

}  // namespace

Action define_logs(Arguments& arguments) {
  const auto options = std::make_shared<Options>();
  arguments.flag("-f,--follow", options->follow, "go on as lines come");
  arguments.value("-n,--tail", options->tail, "LINES", "lines from the end of each container, or 'all'");
  arguments.value("--since", options->since, "TIME",
                  "from this time on: 2024-01-02T13:23:37Z, or 42m for 42 minutes ago");
  arguments.value("--until", options->until, "TIME", "up to this time, written as for --since");
  arguments.flag("-t,--timestamps", options->timestamps, "show when each line was written");
  arguments.flag("--no-log-prefix", options->no_prefix, "lines without the name of their container");
  arguments.flag("--no-color", options->no_colour, "no colours of our own");
  arguments.value("--index", options->index, "N", "number of the container when the service has several");
  arguments.positionals("SERVICE", options->services, WordKind::service);
  return [options](Session& session) { return logs(session, *options); };
}

}  // namespace hoist::cli

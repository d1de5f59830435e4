#include "remote/docker/await.hpp"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"
#include "remote/docker/event_stream.hpp"
#include "remote/docker/json_access.hpp"
#include "remote/docker/log_stream.hpp"
#include "remote/docker/observe_json.hpp"
#include "remote/docker/query.hpp"

namespace hoist::remote {
namespace {

using compose::AwaitCondition;
using compose::ContainerDetail;
using compose::ContainerState;
using compose::Health;
using Condition = AwaitCondition::Condition;
using Verdict = Judgement::Verdict;
using nlohmann::json;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::chrono::seconds k_fallback{1};
constexpr std::size_t k_last_lines = 5;
/// What ends sooner than this after its start has failed to start, whatever the engine said in between.
constexpr std::chrono::milliseconds k_settled_after{500};

/// Wakes the waiting thread from the events' thread.
class Wakeup {
 public:
  void notify() {
    const std::scoped_lock lock(mutex_);
    pending_ = true;
    changed_.notify_all();
  }
  /// Returns after the next `notify` or after `limit`. Errors: Error{cancelled}.
  void wait(std::chrono::milliseconds limit, std::stop_token stop) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, limit, [this] { return pending_; });
    pending_ = false;
    if (stop.stop_requested()) throw Error(ErrorCode::cancelled, "cancelled");
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool pending_ = false;
};

/// Asks Podman for the checks that it does not run by itself.
class PodmanChecks {
 public:
  explicit PodmanChecks(DockerClient& client) : client_(client) {}

  void run_if_due(const std::string& id, const json& inspected, const std::stop_token& stop) {
    const std::chrono::nanoseconds interval{
        number_at(object_at(object_at(inspected, "Config"), "Healthcheck"), "Interval")};
    const SteadyTime now = std::chrono::steady_clock::now();
    const auto [last, first] = last_.try_emplace(id, now);
    if (!first && now - last->second < interval) return;
    last->second = now;
    client_.send_raw({.target = "/libpod" + container_path(id, "/healthcheck")}, stop);
  }

 private:
  DockerClient& client_;
  std::map<std::string, SteadyTime> last_;
};

std::string indented(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += "\n  | " + line;
  return text;
}

Error failure_of(DockerClient& client, const AwaitCondition& operation, const ContainerDetail& detail,
                 const std::string& reason, const std::stop_token& stop) {
  const std::string name = detail.observed.name;
  std::string text = fmt::format("container '{}' {}", name, reason);
  if (detail.observed.health == Health::unhealthy && detail.observed.state == ContainerState::running) {
    const std::vector<std::string> lines = split(trim(detail.last_health_output), '\n');
    if (!lines.empty()) text += "; its last health check said:" + indented(lines);
  } else {
    const std::vector<std::string> lines = last_log_lines(client, detail.observed.id, k_last_lines, stop);
    if (!lines.empty()) text += "; its last lines:" + indented(lines);
  }
  return Error(ErrorCode::failed, std::move(text))
      .with_hint(fmt::format("see more with 'hoist logs {}'", operation.service));
}

/// Whether a container that nothing but its running speaks for started just now. Clocks may differ: after
/// `began` our own counts too.
bool has_just_started(const AwaitCondition& operation, const ContainerDetail& detail, const json& inspected,
                      SteadyTime began) {
  const bool only_runs = operation.condition == Condition::running_or_healthy &&
                         detail.observed.state == ContainerState::running && detail.observed.health == Health::none;
  if (!only_runs || std::chrono::steady_clock::now() - began >= k_settled_after) return false;
  const auto started = parse_engine_time(text_at(object_at(inspected, "State"), "StartedAt"));
  return started && std::chrono::system_clock::now() - *started < k_settled_after;
}

/// Whether all containers satisfy the condition now. Errors: as await_condition.
bool all_satisfied(DockerClient& client, const AwaitCondition& operation, std::set<std::string>& open,
                   PodmanChecks* podman, SteadyTime began, const std::stop_token& stop) {
  for (auto it = open.begin(); it != open.end();) {
    const json inspected = client.get(container_path(*it, "/json"), stop);
    const ContainerDetail detail = detail_from_inspect(inspected);
    const Judgement judgement = judge(operation.condition, detail);
    if (judgement.verdict == Verdict::failed) throw failure_of(client, operation, detail, judgement.reason, stop);
    if (judgement.verdict == Verdict::satisfied && !has_just_started(operation, detail, inspected, began)) {
      it = open.erase(it);
      continue;
    }
    if (podman != nullptr && detail.observed.health == Health::starting) {
      podman->run_if_due(detail.observed.id, inspected, stop);
    }
    ++it;
  }
  return open.empty();
}

/// Keeps waking `wakeup` for events of the containers until stopped.
void listen(DockerClient& client, const AwaitCondition& operation, Wakeup& wakeup, const std::stop_token& stop) {
  // Without events the fallback still finds the end: a broken stream is no fault of the wait, and no
  // exception may leave this thread.
  try {
    stream_events(
        client, {{"container", operation.containers}}, std::nullopt,
        [&wakeup](const compose::ContainerEvent& event) {
          if (!event.action.starts_with("exec_")) wakeup.notify();
        },
        stop);
  } catch (const std::exception&) {
    wakeup.notify();
  }
}

void wait_for_all(DockerClient& client, const AwaitCondition& operation, const std::stop_token& stop) {
  std::set<std::string> open(operation.containers.begin(), operation.containers.end());
  PodmanChecks checks(client);
  PodmanChecks* podman = client.ping(stop).podman ? &checks : nullptr;
  const SteadyTime began = std::chrono::steady_clock::now();
  if (all_satisfied(client, operation, open, podman, began, stop)) return;
  Wakeup wakeup;
  const std::jthread listener(
      [&client, &operation, &wakeup](std::stop_token own) { listen(client, operation, wakeup, own); });
  const bool settles = operation.condition == Condition::running_or_healthy;
  while (!all_satisfied(client, operation, open, podman, began, stop)) {
    wakeup.wait(settles ? k_settled_after : k_fallback, stop);
  }
}

std::string_view wanted(Condition condition) {
  switch (condition) {
    case Condition::healthy:
      return "healthy";
    case Condition::completed_successfully:
      return "completed";
    case Condition::running_or_healthy:
      return "running";
  }
  return "running";
}

}  // namespace

Judgement judge(Condition condition, const ContainerDetail& detail) {
  const ContainerState state = detail.observed.state;
  if (state == ContainerState::dead || state == ContainerState::removing) {
    return {Verdict::failed, fmt::format("is {}", to_string(state))};
  }
  if (state == ContainerState::exited) {
    const int code = detail.observed.exit_code.value_or(0);
    if (code == 0 && condition != Condition::healthy) return {Verdict::satisfied, {}};
    return {Verdict::failed, fmt::format("exited ({}){}", code, detail.out_of_memory ? ", out of memory" : "")};
  }
  if (state == ContainerState::created && !detail.error.empty()) {
    return {Verdict::failed, "did not start: " + detail.error};
  }
  if (condition == Condition::completed_successfully || state != ContainerState::running) {
    return {Verdict::waiting, std::string(to_string(state))};
  }
  switch (detail.observed.health) {
    case Health::healthy:
      return {Verdict::satisfied, {}};
    case Health::unhealthy:
      return {Verdict::failed, "is unhealthy"};
    case Health::starting:
      return {Verdict::waiting, "health: starting"};
    case Health::none:
      break;
  }
  if (condition == Condition::running_or_healthy) return {Verdict::satisfied, {}};
  return {Verdict::failed, "has no healthcheck, so it can never be healthy"};
}

void await_condition(DockerClient& client, const AwaitCondition& operation, EventSink& events, std::stop_token stop) {
  events.emit({.resource = target_of(operation).to_string(),
               .phase = Event::Phase::waiting,
               .text = fmt::format("waiting until it is {}", wanted(operation.condition))});
  wait_for_all(client, operation, stop);
}

}  // namespace hoist::remote

#include "compose/run/executor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/run/wording.hpp"
#include "compose/run/workers.hpp"

namespace hoist::compose {
namespace {

using Phase = Event::Phase;
using SteadyTime = Workers::TimePoint;

/// Goals that a text about waiting names before it only counts.
constexpr std::size_t k_named_goals = 3;

bool is_await(const PlanNode& node) {
  return std::holds_alternative<AwaitCondition>(node.op);
}

bool is_done(const NodeOutcome& outcome) {
  return std::holds_alternative<Done>(outcome);
}

/// One run of one plan. All but `perform` belongs to the thread that called Executor::run.
class Run {
 public:
  Run(Engine& engine, EventSink& events, const ExecuteOptions& options, const Plan& plan, std::stop_token stop)
      : engine_(engine), events_(events), options_(options), progress_(plan), stop_(std::move(stop)) {
    std::map<ResourceKey, NodeId> last;
    for (const PlanNode& node : plan.nodes) {
      nodes_.emplace(node.id, &node);
      const auto [before, first] = last.try_emplace(target_of(node.op), node.id);
      if (first) {
        waiting_since_.emplace(node.id, std::chrono::steady_clock::now());
      } else {
        next_of_resource_[before->second] = node.id;
        before->second = node.id;
      }
    }
  }

  std::map<NodeId, NodeOutcome> to_the_end() {
    while (!progress_.all_finished()) {
      if (stop_.stop_requested()) cancel_what_has_not_begun();
      begin_what_may();
      say_what_waits();
      if (running_.empty()) continue;
      // Once stopped there is nothing to wake up for but the ends of what runs.
      const std::stop_token wake = stop_.stop_requested() ? std::stop_token{} : stop_;
      for (auto& [node, outcome] : workers_.collect(next_say(), wake)) settle(node, std::move(outcome));
    }
    return progress_.outcomes();
  }

 private:
  void begin_what_may() {
    for (const NodeId id : progress_.take_ready()) ready_.insert(id);
    for (auto it = ready_.begin(); it != ready_.end();) {
      const PlanNode& node = *nodes_.at(*it);
      // A wait takes no slot: it must never keep back the start of what it waits for.
      if (!is_await(node) && options_.parallel > 0 && slots_taken_ >= options_.parallel) {
        ++it;
        continue;
      }
      it = ready_.erase(it);
      begin(node);
    }
  }

  void begin(const PlanNode& node) {
    waiting_since_.erase(node.id);
    running_.insert(node.id);
    if (!is_await(node)) ++slots_taken_;
    if (progress_.outcomes().size() + 1 == nodes_.size()) {
      // The last one, perhaps the only one: nothing else could happen meanwhile.
      settle(node.id, perform(node));
    } else {
      const Workers::Kind kind = is_await(node) ? Workers::Kind::wait : Workers::Kind::work;
      workers_.post(node.id, kind, [this, &node] { return perform(node); });
    }
  }

  /// The one place where faults become outcomes. On any thread.
  NodeOutcome perform(const PlanNode& node) {
    const std::string resource = target_of(node.op).to_string();
    const Wording words = wording_of(node.op);
    events_.emit({.resource = resource,
                  .phase = is_await(node) ? Phase::waiting : Phase::working,
                  .text = std::string(words.working),
                  .cause = telling_cause(node)});
    try {
      engine_.apply(node.op, events_, stop_);
      return Done{};
    } catch (Error& error) {
      if (error.code() == ErrorCode::cancelled && stop_.stop_requested()) return Cancelled{};
      error.while_doing(is_await(node) ? "waiting for " + goal_of(node.op)
                                       : fmt::format("{} {}", words.working, resource));
      return Failed{std::current_exception(), error.what()};
    } catch (const std::exception& fault) {
      return Failed{std::current_exception(), fmt::format("internal error: {}", fault.what())};
    } catch (...) {
      return Failed{std::current_exception(), "internal error"};
    }
  }

  void settle(NodeId id, NodeOutcome outcome) {
    const PlanNode& node = *nodes_.at(id);
    running_.erase(id);
    if (!is_await(node)) --slots_taken_;
    const std::string resource = target_of(node.op).to_string();
    const Failed* failed = std::get_if<Failed>(&outcome);
    if (failed != nullptr && may_fail(node.op)) {
      // The file or the command line says that this may fail: the person is told, what comes after it goes
      // on.
      events_.emit({.resource = resource, .phase = Phase::warning, .text = failed->text});
      events_.emit({.resource = resource, .phase = Phase::skipped, .text = "because it failed and is optional"});
      progress_.finished(id, Done{});
      pass_the_word(id);
    } else {
      for (const NodeId ended : progress_.finished(id, std::move(outcome))) say_end(ended);
    }
  }

  void cancel_what_has_not_begun() {
    ready_.clear();
    for (const auto& [id, node] : nodes_) {
      if (running_.contains(id)) continue;
      for (const NodeId ended : progress_.finished(id, Cancelled{})) say_end(ended);
    }
    waiting_since_.clear();
  }

  void say_end(NodeId id) {
    const PlanNode& node = *nodes_.at(id);
    Event event{.resource = target_of(node.op).to_string(), .phase = Phase::skipped};
    const NodeOutcome& outcome = progress_.outcomes().at(id);
    if (is_done(outcome)) {
      event.phase = Phase::done;
      event.text = wording_of(node.op).done;
    } else if (const Failed* failed = std::get_if<Failed>(&outcome)) {
      event.phase = Phase::failed;
      event.text = failed->text;
    } else if (const Skipped* skipped = std::get_if<Skipped>(&outcome)) {
      const std::string culprit = target_of(nodes_.at(skipped->because_of)->op).to_string();
      if (culprit == event.resource) {
        // Its failure is told already; that its later steps do not happen is evident.
        pass_the_word(id);
        return;
      }
      event.text = fmt::format("because {} failed", culprit);
    } else {
      event.text = "because of the interruption";
    }
    events_.emit(std::move(event));
    pass_the_word(id);
  }

  /// Of each resource only the first node that has not ended tells what it waits for.
  void pass_the_word(NodeId ended) {
    waiting_since_.erase(ended);
    const auto next = next_of_resource_.find(ended);
    if (next == next_of_resource_.end()) return;
    if (running_.contains(next->second) || progress_.outcomes().contains(next->second)) return;
    waiting_since_.emplace(next->second, std::chrono::steady_clock::now());
  }

  void say_what_waits() {
    const SteadyTime now = std::chrono::steady_clock::now();
    for (auto it = waiting_since_.begin(); it != waiting_since_.end();) {
      if (it->second + options_.waiting_shown_after > now) {
        ++it;
        continue;
      }
      say_waiting(*nodes_.at(it->first));
      it = waiting_since_.erase(it);
    }
  }

  void say_waiting(const PlanNode& node) {
    std::vector<std::string> goals;
    for (const NodeId prerequisite : node.after) {
      if (!progress_.outcomes().contains(prerequisite)) goals.push_back(goal_of(nodes_.at(prerequisite)->op));
    }
    if (goals.empty()) return;  // only for a slot
    std::string text = "waiting for " + goals.front();
    for (std::size_t i = 1; i < std::min(goals.size(), k_named_goals); ++i) text += ", " + goals[i];
    if (goals.size() > k_named_goals) text += fmt::format(" and {} more", goals.size() - k_named_goals);
    events_.emit({.resource = target_of(node.op).to_string(), .phase = Phase::waiting, .text = std::move(text)});
  }

  /// When say_what_waits has something to say; nothing = nobody waits unsaid.
  std::optional<SteadyTime> next_say() const {
    std::optional<SteadyTime> next;
    for (const auto& [id, since] : waiting_since_) {
      const SteadyTime at = since + options_.waiting_shown_after;
      if (!next || at < *next) next = at;
    }
    return next;
  }

  Engine& engine_;
  EventSink& events_;
  const ExecuteOptions& options_;
  Progress progress_;
  std::stop_token stop_;
  std::map<NodeId, const PlanNode*> nodes_;
  std::set<NodeId> ready_;  ///< handed out by progress_, waiting for a slot
  std::set<NodeId> running_;
  int slots_taken_ = 0;
  std::map<NodeId, SteadyTime> waiting_since_;  ///< nodes that have not told yet what they wait for
  std::map<NodeId, NodeId> next_of_resource_;
  Workers workers_;  ///< last: its threads use the rest
};

}  // namespace

bool Execution::ok() const {
  return std::all_of(outcomes.begin(), outcomes.end(), [](const auto& entry) { return is_done(entry.second); });
}

void Execution::throw_if_failed() const {
  for (const auto& [id, outcome] : outcomes) {
    const Failed* failed = std::get_if<Failed>(&outcome);
    if (failed == nullptr) continue;
    if (failed->cause) std::rethrow_exception(failed->cause);
    throw Error(ErrorCode::failed, failed->text);
  }
  if (!ok()) throw Error(ErrorCode::cancelled, "interrupted");
}

Executor::Executor(Engine& engine, EventSink& events, ExecuteOptions options)
    : engine_(engine), events_(events), options_(options) {}

Execution Executor::run(const Plan& plan, std::stop_token stop) {
  return {Run(engine_, events_, options_, plan, std::move(stop)).to_the_end()};
}

}  // namespace hoist::compose

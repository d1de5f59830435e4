#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <random>
#include <set>
#include <thread>

#include "compose/base/error.hpp"
#include "compose/run/executor.hpp"
#include "tests/compose/run/probe_engine.hpp"
#include "tests/support/memory_sink.hpp"

using namespace hoist;
using namespace hoist::compose;
using hoist::test::MemorySink;
using hoist::test::ProbeEngine;

namespace {

/// A plan made up from a seed, and what shall happen to it.
struct Trial {
  Plan plan;
  std::set<std::string> failing;  ///< resources
  int parallel = 0;
  std::size_t stop_after = 0;  ///< operations begun; 0 = never
};

Trial make_trial(unsigned seed) {
  std::mt19937 random(seed);
  const auto roll = [&random](int below) { return std::uniform_int_distribution<int>(0, below - 1)(random); };
  Trial trial;
  const int size = 1 + roll(40);
  const int density = 1 + roll(6);
  for (NodeId id = 1; id <= size; ++id) {
    const std::string name = "n" + std::to_string(id);
    PlanNode node{.id = id, .op = StartContainer{.container = name, .name = name}, .cause = "trial"};
    if (roll(4) == 0) node.op = AwaitCondition{.service = name, .containers = {name}};
    std::set<NodeId> after;
    for (int i = roll(density); i > 0 && id > 1; --i) after.insert(1 + roll(id - 1));
    node.after.assign(after.begin(), after.end());
    if (roll(10) == 0) trial.failing.insert(target_of(node.op).to_string());
    trial.plan.nodes.push_back(std::move(node));
  }
  trial.parallel = roll(6);
  if (roll(3) == 0) trial.stop_after = static_cast<std::size_t>(1 + roll(size));
  return trial;
}

/// Whether every node ran only after all its prerequisites had ended well.
bool order_holds(const Plan& plan, const Execution& execution,
                 const std::vector<std::pair<std::string, bool>>& history) {
  std::map<std::string, const PlanNode*> nodes;
  for (const PlanNode& node : plan.nodes) nodes[target_of(node.op).to_string()] = &node;
  std::set<NodeId> ended;
  for (const auto& [resource, begins] : history) {
    const PlanNode& node = *nodes.at(resource);
    if (!begins) {
      ended.insert(node.id);
      continue;
    }
    for (const NodeId prerequisite : node.after) {
      if (!ended.contains(prerequisite)) return false;
      if (!std::holds_alternative<Done>(execution.outcomes.at(prerequisite))) return false;
    }
  }
  return true;
}

/// The nodes that come after a failed one, directly or not.
std::set<NodeId> behind_failures(const Plan& plan, const Execution& execution) {
  std::set<NodeId> bad;
  std::set<NodeId> behind;
  for (const PlanNode& node : plan.nodes) {
    const bool is_behind =
        std::any_of(node.after.begin(), node.after.end(), [&bad](NodeId id) { return bad.contains(id); });
    if (is_behind) behind.insert(node.id);
    if (is_behind || std::holds_alternative<Failed>(execution.outcomes.at(node.id))) bad.insert(node.id);
  }
  return behind;
}

template <typename Outcome>
std::set<NodeId> all(const Execution& execution) {
  std::set<NodeId> ids;
  for (const auto& [id, outcome] : execution.outcomes) {
    if (std::holds_alternative<Outcome>(outcome)) ids.insert(id);
  }
  return ids;
}

}  // namespace

TEST_CASE("any plan, with any failures and a stop at any time, ends as it must", "[run][property]") {
  constexpr unsigned k_trials = 300;
  for (unsigned seed = 1; seed <= k_trials; ++seed) {
    const Trial trial = make_trial(seed);
    std::stop_source source;
    std::atomic<std::size_t> begun = 0;
    ProbeEngine engine([&](const Operation& operation, EventSink&, std::stop_token stop) {
      const std::string resource = target_of(operation).to_string();
      const std::size_t count = ++begun;
      if (count == trial.stop_after) source.request_stop();
      if (count % 3 == 0) std::this_thread::sleep_for(std::chrono::microseconds(50 * (count % 7)));
      if (trial.failing.contains(resource)) throw Error(ErrorCode::failed, "injected");
      if (stop.stop_requested() && count % 2 == 0) throw Error(ErrorCode::cancelled, "cancelled");
    });
    MemorySink events;
    const Execution execution =
        Executor(engine, events, {.parallel = trial.parallel}).run(trial.plan, source.get_token());

    INFO("seed " << seed << "\n" << to_string(trial.plan));
    REQUIRE(execution.outcomes.size() == trial.plan.nodes.size());
    REQUIRE(order_holds(trial.plan, execution, engine.history()));
    if (trial.parallel > 0) REQUIRE(engine.most_at_once() <= trial.parallel);
    const std::set<NodeId> skipped = all<Skipped>(execution);
    const std::set<NodeId> behind = behind_failures(trial.plan, execution);
    if (trial.stop_after == 0) {
      REQUIRE(skipped == behind);
      REQUIRE(all<Cancelled>(execution).empty());
    } else {
      REQUIRE(std::includes(behind.begin(), behind.end(), skipped.begin(), skipped.end()));
    }
    // What ran has a beginning and an end in the history, once each; what did not has none.
    REQUIRE(engine.history().size() == 2 * begun.load());
    const std::size_t ran = all<Done>(execution).size() + all<Failed>(execution).size();
    REQUIRE(ran <= begun.load());
    if (trial.stop_after == 0) REQUIRE(ran == begun.load());
    // Each node ends with one last word.
    std::size_t last_words = 0;
    for (const Event& event : events.events()) {
      if (event.phase == Event::Phase::done || event.phase == Event::Phase::failed ||
          event.phase == Event::Phase::skipped) {
        ++last_words;
      }
    }
    REQUIRE(last_words == trial.plan.nodes.size());
  }
}

#include "compose/run/progress.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>

using namespace hoist::compose;

namespace {

PlanNode node(NodeId id, std::vector<NodeId> after = {}) {
  return {.id = id, .op = RemoveVolume{"v" + std::to_string(id)}, .after = std::move(after), .cause = "test"};
}

/// How a node ended, in a word.
std::string ended(const Progress& progress, NodeId id) {
  const auto found = progress.outcomes().find(id);
  if (found == progress.outcomes().end()) return "open";
  const NodeOutcome& outcome = found->second;
  if (const Skipped* skipped = std::get_if<Skipped>(&outcome))
    return "skipped by " + std::to_string(skipped->because_of);
  if (std::holds_alternative<Failed>(outcome)) return "failed";
  return std::holds_alternative<Done>(outcome) ? "done" : "cancelled";
}

using Ids = std::vector<NodeId>;

}  // namespace

TEST_CASE("an empty plan is finished before it begins", "[run]") {
  Progress progress(Plan{});
  CHECK(progress.all_finished());
  CHECK(progress.take_ready().empty());
}

TEST_CASE("a node is ready once all that it is after is done, and is handed out once", "[run]") {
  Progress progress(Plan{{node(1), node(2), node(3, {1, 2}), node(4, {3})}, {}});
  CHECK(progress.take_ready() == Ids{1, 2});
  CHECK(progress.take_ready().empty());
  CHECK(progress.finished(1, Done{}) == Ids{1});
  CHECK(progress.take_ready().empty());
  progress.finished(2, Done{});
  CHECK(progress.take_ready() == Ids{3});
  progress.finished(3, Done{});
  CHECK(progress.take_ready() == Ids{4});
  CHECK_FALSE(progress.all_finished());
  progress.finished(4, Done{});
  CHECK(progress.all_finished());
}

TEST_CASE("a failed node skips what comes after it, in the same step, and only that", "[run]") {
  Progress progress(Plan{{node(1), node(2), node(3, {1, 2}), node(4, {3}), node(5, {2})}, {}});
  progress.take_ready();
  CHECK(progress.finished(1, Failed{}) == Ids{1, 3, 4});
  CHECK(ended(progress, 3) == "skipped by 1");
  CHECK(ended(progress, 4) == "skipped by 1");
  CHECK(ended(progress, 5) == "open");
  progress.finished(2, Done{});
  CHECK(progress.take_ready() == Ids{5});
}

TEST_CASE("an optional dependency that cannot even start holds nothing back", "[run]") {
  PlanNode wait = node(2, {1});
  wait.op = AwaitCondition{.service = "cache", .containers = {"shop-cache-1"}, .required = false};
  Progress progress(Plan{{node(1), wait, node(3, {2}), node(4, {1})}, {}});
  progress.take_ready();
  CHECK(progress.finished(1, Failed{}) == Ids{1, 2, 4});
  CHECK(ended(progress, 2) == "skipped by 1");
  CHECK(ended(progress, 4) == "skipped by 1");
  CHECK(progress.take_ready() == Ids{3});
}

TEST_CASE("of two failures the first is the reason", "[run]") {
  Progress progress(Plan{{node(1), node(2), node(3, {1, 2})}, {}});
  progress.finished(2, Failed{});
  CHECK(progress.finished(1, Failed{}) == Ids{1});
  CHECK(ended(progress, 3) == "skipped by 2");
  CHECK(progress.all_finished());
}

TEST_CASE("what comes after a cancelled node is cancelled", "[run]") {
  Progress progress(Plan{{node(1), node(2, {1}), node(3, {2})}, {}});
  CHECK(progress.finished(1, Cancelled{}) == Ids{1, 2, 3});
  CHECK(ended(progress, 3) == "cancelled");
  CHECK(progress.take_ready().empty());
}

TEST_CASE("a node keeps its first outcome", "[run]") {
  Progress progress(Plan{{node(1), node(2, {1})}, {}});
  progress.finished(2, Cancelled{});
  CHECK(progress.finished(2, Done{}).empty());
  progress.finished(1, Done{});
  CHECK(ended(progress, 2) == "cancelled");
  CHECK(progress.take_ready().empty());
}

TEST_CASE("a prerequisite that is named twice counts once", "[run]") {
  Progress progress(Plan{{node(1), node(2, {1, 1})}, {}});
  progress.take_ready();
  progress.finished(1, Done{});
  CHECK(progress.take_ready() == Ids{2});
}

TEST_CASE("a plan out of order is refused", "[run]") {
  CHECK_THROWS_AS(Progress(Plan{{node(1, {2}), node(2)}, {}}), std::logic_error);
  CHECK_THROWS_AS(Progress(Plan{{node(1, {1})}, {}}), std::logic_error);
  CHECK_THROWS_AS(Progress(Plan{{node(1), node(1)}, {}}), std::logic_error);
}

TEST_CASE("a very long chain of skips needs no deep stack", "[run]") {
  constexpr NodeId k_length = 100'000;
  Plan plan;
  plan.nodes.push_back(node(1));
  for (NodeId id = 2; id <= k_length; ++id) plan.nodes.push_back(node(id, {id - 1}));
  Progress progress(plan);
  CHECK(progress.finished(1, Failed{}).size() == k_length);
  CHECK(ended(progress, k_length) == "skipped by 1");
}

#include "remote/docker/await.hpp"

#include <catch2/catch.hpp>

using namespace hoist;
using namespace hoist::compose;
using namespace hoist::remote;

TEST_CASE("a container is judged by what its dependants wait for", "[docker][await]") {
  using Condition = AwaitCondition::Condition;
  using Verdict = Judgement::Verdict;
  using State = ContainerState;
  struct Case {
    Condition condition;
    State state;
    Health health;
    int exit_code;
    Judgement expected;
  };
  const auto c = GENERATE(values<Case>({
      {Condition::healthy, State::created, Health::none, 0, {Verdict::waiting, "created"}},
      {Condition::healthy, State::running, Health::starting, 0, {Verdict::waiting, "health: starting"}},
      {Condition::healthy, State::running, Health::healthy, 0, {Verdict::satisfied, ""}},
      {Condition::healthy, State::running, Health::unhealthy, 0, {Verdict::failed, "is unhealthy"}},
      {Condition::healthy,
       State::running,
       Health::none,
       0,
       {Verdict::failed, "has no healthcheck, so it can never be healthy"}},
      {Condition::healthy, State::exited, Health::none, 0, {Verdict::failed, "exited (0)"}},
      {Condition::healthy, State::restarting, Health::none, 1, {Verdict::waiting, "restarting"}},
      {Condition::completed_successfully, State::running, Health::healthy, 0, {Verdict::waiting, "running"}},
      {Condition::completed_successfully, State::exited, Health::none, 0, {Verdict::satisfied, ""}},
      {Condition::completed_successfully, State::exited, Health::none, 3, {Verdict::failed, "exited (3)"}},
      {Condition::running_or_healthy, State::running, Health::none, 0, {Verdict::satisfied, ""}},
      {Condition::running_or_healthy, State::running, Health::starting, 0, {Verdict::waiting, "health: starting"}},
      {Condition::running_or_healthy, State::exited, Health::none, 0, {Verdict::satisfied, ""}},
      {Condition::running_or_healthy, State::dead, Health::none, 0, {Verdict::failed, "is dead"}},
      {Condition::running_or_healthy, State::paused, Health::none, 0, {Verdict::waiting, "paused"}},
  }));
  ContainerDetail detail;
  detail.observed.state = c.state;
  detail.observed.health = c.health;
  if (c.state == State::exited) detail.observed.exit_code = c.exit_code;
  CAPTURE(static_cast<int>(c.condition), to_string(c.state), to_string(c.health));
  CHECK(judge(c.condition, detail) == c.expected);
}

TEST_CASE("why a container did not start or was killed is said", "[docker][await]") {
  ContainerDetail detail;
  detail.error = "no such device";
  CHECK(judge(AwaitCondition::Condition::healthy, detail).reason == "did not start: no such device");
  detail.observed.state = ContainerState::exited;
  detail.observed.exit_code = 137;
  detail.out_of_memory = true;
  CHECK(judge(AwaitCondition::Condition::healthy, detail).reason == "exited (137), out of memory");
}

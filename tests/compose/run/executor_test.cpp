#include "compose/run/executor.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <latch>
#include <stdexcept>
#include <thread>

#include "compose/base/error.hpp"
#include "tests/compose/run/probe_engine.hpp"
#include "tests/support/memory_sink.hpp"

using namespace hoist;
using namespace hoist::compose;
using namespace std::chrono_literals;
using hoist::test::MemorySink;
using hoist::test::ProbeEngine;

namespace {

using Lines = std::vector<std::string>;

Operation start(const std::string& name) {
  return StartContainer{.container = name, .name = name, .service = name};
}
Operation await(const std::string& service, bool required = true) {
  return AwaitCondition{.service = service, .containers = {service + "-1"}, .required = required};
}

Plan chain(std::vector<Operation> operations) {
  Plan plan;
  for (Operation& operation : operations) {
    const NodeId id = static_cast<NodeId>(plan.nodes.size()) + 1;
    plan.nodes.push_back({.id = id, .op = std::move(operation), .cause = "test"});
    if (id > 1) plan.nodes.back().after = {id - 1};
  }
  return plan;
}

Plan side_by_side(int count) {
  Plan plan;
  for (NodeId id = 1; id <= count; ++id) plan.nodes.push_back({.id = id, .op = start("c" + std::to_string(id))});
  return plan;
}

ProbeEngine::Behaviour failing(const std::string& resource, ErrorCode code = ErrorCode::failed) {
  return [resource, code](const Operation& operation, EventSink&, std::stop_token) {
    if (target_of(operation).to_string() == resource) throw Error(code, resource + " is broken");
  };
}

template <typename Outcome>
bool is(const Execution& execution, NodeId id) {
  return std::holds_alternative<Outcome>(execution.outcomes.at(id));
}

}  // namespace

TEST_CASE("an empty plan is done at once", "[run]") {
  ProbeEngine engine;
  MemorySink events;
  const Execution execution = Executor(engine, events).run({}, {});
  CHECK(execution.ok());
  CHECK(execution.outcomes.empty());
  CHECK(events.events().empty());
}

TEST_CASE("the last step runs on the caller's thread", "[run]") {
  std::thread::id seen;
  ProbeEngine engine([&seen](const Operation&, EventSink&, std::stop_token) { seen = std::this_thread::get_id(); });
  MemorySink events;
  CHECK(Executor(engine, events).run(chain({start("web")}), {}).ok());
  CHECK(seen == std::this_thread::get_id());
}

TEST_CASE("each step is told with its verb and its result", "[run]") {
  ProbeEngine engine;
  MemorySink events;
  CHECK(Executor(engine, events)
            .run(chain({CreateVolume{{.name = "shop_data"}, "shop"}, start("db"), await("db")}), {})
            .ok());
  CHECK(events.lines_of("volume shop_data") == Lines{"working: creating", "done: created"});
  CHECK(events.lines_of("container db") == Lines{"working: starting", "done: started"});
  CHECK(events.lines_of("service db") == Lines{"waiting: waiting until it is healthy", "done: healthy"});
}

TEST_CASE("a failure skips what comes after it and names itself", "[run]") {
  ProbeEngine engine(failing("container db"));
  MemorySink events;
  Plan plan = chain({start("db"), await("db"), start("web")});
  plan.nodes.push_back({.id = 4, .op = start("cache")});
  const Execution execution = Executor(engine, events).run(plan, {});
  CHECK_FALSE(execution.ok());
  CHECK(is<Failed>(execution, 1));
  CHECK(std::get<Skipped>(execution.outcomes.at(3)).because_of == 1);
  CHECK(is<Done>(execution, 4));
  CHECK(events.lines_of("container db").back() == "failed: container db is broken");
  CHECK(events.lines_of("container web") == Lines{"skipped: because container db failed"});
}

TEST_CASE("the first failure in plan order is thrown for the exit code, with what was being done", "[run]") {
  ProbeEngine engine(failing("container c2", ErrorCode::conflict));
  MemorySink events;
  const Execution execution = Executor(engine, events).run(side_by_side(3), {});
  try {
    execution.throw_if_failed();
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::conflict);
    CHECK(error.trace() == Lines{"starting container c2"});
  }
}

TEST_CASE("a fault that is no Error is an outcome too", "[run]") {
  ProbeEngine engine([](const Operation&, EventSink&, std::stop_token) { throw std::out_of_range("map::at"); });
  MemorySink events;
  const Execution execution = Executor(engine, events).run(side_by_side(2), {});
  CHECK(std::get<Failed>(execution.outcomes.at(2)).text == "internal error: map::at");
  CHECK_THROWS_AS(execution.throw_if_failed(), std::out_of_range);
}

TEST_CASE("an optional dependency that fails is a warning, and its dependants go on", "[run]") {
  ProbeEngine engine(failing("service cache"));
  MemorySink events;
  const Execution execution = Executor(engine, events).run(chain({await("cache", false), start("web")}), {});
  CHECK(execution.ok());
  CHECK(events.lines_of("container web").back() == "done: started");
  CHECK(events.lines_of("service cache") == Lines{"waiting: waiting until it is healthy",
                                                  "warning: service cache is broken",
                                                  "skipped: because it failed and is optional"});
}

TEST_CASE("a node that waits says for what, once", "[run]") {
  std::latch told(1);
  ProbeEngine engine([&told](const Operation& operation, EventSink&, std::stop_token) {
    if (std::holds_alternative<AwaitCondition>(operation)) told.wait();
  });
  class Latching final : public EventSink {
   public:
    Latching(MemorySink& kept, std::latch& told) : kept_(kept), told_(told) {}
    void emit(Event event) noexcept override {
      const bool web_waits = event.resource == "container web" && event.phase == Event::Phase::waiting;
      kept_.emit(std::move(event));
      if (web_waits) told_.count_down();
    }

   private:
    MemorySink& kept_;
    std::latch& told_;
  };
  MemorySink kept;
  Latching events(kept, told);
  // The wait ends only after web has told that it waits: without the word the test would never end.
  Executor executor(engine, events, {.waiting_shown_after = 1ms});
  CHECK(executor.run(chain({await("db"), start("web"), start("proxy")}), {}).ok());
  CHECK(kept.lines_of("container web") ==
        Lines{"waiting: waiting for service db to be healthy", "working: starting", "done: started"});
}

TEST_CASE("quick plans do not speak of waiting", "[run]") {
  ProbeEngine engine;
  MemorySink events;
  Executor(engine, events, {.waiting_shown_after = 1min}).run(chain({start("db"), start("web")}), {});
  CHECK(events.lines_of("container web") == Lines{"working: starting", "done: started"});
}

TEST_CASE("waits take no slot: one slot suffices for a plan with waits", "[run]") {
  // Each wait ends only after the other container has been started.
  std::latch both(2);
  ProbeEngine engine([&both](const Operation& operation, EventSink&, std::stop_token) {
    if (std::holds_alternative<AwaitCondition>(operation)) {
      both.wait();
    } else {
      both.count_down();
    }
  });
  Plan plan;
  plan.nodes = {{1, start("a"), {}, ""}, {2, await("a"), {1}, ""}, {3, start("b"), {}, ""}, {4, await("b"), {3}, ""}};
  MemorySink events;
  CHECK(Executor(engine, events, {.parallel = 1}).run(plan, {}).ok());
  CHECK(engine.most_at_once() == 1);
}

TEST_CASE("without a limit all that may run does", "[run]") {
  constexpr int k_count = 40;
  std::latch all(k_count);
  ProbeEngine engine([&all](const Operation&, EventSink&, std::stop_token) { all.arrive_and_wait(); });
  MemorySink events;
  // A last node keeps every other one off the caller's thread.
  Plan plan = side_by_side(k_count);
  CHECK(Executor(engine, events, {.parallel = 0}).run(plan, {}).ok());
  CHECK(engine.most_at_once() == k_count);
}

TEST_CASE("a stop ends what runs, begins nothing more and returns promptly", "[run]") {
  std::stop_source source;
  ProbeEngine engine([&source](const Operation&, EventSink&, std::stop_token stop) {
    source.request_stop();
    test::block_until_stopped(stop);
  });
  MemorySink events;
  const auto begin = std::chrono::steady_clock::now();
  const Execution execution =
      Executor(engine, events).run(chain({start("db"), start("web"), start("proxy")}), source.get_token());
  CHECK(std::chrono::steady_clock::now() - begin < 2s);
  for (const NodeId id : {1, 2, 3}) CHECK(is<Cancelled>(execution, id));
  CHECK(engine.history().size() == 2);
  CHECK(events.lines_of("container proxy") == Lines{"skipped: because of the interruption"});
  try {
    execution.throw_if_failed();
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::cancelled);
  }
}

TEST_CASE("a stop before the run begins nothing", "[run]") {
  std::stop_source source;
  source.request_stop();
  ProbeEngine engine;
  MemorySink events;
  const Execution execution = Executor(engine, events).run(side_by_side(3), source.get_token());
  CHECK(engine.history().empty());
  CHECK(is<Cancelled>(execution, 2));
}

TEST_CASE("a plan out of order is refused before anything is touched", "[run]") {
  ProbeEngine engine;
  MemorySink events;
  Plan plan = side_by_side(2);
  plan.nodes[0].after = {2};
  CHECK_THROWS_AS(Executor(engine, events).run(plan, {}), std::logic_error);
  CHECK(engine.history().empty());
}

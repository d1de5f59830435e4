#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <thread>

#include "compose/base/error.hpp"
#include "compose/plan/plan_down.hpp"
#include "compose/plan/plan_images.hpp"
#include "compose/plan/plan_up.hpp"
#include "compose/run/executor.hpp"
#include "tests/support/fake_engine.hpp"

using namespace hoist;
using namespace hoist::compose;
using hoist::test::FakeEngine;
using hoist::test::FakeProcess;

namespace {

using Random = std::mt19937;

int roll(Random& random, int below) {
  return std::uniform_int_distribution<int>(0, below - 1)(random);
}
bool one_in(Random& random, int chances) {
  return roll(random, chances) == 0;
}

std::string service_name(int number) {
  return "s" + std::to_string(number);
}

/// A service that may need any of the services before it.
Service make_service(Random& random, int number) {
  Service service;
  service.name = service_name(number);
  service.image = "image" + std::to_string(roll(random, 3));
  service.config_hash = "hash0";
  if (one_in(random, 2)) service.healthcheck = Healthcheck{.test = {"CMD", "true"}};
  if (one_in(random, 4)) service.scale = 1 + roll(random, 3);
  if (service.scale == 1 && one_in(random, 4)) {
    service.ports = {{.target = 80, .published = std::to_string(8000 + number)}};
  }
  if (service.scale == 1 && one_in(random, 6)) service.container_name = "named-" + service.name;
  if (one_in(random, 3)) service.volumes.push_back({.source = "data", .volume_name = "shop_data", .target = "/data"});
  if (one_in(random, 3)) service.volumes.push_back({.target = "/anonymous"});
  return service;
}

void add_dependencies(Random& random, Project& project, Service& service, int number) {
  for (int other = 0; other < number; ++other) {
    if (!one_in(random, 3)) continue;
    const Service& needed = project.services.at(service_name(other));
    Dependency dependency{.service = needed.name, .restart = one_in(random, 4), .required = !one_in(random, 4)};
    if (needed.healthcheck && one_in(random, 2)) dependency.condition = Dependency::Condition::healthy;
    service.depends_on.push_back(std::move(dependency));
  }
  const bool shares = !service.depends_on.empty() && service.ports.empty() && one_in(random, 5);
  if (shares) {
    service.network_mode = "service:" + service.depends_on.front().service;
    service.depends_on.front().required = true;
  } else {
    const std::string key = one_in(random, 2) ? "default" : "back";
    service.networks = {{.key = key, .name = "shop_" + key}};
  }
}

Project make_project(Random& random) {
  Project project{.name = "shop", .working_dir = "/shop", .compose_files = {"/shop/compose.yaml"}};
  for (const char* key : {"default", "back"}) {
    project.networks[key] = {.key = key, .name = std::string("shop_") + key, .config_hash = "net0"};
  }
  project.volumes["data"] = {.key = "data", .name = "shop_data", .config_hash = "vol0"};
  const int count = 1 + roll(random, 6);
  for (int number = 0; number < count; ++number) {
    Service service = make_service(random, number);
    add_dependencies(random, project, service, number);
    project.services[service.name] = std::move(service);
  }
  return project;
}

bool is_shared(const Project& project, const std::string& service) {
  return std::ranges::any_of(
      project.services, [&service](const auto& entry) { return entry.second.network_mode == "service:" + service; });
}

/// Somebody edits the file, publishes an image or touches the containers.
void change_something(Random& random, Project& project, FakeEngine& engine) {
  const int number = roll(random, static_cast<int>(project.services.size()));
  Service& service = project.services.at(service_name(number));
  switch (roll(random, 7)) {
    case 0:
      service.config_hash = "hash" + std::to_string(roll(random, 100));
      break;
    case 1:
      engine.add_image(service.image, roll(random, 100));
      break;
    case 2:
      // Whoever shares a network namespace needs one to share.
      if (service.container_name.empty() && service.ports.empty()) {
        service.scale = is_shared(project, service.name) ? 1 + roll(random, 3) : roll(random, 4);
      }
      break;
    case 3:
      project.networks.at("back").config_hash = "net" + std::to_string(roll(random, 100));
      break;
    case 4:
      // A replacement was killed after the old container had gone and before the new one had its name.
      engine.edit([](ObservedState& state) {
        if (state.containers.empty()) return;
        ObservedContainer& last = state.containers.back();
        last.name = "0123456789ab_" + last.name;
        last.state = ContainerState::created;
        last.publishers.clear();
      });
      break;
    default: {
      const ObservedState state = engine.state();
      if (state.containers.empty()) return;
      const ObservedContainer& victim =
          state.containers[static_cast<std::size_t>(roll(random, static_cast<int>(state.containers.size())))];
      NullSink events;
      engine.apply(KillContainer{.id = victim.id, .name = victim.name}, events, {});
      if (one_in(random, 2)) engine.apply(RemoveContainer{.id = victim.id, .name = victim.name}, events, {});
    }
  }
}

ObservedState observe(FakeEngine& engine, const Project& project) {
  ObserveRequest request = observe_request(project);
  request.one_offs = true;
  return engine.observe(request, {});
}

Plan plan(FakeEngine& engine, const Project& project) {
  return plan_up(project, observe(engine, project), {});
}

Execution execute(FakeEngine& engine, const Plan& wanted, std::stop_token stop = {}) {
  NullSink events;
  return Executor(engine, events).run(wanted, std::move(stop));
}

/// The words of the first failure, for the report of a trial that went wrong.
std::string failure_of(const Execution& execution) {
  for (const auto& [id, outcome] : execution.outcomes) {
    if (const Failed* failed = std::get_if<Failed>(&outcome)) return "#" + std::to_string(id) + " " + failed->text;
  }
  return "none";
}

/// Whether what runs is what the project says.
bool is_as_wanted(FakeEngine& engine, const Project& project) {
  std::map<std::string, int> running;
  for (const ObservedContainer& container : engine.state().containers) {
    if (container.state != ContainerState::running) return false;
    if (container.config_hash != project.services.at(container.service).config_hash) return false;
    ++running[container.service];
  }
  for (const auto& [name, service] : project.services) {
    if (running[name] != service.scale) return false;
  }
  return true;
}

/// A step of a plan fails, or the person stops it, somewhere on the way.
void attempt_and_break_off(Random& random, FakeEngine& engine, const Plan& wanted) {
  if (wanted.empty()) return;
  const PlanNode& unlucky = wanted.nodes[static_cast<std::size_t>(roll(random, static_cast<int>(wanted.nodes.size())))];
  const ResourceKey key = target_of(unlucky.op);
  if (one_in(random, 2)) {
    engine.fail(key);
    execute(engine, wanted);
    engine.mend(key);
    return;
  }
  std::stop_source source;
  engine.hold(key);
  const std::jthread stopper([&source] { source.request_stop(); });
  execute(engine, wanted, source.get_token());
  engine.release(key);
}

}  // namespace

TEST_CASE("after up a second up has nothing to do, whatever happened before", "[run][property]") {
  constexpr unsigned k_trials = 150;
  constexpr int k_rounds = 6;
  for (unsigned seed = 1; seed <= k_trials; ++seed) {
    Random random(seed);
    FakeEngine engine;
    for (int image = 0; image < 3; ++image) engine.add_image("image" + std::to_string(image));
    Project project = make_project(random);
    for (int round = 0; round < k_rounds; ++round) {
      if (round > 0) change_something(random, project, engine);
      if (one_in(random, 3)) attempt_and_break_off(random, engine, plan(engine, project));
      const Plan first = plan(engine, project);
      const Execution execution = execute(engine, first);
      INFO("seed " << seed << " round " << round << "\n" << to_string(first));
      INFO("failure: " << failure_of(execution));
      REQUIRE(execution.ok());
      const Plan second = plan(engine, project);
      INFO("second plan:\n" << to_string(second));
      REQUIRE(second.empty());
      REQUIRE(is_as_wanted(engine, project));
    }
    const Plan end =
        plan_down(&project, engine.observe(observe_request_for_down("shop", &project), {}), {.remove_volumes = true});
    const Execution execution = execute(engine, end);
    INFO("seed " << seed << "\n" << to_string(end) << "failure: " << failure_of(execution));
    REQUIRE(execution.ok());
    const ObservedState left = engine.observe({.project = "shop", .one_offs = true}, {});
    REQUIRE(left.containers.empty());
    REQUIRE(left.networks.empty());
    REQUIRE(left.volumes.empty());
  }
}

#include "tests/support/fake_engine.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "compose/base/error.hpp"
#include "compose/plan/labels.hpp"

using namespace hoist;
using namespace hoist::compose;
using hoist::test::FakeEngine;

namespace {

using Lines = std::vector<std::string>;

ContainerSpec spec(const std::string& name, Service service) {
  service.name = name;
  service.image = "app";
  StringMap labels{{k_label_project, "shop"}, {k_label_service, name}, {k_label_config_hash, "h1"}};
  return {.service = std::make_shared<const Service>(std::move(service)),
          .project = "shop",
          .name = "shop-" + name + "-1",
          .image = "app",
          .number = 1,
          .labels = labels};
}

Service checked() {
  Service service;
  service.healthcheck = Healthcheck{.test = {"CMD", "true"}};
  return service;
}

void apply(FakeEngine& engine, const Operation& operation) {
  NullSink events;
  engine.apply(operation, events, {});
}

void up(FakeEngine& engine, const std::string& name, const Service& service = {}) {
  engine.add_image("app");
  apply(engine, CreateContainer{spec(name, service)});
  apply(engine, StartContainer{.container = "shop-" + name + "-1", .name = "shop-" + name + "-1"});
}

ErrorCode code_of(FakeEngine& engine, const Operation& operation) {
  try {
    apply(engine, operation);
  } catch (const Error& error) {
    return error.code();
  }
  FAIL("nothing was thrown");
  return ErrorCode::failed;
}

ObservedContainer only(const FakeEngine& engine) {
  const ObservedState state = engine.state();
  REQUIRE(state.containers.size() == 1);
  return state.containers.front();
}

Lines texts(FakeEngine& engine, const LogRequest& request, std::stop_token stop = {}) {
  Lines lines;
  engine.logs(
      request, [&lines](const OutputChunk& chunk) { lines.push_back(chunk.text); }, std::move(stop));
  return lines;
}

}  // namespace

TEST_CASE("a container is created, runs, stops and goes", "[fake]") {
  FakeEngine engine;
  engine.add_image("app");
  apply(engine, CreateContainer{spec("web", {})});
  CHECK(only(engine).state == ContainerState::created);
  CHECK(only(engine).config_hash == "h1");
  apply(engine, StartContainer{.container = "shop-web-1", .name = "shop-web-1"});
  CHECK(only(engine).state == ContainerState::running);
  const std::string id = only(engine).id;
  apply(engine, StopContainer{.id = id, .name = "shop-web-1"});
  CHECK(only(engine).state == ContainerState::exited);
  apply(engine, RemoveContainer{.id = id, .name = "shop-web-1"});
  CHECK(engine.state().containers.empty());
  CHECK(engine.applied() == Lines{"create container shop-web-1", "start container shop-web-1",
                                  "stop container shop-web-1", "remove container shop-web-1"});
}

TEST_CASE("what is done already is no fault", "[fake]") {
  FakeEngine engine;
  up(engine, "web");
  CHECK_NOTHROW(apply(engine, CreateContainer{spec("web", {})}));
  CHECK_NOTHROW(apply(engine, StartContainer{.container = "shop-web-1", .name = "shop-web-1"}));
  CHECK_NOTHROW(apply(engine, RemoveContainer{.id = "gone", .name = "gone"}));
  CHECK_NOTHROW(apply(engine, RemoveNetwork{.name = "gone"}));
}

TEST_CASE("faults are those of a real engine", "[fake]") {
  FakeEngine engine;
  CHECK(code_of(engine, CreateContainer{spec("web", {})}) == ErrorCode::not_found);  // no image
  Service published;
  published.ports = {{.target = 80, .published = "8080"}};
  up(engine, "web", published);
  CHECK(only(engine).publishers.front().published == 8080);
  apply(engine, CreateContainer{spec("other", published)});
  CHECK(code_of(engine, StartContainer{.container = "shop-other-1"}) == ErrorCode::conflict);  // port
  CHECK(code_of(engine, RemoveContainer{.id = "shop-web-1"}) == ErrorCode::conflict);          // running
  Service networked;
  networked.networks = {{.key = "default", .name = "shop_default"}};
  CHECK(code_of(engine, CreateContainer{spec("third", networked)}) == ErrorCode::not_found);  // no network
}

TEST_CASE("an injected failure changes nothing and can be mended", "[fake]") {
  FakeEngine engine;
  engine.add_image("app");
  engine.fail({ResourceKind::container, "shop-web-1"}, "disk full");
  CHECK(code_of(engine, CreateContainer{spec("web", {})}) == ErrorCode::failed);
  CHECK(engine.state().containers.empty());
  CHECK(engine.applied().empty());
  engine.mend({ResourceKind::container, "shop-web-1"});
  CHECK_NOTHROW(apply(engine, CreateContainer{spec("web", {})}));
}

TEST_CASE("a replacement has the old name and a new id, and keeps anonymous volumes", "[fake]") {
  FakeEngine engine;
  Service service;
  service.volumes = {{.target = "/data"}};
  up(engine, "web", service);
  const ObservedContainer old = only(engine);
  ReplaceContainer replace{.spec = spec("web", service), .old_id = old.id, .old_name = old.name};
  replace.spec.inherited_volumes = {{"/data", old.mounts.front().name}};
  apply(engine, replace);
  CHECK(only(engine).id != old.id);
  CHECK(only(engine).name == "shop-web-1");
  CHECK(only(engine).mounts == old.mounts);
  CHECK(only(engine).state == ContainerState::created);
}

TEST_CASE("a wait ends with the health that it waits for", "[fake]") {
  const auto [health, good] = GENERATE(table<Health, bool>({{Health::healthy, true}, {Health::unhealthy, false}}));
  FakeEngine engine;
  engine.script("db", {.health = Health::starting});
  up(engine, "db", checked());
  const std::jthread checker([&engine, told = health] { engine.set_health("shop-db-1", told); });
  const AwaitCondition await{.service = "db", .containers = {"shop-db-1"}};
  if (good) CHECK_NOTHROW(apply(engine, await));
  if (!good) CHECK(code_of(engine, await) == ErrorCode::failed);
}

TEST_CASE("a held operation waits for its release or a stop", "[fake]") {
  FakeEngine engine;
  engine.hold({ResourceKind::volume, "data"});
  NullSink events;
  std::stop_source source;
  source.request_stop();
  const CreateVolume create{.volume = {.name = "data"}, .project = "shop"};
  CHECK_THROWS_AS(engine.apply(create, events, source.get_token()), Error);
  CHECK(engine.state().volumes.empty());
  const std::jthread releaser([&engine] { engine.release({ResourceKind::volume, "data"}); });
  engine.apply(create, events, {});
  CHECK(engine.state().volumes.contains("data"));
}

TEST_CASE("observing shows the project's things and those that are named", "[fake]") {
  FakeEngine engine;
  engine.edit([](ObservedState& state) {
    state.containers.push_back(
        {.id = "1", .name = "shop-web-1", .service = "web", .labels = {{k_label_project, "shop"}}});
    state.containers.push_back({.id = "2", .name = "shop-run", .one_off = true, .labels = {{k_label_project, "shop"}}});
    state.containers.push_back({.id = "3", .name = "other", .labels = {{k_label_project, "other"}}});
    state.containers.push_back({.id = "4", .name = "alone"});
    state.networks["mine"] = {.name = "mine", .labels = {{k_label_project, "shop"}}};
    state.networks["shared"] = {.name = "shared"};
    state.networks["bridge"] = {.name = "bridge"};
    state.images = {{"app", "sha256:1"}, {"db", "sha256:2"}};
  });
  const ObservedState seen = engine.observe({.project = "shop", .networks = {"shared"}, .images = {"app", "gone"}}, {});
  CHECK(seen.containers.size() == 1);
  CHECK(seen.networks.size() == 2);
  CHECK(seen.images == StringMap{{"app", "sha256:1"}});
  CHECK(engine.observe({.project = "shop", .one_offs = true}, {}).containers.size() == 2);
  CHECK(engine.observe({}, {}).containers.size() == 2);
}

TEST_CASE("logs give what was printed, the tail of it, or all until the end", "[fake]") {
  FakeEngine engine;
  engine.script("web", {.output = {{.text = "one\n"}, {.text = "two\n"}}});
  up(engine, "web");
  CHECK(texts(engine, {.container = "shop-web-1"}) == Lines{"one\n", "two\n"});
  CHECK(texts(engine, {.container = "shop-web-1", .tail = 1}) == Lines{"two\n"});
  const std::jthread process([&engine] {
    engine.print("shop-web-1", {.text = "three\n"});
    engine.end("shop-web-1", 0);
  });
  CHECK(texts(engine, {.container = "shop-web-1", .follow = true}) == Lines{"one\n", "two\n", "three\n"});
}

TEST_CASE("following ends with a stop request", "[fake]") {
  FakeEngine engine;
  up(engine, "web");
  std::stop_source source;
  const std::jthread stopper([&source] { source.request_stop(); });
  CHECK(texts(engine, {.container = "shop-web-1", .follow = true}, source.get_token()).empty());
}

TEST_CASE("an exec prints what is scripted; an unknown command is not found", "[fake]") {
  FakeEngine engine;
  up(engine, "web");
  engine.script_exec("id -u", {.output = {{.text = "0\n"}}, .exit_code = 3});
  const std::unique_ptr<AttachedProcess> known = engine.exec({.container = "shop-web-1", .argv = {"id", "-u"}}, {});
  CHECK(known->read({}) == OutputChunk{.text = "0\n"});
  CHECK_FALSE(known->read({}).has_value());
  CHECK(known->wait({}) == 3);
  CHECK(engine.exec({.container = "shop-web-1", .argv = {"vi"}}, {})->wait({}) == 127);
  CHECK(engine.execs().size() == 2);
}

TEST_CASE("a process that echoes ends with its input", "[fake]") {
  FakeEngine engine;
  up(engine, "web");
  engine.script_exec("cat", {.echo = true});
  const std::unique_ptr<AttachedProcess> cat = engine.exec({.container = "shop-web-1", .argv = {"cat"}}, {});
  cat->write("hello", {});
  CHECK(cat->read({}) == OutputChunk{.text = "hello"});
  cat->close_stdin();
  CHECK_FALSE(cat->read({}).has_value());
  CHECK(cat->wait({}) == 0);
  CHECK(engine.input_of("shop-web-1") == "hello");
}

TEST_CASE("attached before the start, nothing is missed", "[fake]") {
  FakeEngine engine;
  engine.add_image("app");
  engine.script("web", {.output = {{.text = "first\n"}}, .exit_code = 4});
  apply(engine, CreateContainer{spec("web", {})});
  const std::unique_ptr<AttachedProcess> attached = engine.attach({.container = "shop-web-1"}, {});
  const std::jthread starter([&engine] { apply(engine, StartContainer{.container = "shop-web-1"}); });
  CHECK(attached->read({}) == OutputChunk{.text = "first\n"});
  CHECK_FALSE(attached->read({}).has_value());
  CHECK(attached->wait({}) == 4);
}

TEST_CASE("watching tells what happens to the project's containers", "[fake]") {
  FakeEngine engine;
  up(engine, "web");
  const std::int64_t before = engine.now({});
  apply(engine, KillContainer{.id = "shop-web-1"});
  std::stop_source source;
  Lines actions;
  const std::jthread other([&engine] { apply(engine, StartContainer{.container = "shop-web-1"}); });
  engine.watch(
      "shop", before,
      [&](const ContainerEvent& event) {
        actions.push_back(event.action);
        if (actions.size() == 3) source.request_stop();
      },
      source.get_token());
  // The last one before that moment is told again, as engines with a coarse clock do.
  CHECK(actions == Lines{"start", "die", "start"});
}

TEST_CASE("a container of run --rm is gone after its end, and its exit code is known", "[fake]") {
  FakeEngine engine;
  engine.add_image("app");
  ContainerSpec once = spec("task", {});
  once.auto_remove = true;
  apply(engine, CreateContainer{once});
  const std::unique_ptr<AttachedProcess> attached = engine.attach({.container = "shop-task-1"}, {});
  apply(engine, StartContainer{.container = "shop-task-1"});
  engine.end("shop-task-1", 5);
  CHECK(attached->wait({}) == 5);
  CHECK(engine.state().containers.empty());
}

TEST_CASE("a network is shared with the container of the lowest number, whichever came first", "[fake]") {
  FakeEngine engine;
  engine.add_image("app");
  for (const int number : {2, 1}) {
    ContainerSpec db = spec("db", {});
    db.number = number;
    db.name = "shop-db-" + std::to_string(number);
    apply(engine, CreateContainer{db});
  }
  apply(engine, CreateContainer{spec("web", {.network_mode = "service:db"})});
  const ObservedState state = engine.state();
  REQUIRE(state.containers.size() == 3);
  CHECK(state.containers[1].number == 1);
  CHECK(state.containers[2].network_mode == "container:" + state.containers[1].id);
}

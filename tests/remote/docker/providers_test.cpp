#include "remote/docker/providers.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>

#include "compose/base/error.hpp"
#include "tests/support/fake_process_runner.hpp"
#include "tests/support/memory_sink.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::remote;
using namespace hoist::test;
using Catch::Matchers::Contains;
using compose::RunProvider;

namespace {

using Type = ProviderMessage::Type;

/// A machine with one provider "acme" in PATH, for the service "db".
class Scene {
 public:
  Scene() {
    program = temp.write("bin/acme", "").string();
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    search = {.environment = {{"PATH", (temp.path() / "bin").string()}},
              .home = temp.path(),
              .system_root = temp.path() / "root"};
    service.name = "db";
    service.provider = compose::Provider{.type = "acme", .options = {{"size", {"1", "2"}}, {"type", {"mysql"}}}};
    processes.answer(program + " compose metadata", "", 1);
  }

  void says(const std::string& action, const std::string& out, int code = 0) {
    processes.answer(fmt::format("{} compose --project-name=shop {}", program, action), out, code);
  }
  void run(RunProvider::Action action = RunProvider::Action::up) {
    providers.run({std::make_shared<const compose::Service>(service), "shop", action, {{"TOKEN", "t"}}}, search, events,
                  {});
  }
  std::string last_command() const { return processes.commands().back().substr(program.size() + 1); }

  TempDir temp;
  std::string program;
  PluginSearch search;
  compose::Service service;
  FakeProcessRunner processes;
  MemorySink events;
  Providers providers{processes};
};

}  // namespace

TEST_CASE("messages of a provider are JSON objects, all else is talk", "[docker][providers]") {
  struct Case {
    const char* line;
    std::optional<ProviderMessage> expected;
  };
  const auto c = GENERATE(values<Case>({
      {R"({"type": "info", "message": "25 %"})", ProviderMessage{Type::info, "25 %", ""}},
      {R"({"type": "error", "message": "no"})", ProviderMessage{Type::error, "no", ""}},
      {R"({"type": "debug", "message": "x"})", ProviderMessage{Type::debug, "x", ""}},
      {R"({"type": "setenv", "message": "URL=a=b"})", ProviderMessage{Type::set_variable, "URL", "a=b"}},
      {R"({"type": "rawsetenv", "message": "KEY="})", ProviderMessage{Type::set_raw_variable, "KEY", ""}},
      {"pulling layers", std::nullopt},
      {"", std::nullopt},
      {"[1]", std::nullopt},
  }));
  CHECK(parse_provider_message(c.line) == c.expected);
}

TEST_CASE("a message that is none is an error that does not repeat it", "[docker][providers]") {
  const std::string line =
      GENERATE(R"({"type": "setenv", "message": "s3cret"})", R"({"type": "env", "message": "s3cret"})",
               R"({"message": "s3cret"})", R"({"type": 7, "message": "s3cret"})");
  CHECK_THROWS_WITH(parse_provider_message(line), !Contains("s3cret"));
}

TEST_CASE("a provider gets its options, and its variables go to those that depend on it", "[docker][providers]") {
  Scene scene;
  scene.says("up",
             "{\"type\": \"info\", \"message\": \"preparing\"}\n"
             "{\"type\": \"setenv\", \"message\": \"URL=x\"}\n{\"type\": \"rawsetenv\", \"message\": \"A=2\"}\n");
  scene.run();
  CHECK(scene.last_command() == "compose --project-name=shop up --size=1 --size=2 --type=mysql db");
  CHECK(scene.processes.requests().back().environment.at("TOKEN") == "t");
  REQUIRE(scene.events.events().size() == 1);
  CHECK(scene.events.events()[0].resource == "service db");
  CHECK(scene.events.events()[0].text == "preparing");
  compose::Service app{.name = "app"};
  app.environment = {{"A", "1"}, {"B", "1"}};
  app.depends_on = {{.service = "db"}};
  const auto changed = scene.providers.with_variables(std::make_shared<const compose::Service>(app));
  CHECK(changed->environment == compose::EnvironmentMap{{"A", "2"}, {"B", "1"}, {"DB_URL", "x"}});
  app.depends_on.clear();
  const auto other = std::make_shared<const compose::Service>(app);
  CHECK(scene.providers.with_variables(other) == other);
}

TEST_CASE("what a provider's metadata does not name is left out, what they need must be there", "[docker][providers]") {
  Scene scene;
  scene.says("up", "");
  scene.says("stop", "");
  scene.run(RunProvider::Action::stop);
  CHECK(scene.last_command() == "compose metadata");
  scene.processes.answer(
      scene.program + " compose metadata",
      R"({"description": "d", "up": {"parameters": [{"name": "type", "required": true}]}, "stop": {}})");
  scene.run();
  CHECK(scene.last_command() == "compose --project-name=shop up --type=mysql db");
  scene.run(RunProvider::Action::stop);
  CHECK(scene.last_command() == "compose --project-name=shop stop db");
  scene.service.provider->options.erase("type");
  CHECK_THROWS_WITH(scene.run(), Contains("provider 'acme' needs the option 'type'"));
}

TEST_CASE("what goes wrong with a provider is told", "[docker][providers]") {
  Scene scene;
  scene.says("up", R"({"type": "error", "message": "no money"})");
  CHECK_THROWS_WITH(scene.run(), Contains("provider 'acme' of service 'db': no money"));
  scene.says("up", "", 3);
  CHECK_THROWS_WITH(scene.run(), Contains("it has ended with 3"));
  const std::size_t before = scene.processes.requests().size();
  for (const char* type : {"nobody", "compose", "../acme", ""}) {
    scene.service.provider->type = type;
    CHECK_THROWS_WITH(scene.run(), Contains("there is no provider"));
  }
  CHECK(scene.processes.requests().size() == before);
}

TEST_CASE("a plugin of Docker comes before a program in PATH", "[docker][providers]") {
  Scene scene;
  const std::string plugin = scene.temp.write("root/usr/libexec/docker/cli-plugins/docker-acme", "").string();
  std::filesystem::permissions(plugin, std::filesystem::perms::owner_all);
  scene.processes.answer(plugin, "");
  scene.run();
  CHECK_THAT(scene.processes.commands().back(), Catch::Matchers::StartsWith(plugin));
}

#include "remote/docker/models.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "compose/base/error.hpp"
#include "tests/support/fake_process_runner.hpp"
#include "tests/support/memory_sink.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::remote;
using namespace hoist::test;
using Catch::Matchers::Contains;

namespace {

/// A machine with the plugin, which has the model "ai/there".
class Scene {
 public:
  Scene() {
    program = temp.write("docker/cli-plugins/docker-model", "").string();
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    search = {.environment = {{"DOCKER_CONFIG", (temp.path() / "docker").string()}},
              .home = temp.path(),
              .system_root = temp.path() / "root"};
    says("status --json", R"({"running": true, "endpoint": "http://models/engines/v1/"})");
    says("ls --json", R"([{"id": "x", "tags": ["ai/other", "ai/there"]}])");
    says("configure", "");
    says("pull", "\x1b[1mpulling\x1b[0m\n\ndone\n");
  }

  void says(const std::string& words, std::string out, int code = 0) {
    processes.answer(program + " " + words, std::move(out), code);
  }
  void prepare(compose::Model model) {
    prepare_model({.model = std::move(model), .environment = {{"A", "b"}}}, search, processes, events, {});
  }
  std::vector<std::string> asked() const {
    std::vector<std::string> words;
    for (const std::string& command : processes.commands()) words.push_back(command.substr(program.size() + 1));
    return words;
  }

  TempDir temp;
  std::string program;
  PluginSearch search;
  FakeProcessRunner processes;
  MemorySink events;
};

}  // namespace

TEST_CASE("the plugin tells where models answer", "[docker][models]") {
  Scene scene;
  CHECK(model_endpoint(scene.search, scene.processes, {}) == "http://models/engines/v1/");
  scene.says("status --json", "Docker Model Runner is not running\n", 1);
  CHECK_THROWS_WITH(model_endpoint(scene.search, scene.processes, {}), Contains("is not running"));
  scene.says("status --json", "rubbish");
  CHECK_THROWS_WITH(model_endpoint(scene.search, scene.processes, {}), Contains("'docker model status' says: rubbish"));
  std::filesystem::remove(scene.program);
  CHECK_THROWS_WITH(model_endpoint(scene.search, scene.processes, {}), Contains("it is not installed"));
}

TEST_CASE("a model is pulled when it is not there, and set up", "[docker][models]") {
  using Words = std::vector<std::string>;
  SECTION("it is there") {
    Scene scene;
    scene.prepare({.key = "llm", .reference = "ai/there"});
    CHECK(scene.asked() == Words{"ls --json", "configure ai/there"});
    CHECK(scene.processes.requests().back().environment == std::map<std::string, std::string>{{"A", "b"}});
  }
  SECTION("it is not there") {
    Scene scene;
    scene.prepare({.key = "llm", .reference = "ai/new", .context_size = 4096});
    CHECK(scene.asked() == Words{"ls --json", "pull ai/new", "configure --context-size 4096 ai/new"});
    REQUIRE(scene.events.events().size() == 2);
    CHECK(scene.events.events()[0].text.find('\x1b') == std::string::npos);
    CHECK(scene.events.events()[1].text == "done");
  }
}

TEST_CASE("flags for the program that runs a model are for plugins that take them", "[docker][models]") {
  const auto [version, taken] = GENERATE(table<std::string, bool>(
      {{"v1.0.6", true}, {"1.1.0-rc1", true}, {"v1.0.5", false}, {"", false}, {"dev", false}}));
  Scene scene;
  scene.says("docker-cli-plugin-metadata", R"({"Version": ")" + version + "\"}");
  scene.prepare({.key = "llm", .reference = "ai/there", .runtime_flags = {"--top-k", "1"}});
  CHECK(scene.asked().back() == (taken ? "configure ai/there -- --top-k 1" : "configure ai/there"));
}

TEST_CASE("what the plugin says when it fails is told at the model's place", "[docker][models]") {
  Scene scene;
  scene.says("pull", "pulling\nno such model\n", 1);
  compose::Model model{.key = "llm", .reference = "ai/new"};
  model.location.line = 7;
  try {
    scene.prepare(model);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::failed);
    CHECK(error.location().line == 7);
    CHECK_THAT(error.what(), Contains("'docker model pull' says: no such model"));
  }
}

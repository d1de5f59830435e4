// Building images on a real engine.
#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "compose/base/text.hpp"
#include "tests/remote/docker/docker_config.hpp"
#include "tests/remote/docker/live_project.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::compose;
using namespace hoist::test;
using Catch::Matchers::Contains;

namespace {

/// A build context and the project that builds it; the image goes with it.
class BuildScene {
 public:
  BuildScene() : image(project.name + "-web") { build.context = directory.path().string(); }
  ~BuildScene() {
    // A destructor must not throw; what cannot be removed shows in the engine.
    try {
      const ObservedState state = project.state();
      for (const ObservedContainer& c : state.containers) {
        project.apply(RemoveContainer{.id = c.id, .name = c.name, .force = true});
      }
      project.apply(RemoveImage{.reference = image});
    } catch (const std::exception& error) {
      WARN(error.what());
    }
  }

  BuildImage operation() const {
    Service web = project.service("web", {});
    web.build = build;
    return {.service = std::make_shared<const Service>(web), .project = project.name, .reference = image};
  }
  /// Writes it; "@" stands for text that no build before this one has seen.
  void dockerfile(std::string text) const {
    for (std::size_t at = text.find('@'); at != std::string::npos; at = text.find('@'))
      text.replace(at, 1, project.name);
    directory.write("Dockerfile", text);
  }
  void make() { project.apply(operation()); }

  /// What the command prints in a container of the image.
  std::string run(std::vector<std::string> command) {
    Service web = project.service("web", std::move(command));
    web.image = image;
    const std::string container = project.up(web);
    project.engine->wait(container, {});
    std::string text;
    project.engine->logs({.container = container}, [&text](const OutputChunk& chunk) { text += chunk.text; }, {});
    project.apply(RemoveContainer{.id = container, .name = container, .force = true});
    return text;
  }

  /// The events of steps whose name holds `step`, as "phase text".
  std::vector<std::string> said(const std::string& step, Event::Phase phase) const {
    std::vector<std::string> texts;
    for (const Event& event : project.events.all()) {
      if (event.resource == "image " + image && event.phase == phase && event.part.find(step) != std::string::npos) {
        texts.push_back(event.text);
      }
    }
    return texts;
  }

  DockerConfig config;
  LiveProject project;
  TempDir directory;
  std::string image;
  Build build;
};

}  // namespace

TEST_CASE("an image is built from its context, and told step by step", "[live][build]") {
  BuildScene scene;
  scene.dockerfile(
      "ARG GREETING=none\n"
      "FROM busybox:latest AS base\n"
      "ARG GREETING\n"
      "COPY . /app\n"
      "RUN echo \"told $GREETING\" && echo \"$GREETING\" >/greeting # @\n"
      "FROM base AS unwanted\n"
      "RUN false\n");
  scene.directory.write(".dockerignore", "secret*\nlogs\n!logs/keep\n");
  scene.directory.write("code.txt", "code");
  scene.directory.write("secret.txt", "secret");
  scene.directory.write("logs/drop", "drop");
  scene.directory.write("logs/keep", "keep");
  ::chmod(scene.directory.write("run.sh", "#!/bin/sh\necho runs\n").c_str(), 0755);
  std::filesystem::create_symlink("code.txt", scene.directory.path() / "link");
  scene.build.target = "base";
  scene.build.args = {{"GREETING", "hello there"}};
  scene.build.labels = {{"tier", "front"}};
  scene.make();

  const std::optional<Event> sent = scene.project.events.find(
      [](const Event& e) { return e.part == "build context" && e.phase == Event::Phase::done; });
  REQUIRE(sent);
  CHECK_THAT(sent->text, Contains("sent "));
  CHECK(scene.said("RUN echo", Event::Phase::working) == std::vector<std::string>{"running"});
  CHECK(scene.said("RUN echo", Event::Phase::output) == std::vector<std::string>{"told hello there"});
  CHECK(scene.said("RUN echo", Event::Phase::done) == std::vector<std::string>{"done"});
  CHECK(scene.run({"sh", "-c", "cat /greeting; cd /app; find . -type f | sort; readlink link; ./run.sh"}) ==
        "hello there\n./.dockerignore\n./Dockerfile\n./code.txt\n./logs/keep\n./run.sh\ncode.txt\nruns\n");

  // The same again is found in the cache.
  BuildScene again;
  for (const char* file : {"Dockerfile", ".dockerignore", "code.txt", "logs/keep", "run.sh"}) {
    std::filesystem::create_directories((again.directory.path() / file).parent_path());
    std::filesystem::copy_file(scene.directory.path() / file, again.directory.path() / file);
    std::filesystem::last_write_time(again.directory.path() / file,
                                     std::filesystem::last_write_time(scene.directory.path() / file));
  }
  std::filesystem::create_symlink("code.txt", again.directory.path() / "link");
  Build same = scene.build;
  same.context = again.build.context;
  again.build = same;
  again.make();
  CHECK(again.said("RUN echo", Event::Phase::done) == std::vector<std::string>{"cached"});
}

TEST_CASE("a build may have its Dockerfile inline or elsewhere, and more tags", "[live][build]") {
  BuildScene scene;
  const TempDir elsewhere;
  scene.directory.write("code.txt", "code");
  const std::string text = "FROM busybox:latest\nCOPY code.txt /\n";
  const bool is_inline = GENERATE(true, false);
  if (is_inline) {
    scene.build.dockerfile_inline = text;
  } else {
    scene.build.dockerfile = elsewhere.write("Dockerfile.web", text).string();
  }
  scene.build.tags = {scene.image + ":extra"};
  scene.make();
  CHECK(scene.run({"cat", "/code.txt"}) == "code");
  const ObservedState state = scene.project.engine->observe(
      {.project = scene.project.name, .images = {scene.image, scene.image + ":extra"}}, {});
  REQUIRE(state.images.size() == 2);
  CHECK(state.images.at(scene.image) == state.images.at(scene.image + ":extra"));
  for (int twice = 0; twice < 2; ++twice) scene.project.apply(RemoveImage{.reference = scene.image + ":extra"});
}

TEST_CASE("a failing build names the step and shows what it printed last", "[live][build]") {
  BuildScene scene;
  scene.dockerfile(
      "FROM busybox:latest\n"
      "RUN echo this is fine\n"
      "RUN for i in 1 2 3; do echo line $i; done; echo broken >&2; exit 9\n");
  const std::string text = failure([&scene] { scene.make(); }, ErrorCode::failed);
  CHECK_THAT(text, Contains("image '" + scene.image + "' of service 'web' did not build at step '") &&
                       Contains("RUN for i in") && Contains("\n  | line 3") && Contains("\n  | broken") &&
                       !Contains("this is fine"));
}

TEST_CASE("a Dockerfile that cannot be read is refused with its line", "[live][build]") {
  BuildScene scene;
  scene.dockerfile("FROM busybox:latest\nNONSENSE here\n");
  CHECK_THAT(to_lower(failure([&scene] { scene.make(); }, ErrorCode::failed)),
             Contains("unknown instruction") && Contains("nonsense"));
}

TEST_CASE("a base image that cannot be had is named with its service and the registry's answer", "[live][build]") {
  BuildScene scene;
  scene.dockerfile("FROM 127.0.0.1:9/hlt/base:1\n");
  // Podman fetches base images by itself: its answer comes as the failure of a step.
  const ErrorCode code = scene.project.is_podman() ? ErrorCode::failed : ErrorCode::unavailable;
  CHECK_THAT(failure([&scene] { scene.make(); }, code),
             Contains("127.0.0.1:9/hlt/base:1") && Contains("service 'web'") && Contains("connection refused"));
}

TEST_CASE("stages are told apart, and what one prints is its own", "[live][build]") {
  BuildScene scene;
  scene.dockerfile(
      "FROM busybox:latest AS tools\n"
      "RUN echo making tools && echo made >/tool # @\n"
      "FROM busybox:latest\n"
      "COPY --from=tools /tool /tool\n"
      "RUN echo using && cat /tool # @\n");
  scene.make();
  CHECK(scene.said("RUN echo making", Event::Phase::output) == std::vector<std::string>{"making tools"});
  CHECK(scene.said("RUN echo making", Event::Phase::done) == std::vector<std::string>{"done"});
  CHECK(scene.said("RUN echo using", Event::Phase::output) == std::vector<std::string>{"using", "made"});
  CHECK(scene.said("RUN echo using", Event::Phase::done) == std::vector<std::string>{"done"});
}

TEST_CASE("a build with secrets goes through buildx", "[live][build]") {
  BuildScene scene;
  const TempDir other;
  scene.build.secrets = {"id=token,src=" + other.write("token", "s3cret").string()};
  scene.dockerfile(
      "FROM busybox:latest\n"
      "RUN --mount=type=secret,id=token wc -c </run/secrets/token >/size # @\n");
  if (scene.project.is_podman()) {
    CHECK_THAT(failure([&scene] { scene.make(); }, ErrorCode::failed), Contains("Podman's API cannot"));
    return;
  }
  scene.config.install_buildx();
  scene.make();
  CHECK(scene.run({"cat", "/size"}) == "6\n");
  CHECK(scene.said("RUN --mount", Event::Phase::done) == std::vector<std::string>{"done"});
  scene.dockerfile("FROM busybox:latest\nRUN echo last words; exit 3\n");
  CHECK_THAT(failure([&scene] { scene.make(); }, ErrorCode::failed),
             Contains("RUN echo last words") && Contains("\n  | last words"));
}

TEST_CASE("a build with more contexts needs an engine that knows them", "[live][build]") {
  BuildScene scene;
  const TempDir more;
  more.write("extra.txt", "extra");
  scene.dockerfile("FROM busybox:latest\nCOPY --from=more extra.txt /\n");
  scene.build.additional_contexts = {{"more", more.path().string()}};
  if (scene.project.is_podman()) {
    CHECK_THAT(failure([&scene] { scene.make(); }, ErrorCode::failed), Contains("Podman's API cannot"));
    return;
  }
  scene.config.install_buildx();
  if (scene.project.info.version.starts_with("20.")) {
    CHECK_THAT(failure([&scene] { scene.make(); }, ErrorCode::failed), Contains("is too old for additional contexts"));
    return;
  }
  scene.make();
  CHECK(scene.run({"cat", "/extra.txt"}) == "extra");
}

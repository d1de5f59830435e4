// Pulling and pushing with a registry that wants a login: REGISTRY, REGISTRY_USER and REGISTRY_PASSWORD say
// where it is, as 'tests/testbed/engine.sh registry' prints them.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "compose/base/environment.hpp"
#include "compose/base/file.hpp"
#include "remote/docker/base64.hpp"
#include "tests/remote/docker/docker_config.hpp"
#include "tests/remote/docker/live_project.hpp"

using namespace hoist;
using namespace hoist::compose;
using namespace hoist::test;
using Catch::Matchers::Contains;

namespace {

std::string setting(const char* name) {
  const std::optional<std::string> value = environment_variable(name);
  if (!value) {
    throw Error(ErrorCode::bad_input, fmt::format("set {} to what 'tests/testbed/engine.sh registry' prints", name));
  }
  return *value;
}

/// An image of its own for the registry; it is built from busybox and taken off the engine at the end.
class RegistryScene {
 public:
  RegistryScene() : image(fmt::format("{}/hlt/{}:v1", host, project.name)) { log_in(); }
  ~RegistryScene() {
    // A destructor must not throw; what cannot be removed shows in the engine.
    try {
      remove();
    } catch (const std::exception& error) {
      WARN(error.what());
    }
  }

  void log_in() {
    const std::string login = setting("REGISTRY_USER") + ":" + setting("REGISTRY_PASSWORD");
    config.write(fmt::format(R"({{"auths": {{"{}": {{"auth": "{}"}}}}}})", host, remote::encode_base64(login)));
  }
  void make() {
    Service web = project.service("web", {});
    const TempDir context;
    web.build = Build{.context = context.path().string(), .dockerfile_inline = "FROM busybox:latest\n"};
    project.apply(
        BuildImage{.service = std::make_shared<const Service>(web), .project = project.name, .reference = image});
  }
  void push() { project.apply(PushImage{.reference = image, .services = {"web"}}); }
  void pull() { project.apply(PullImage{.reference = image, .services = {"web"}}); }
  void remove() { project.apply(RemoveImage{.reference = image}); }
  bool is_here() { return !project.engine->observe({.project = project.name, .images = {image}}, {}).images.empty(); }
  bool said(Event::Phase phase, const std::string& text) const {
    return project.events
        .find([&](const Event& e) {
          return e.resource == "image " + image && e.phase == phase && e.text.find(text) != std::string::npos;
        })
        .has_value();
  }

  std::string host = setting("REGISTRY");
  DockerConfig config;
  LiveProject project;
  std::string image;
};

}  // namespace

TEST_CASE("an image goes to a registry and comes back, with the login from config.json", "[live][registry]") {
  RegistryScene scene;
  scene.make();
  scene.push();
  scene.push();
  scene.remove();
  REQUIRE_FALSE(scene.is_here());
  scene.pull();
  scene.pull();
  CHECK(scene.is_here());
  CHECK(scene.said(Event::Phase::working, "pushing"));
  CHECK(scene.said(Event::Phase::working, "pulling"));
  // Layers are parts with an end of their own.
  CHECK(scene.project.events.find([&scene](const Event& e) {
    return e.resource == "image " + scene.image && !e.part.empty() && e.phase == Event::Phase::done;
  }));
}

TEST_CASE("a login is asked from the credential helper that config.json names", "[live][registry]") {
  RegistryScene scene;
  scene.make();
  const bool for_all = GENERATE(true, false);
  scene.config.install_helper(
      "hlt", fmt::format("#!/bin/sh\nread server\n[ \"$1 $server\" = \"get {}\" ] || exit 1\n"
                         R"(printf '{{"ServerURL": "%s", "Username": "{}", "Secret": "{}"}}' "$server")"
                         "\n",
                         scene.host, setting("REGISTRY_USER"), setting("REGISTRY_PASSWORD")));
  scene.config.write(for_all ? R"({"credsStore": "hlt"})"
                             : fmt::format(R"({{"credHelpers": {{"{}": "hlt"}}}})", scene.host));
  scene.push();
  scene.remove();
  scene.pull();
  CHECK(scene.is_here());
}

TEST_CASE("a registry's refusal names the image, who wants it and what to do", "[live][registry]") {
  RegistryScene scene;
  scene.make();
  const std::string wanted = "image '" + scene.image + "' wanted by service 'web'";
  SECTION("no login") {
    scene.config.write("{}");
    CHECK_THAT(failure([&scene] { scene.push(); }, ErrorCode::denied), Contains(wanted));
    scene.remove();
    CHECK_THAT(failure([&scene] { scene.pull(); }, ErrorCode::denied), Contains(wanted));
  }
  SECTION("a wrong password") {
    scene.config.write(
        fmt::format(R"({{"auths": {{"{}": {{"auth": "{}"}}}}}})", scene.host, remote::encode_base64("hoist:wrong")));
    CHECK_THAT(failure([&scene] { scene.pull(); }, ErrorCode::denied), Contains(wanted));
  }
  SECTION("no such image") {
    CHECK_THAT(failure([&scene] { scene.pull(); }, ErrorCode::not_found), Contains(wanted));
  }
  SECTION("nothing to push") {
    scene.remove();
    CHECK_THAT(failure([&scene] { scene.push(); }, ErrorCode::not_found), Contains("is not there to be pushed"));
  }
}

TEST_CASE("a registry that does not answer is told from one that has no such image", "[live][registry]") {
  LiveProject project;
  const PullImage pull{.reference = "127.0.0.1:9/hlt/none:1", .services = {"web", "worker"}};
  CHECK_THAT(failure([&] { project.apply(pull); }, ErrorCode::unavailable),
             Contains("wanted by services 'web', 'worker'") && Contains("connection refused"));
}

TEST_CASE("a base image behind a login is fetched for a build", "[live][registry]") {
  RegistryScene scene;
  scene.make();
  scene.push();
  scene.remove();
  Service derived = scene.project.service("derived", {});
  const TempDir context;
  derived.build = Build{.context = context.path().string(), .dockerfile_inline = "FROM " + scene.image + "\n"};
  const std::string image = scene.project.name + "-derived";
  scene.project.apply(BuildImage{
      .service = std::make_shared<const Service>(derived), .project = scene.project.name, .reference = image});
  scene.project.apply(RemoveImage{.reference = image});
}

TEST_CASE("an image that a container uses stays, and who asks is told", "[live][registry]") {
  RegistryScene scene;
  scene.make();
  Service web = scene.project.service("web", {"sleep", "1000"});
  web.image = scene.image;
  const std::string container = scene.project.up(web);
  CHECK_THAT(failure([&scene] { scene.remove(); }, ErrorCode::conflict), Contains(scene.image) && Contains("in use"));
  scene.project.apply(RemoveContainer{.id = container, .name = container, .force = true});
}

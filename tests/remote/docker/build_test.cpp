#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "compose/base/error.hpp"
#include "remote/docker/images.hpp"
#include "tests/remote/docker/docker_config.hpp"
#include "tests/support/fake_process_runner.hpp"
#include "tests/support/http_script.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::remote;
using namespace hoist::test;
using Catch::Matchers::Contains;

namespace {

std::string answer(int status, const std::string& body) {
  return fmt::format("HTTP/1.1 {} x\r\nApi-Version: 1.41\r\nContent-Length: {}\r\n\r\n{}", status, body.size(), body);
}

bool is_buildkit(const HttpScriptRequest& request) {
  return request.target.find("version=2") != std::string::npos;
}
bool is_build(const HttpScriptRequest& request) {
  return request.target.find("/build?") != std::string::npos;
}

/// An engine that holds busybox and answers builds with and without BuildKit as told.
HttpScript engine(std::string with_buildkit, std::string without) {
  return HttpScript({[=](HttpScriptPeer& peer) {
    while (true) {
      const HttpScriptRequest request = peer.read_request();
      if (is_build(request)) {
        peer.send(is_buildkit(request) ? with_buildkit : without);
      } else if (request.target.find("/images/json") != std::string::npos) {
        peer.send(answer(200, R"([{"Id": "sha256:b4b9", "RepoTags": ["busybox:latest"]}])"));
      } else {
        peer.send(answer(200, "{}"));
      }
    }
  }});
}

compose::BuildImage wanted(const TempDir& context) {
  compose::Service service;
  service.name = "web";
  service.build = compose::Build{.context = context.path().string(), .dockerfile_inline = "FROM busybox\n"};
  return {.service = std::make_shared<const compose::Service>(service), .project = "shop", .reference = "shop-web"};
}

}  // namespace

TEST_CASE("an engine without BuildKit builds with what it has", "[docker][build]") {
  DockerConfig config;
  config.write(R"({"auths": {"https://index.docker.io/v1/": {"auth": "dTpw"}}})");
  const TempDir context;
  HttpScript script = engine(answer(500, R"({"message": "buildkit is not supported on this daemon"})"),
                             answer(200, "{\"stream\":\"Step 1/1 : FROM busybox\"}\r\n{\"stream\":\"\\n\"}\r\n"));
  DockerClient client(script.endpoint());
  FakeProcessRunner processes;
  NullSink events;
  build_image(client, processes, wanted(context), events, {});
  std::vector<HttpScriptRequest> builds = script.requests();
  std::erase_if(builds, [](const HttpScriptRequest& r) { return !is_build(r); });
  REQUIRE(builds.size() == 2);
  CHECK(is_buildkit(builds[0]));
  CHECK_FALSE(is_buildkit(builds[1]));
  // The engine pulls base images by itself then: it needs the logins. BuildKit would want a session.
  CHECK(builds[1].headers.contains("x-registry-config"));
  CHECK_FALSE(builds[0].headers.contains("x-registry-config"));
}

TEST_CASE("any other refusal of a build is passed on", "[docker][build]") {
  DockerConfig config;
  const TempDir context;
  HttpScript script = engine(answer(500, R"({"message": "no space left on device"})"), answer(200, ""));
  DockerClient client(script.endpoint());
  FakeProcessRunner processes;
  NullSink events;
  CHECK_THROWS_WITH(build_image(client, processes, wanted(context), events, {}),
                    "image 'shop-web' of service 'web' did not build: no space left on device");
}

TEST_CASE("a context or Dockerfile that is not there is told before anything is sent", "[docker][build]") {
  DockerConfig config;
  const TempDir context;
  HttpScript script = engine(answer(200, ""), answer(200, ""));
  DockerClient client(script.endpoint());
  FakeProcessRunner processes;
  NullSink events;
  compose::Service service = *wanted(context).service;
  compose::BuildImage build = wanted(context);
  SECTION("no Dockerfile") {
    service.build->dockerfile_inline.clear();
    build.service = std::make_shared<const compose::Service>(service);
    CHECK_THROWS_WITH(build_image(client, processes, build, events, {}),
                      Contains("services.web.build: there is no Dockerfile '"));
  }
  SECTION("no context") {
    service.build->context = (context.path() / "nowhere").string();
    build.service = std::make_shared<const compose::Service>(service);
    CHECK_THROWS_WITH(build_image(client, processes, build, events, {}),
                      Contains("services.web.build: the build context '") && Contains("does not exist"));
  }
  CHECK(script.requests().empty());
}

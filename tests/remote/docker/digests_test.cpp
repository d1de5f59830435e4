#include "remote/docker/digests.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "compose/base/error.hpp"
#include "tests/remote/docker/docker_config.hpp"
#include "tests/support/fake_process_runner.hpp"
#include "tests/support/http_script.hpp"

using namespace hoist;
using namespace hoist::remote;
using namespace hoist::test;
using Catch::Matchers::Contains;
using Names = std::map<std::string, std::string>;

namespace {

const std::string k_digest = "sha256:" + std::string(64, 'a');

std::string answer(int status, const std::string& body) {
  return fmt::format("HTTP/1.1 {} x\r\nApi-Version: 1.41\r\nContent-Length: {}\r\n\r\n{}", status, body.size(), body);
}

/// An engine that says `body` of every image.
HttpScript engine(int status, std::string body) {
  return HttpScript({[=](HttpScriptPeer& peer) {
    while (true) {
      const bool about_image = peer.read_request().target.find("/distribution/") != std::string::npos;
      peer.send(about_image ? answer(status, body) : answer(200, "{}"));
    }
  }});
}

Names pin(const HttpScript& script, const std::vector<std::string>& images) {
  DockerClient client(script.endpoint());
  FakeProcessRunner processes;
  return pin_images(client, processes, images, {});
}

std::vector<std::string> questions(const HttpScript& script) {
  std::vector<std::string> targets;
  for (const HttpScriptRequest& request : script.requests()) {
    const std::size_t at = request.target.find("/distribution/");
    if (at != std::string::npos) targets.push_back(request.target.substr(at));
  }
  return targets;
}

}  // namespace

TEST_CASE("images get the digests that their registries have", "[docker][digests]") {
  DockerConfig config;
  config.write("{}");
  const HttpScript script = engine(200, R"({"Descriptor": {"digest": ")" + k_digest + R"("}})");
  CHECK(pin(script, {"redis", "redis", "localhost:5000/team/app:1"}) ==
        Names{{"redis", "docker.io/library/redis:latest@" + k_digest},
              {"localhost:5000/team/app:1", "localhost:5000/team/app:1@" + k_digest}});
  CHECK(questions(script).size() == 2);
  CHECK_THAT(questions(script),
             Catch::VectorContains(std::string("/distribution/docker.io/library/redis:latest/json")));
}

TEST_CASE("an image with a digest asks nobody", "[docker][digests]") {
  DockerConfig config;
  config.write("{}");
  const HttpScript script = engine(500, "{}");
  CHECK(pin(script, {"redis:7@" + k_digest}) == Names{{"redis:7@" + k_digest, "docker.io/library/redis@" + k_digest}});
  CHECK(script.requests().empty());
}

TEST_CASE("what a registry refuses is told with its image", "[docker][digests]") {
  DockerConfig config;
  config.write("{}");
  CHECK_THROWS_WITH(pin(engine(404, R"({"message": "manifest unknown"})"), {"redis:nope"}),
                    Contains("image 'redis:nope'") && Contains("manifest unknown"));
  CHECK_THROWS_WITH(pin(engine(200, R"({"Descriptor": {"digest": "sha256:x\ny: z"}})"), {"redis"}),
                    Contains("no digest of image 'redis'"));
  CHECK_THROWS_WITH(pin(engine(200, "{}"), {"${IMAGE}"}), Contains("is no image name"));
}

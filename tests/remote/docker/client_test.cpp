#include "remote/docker/client.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "compose/base/error.hpp"
#include "tests/support/http_script.hpp"

using namespace hoist;
using namespace hoist::remote;
using namespace hoist::test;
using Catch::Matchers::Contains;

namespace {

std::string answer(int status, const std::string& body, const std::string& headers = {}) {
  return fmt::format("HTTP/1.1 {} x\r\n{}Content-Length: {}\r\n\r\n{}", status, headers, body.size(), body);
}

/// An engine that knows how to ping and gives one answer to all else.
HttpScript engine_that_says(const std::string& said, const std::string& ping = "Api-Version: 1.45\r\n") {
  return HttpScript({[said, ping](HttpScriptPeer& peer) {
    while (true) peer.send(peer.read_request().target == "/_ping" ? answer(200, "OK", ping) : said);
  }});
}

}  // namespace

TEST_CASE("the engine is asked once who it is, then in the version that both know", "[docker][client]") {
  HttpScript script = engine_that_says(answer(200, R"({"a": 1})"),
                                       "Api-Version: 1.45\r\nBuilder-Version: 2\r\nLibpod-Api-Version: 4.3.1\r\n");
  DockerClient client(script.endpoint());
  CHECK(client.get("/info", {}) == nlohmann::json{{"a", 1}});
  client.del("/containers/x", {});
  CHECK(client.ping({}) == EnginePing{.api = {1, 45}, .podman = true, .prefers_buildkit = true});
  const std::vector<HttpScriptRequest> requests = script.requests();
  REQUIRE(requests.size() == 3);
  CHECK(requests[0].target == "/_ping");
  CHECK(requests[1].target == "/v1.45/info");
  CHECK(requests[2].method == "DELETE");
}

TEST_CASE("what is no engine is told from one that is too old", "[docker][client]") {
  HttpScript web = engine_that_says("", "Server: web\r\n");
  CHECK_THROWS_WITH(DockerClient(web.endpoint()).ping({}), Contains("is no Docker Engine API"));
  HttpScript old = engine_that_says("", "Api-Version: 1.30\r\n");
  CHECK_THROWS_WITH(DockerClient(old.endpoint()).ping({}), Contains("at least 1.41 is needed"));
}

TEST_CASE("a status becomes the error that a caller can react to, in the engine's words", "[docker][client]") {
  struct Case {
    int status;
    const char* body;
    ErrorCode code;
    const char* text;
  };
  const auto c = GENERATE(values<Case>({
      {404, R"({"message": "No such container: x"})", ErrorCode::not_found, "No such container: x"},
      {409, R"({"message": "in use"})", ErrorCode::conflict, "in use"},
      {401, R"({"message": "who?"})", ErrorCode::denied, "who?"},
      {403, "{}", ErrorCode::denied, "the engine answered with status 403"},
      {500, R"({"cause": "deep", "message": "on top"})", ErrorCode::failed, "on top"},
      {500, R"({"cause": "deep", "message": ""})", ErrorCode::failed, "deep"},
      {500, R"({"cause": "no such container", "message": "x: no such container"})", ErrorCode::not_found,
       "x: no such container"},
      {500, "plain words\n", ErrorCode::failed, "plain words"},
      {502, "", ErrorCode::unavailable, "the engine answered with status 502"},
      {500, "[7]", ErrorCode::failed, "the engine answered with status 500"},
  }));
  HttpScript script = engine_that_says(answer(c.status, c.body));
  DockerClient client(script.endpoint());
  CAPTURE(c.status, c.body);
  try {
    client.get("/x", {});
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(to_string(error.code()) == to_string(c.code));
    CHECK(error.what() == std::string(c.text));
  }
}

TEST_CASE("a look that met an ending process is taken again, five times at most", "[docker][client]") {
  const int failures = GENERATE(1, 4, 5);
  HttpScript script({[failures](HttpScriptPeer& peer) {
    int looks = 0;
    while (true) {
      if (peer.read_request().target == "/_ping") {
        peer.send(answer(200, "OK", "Api-Version: 1.45\r\n"));
      } else {
        const bool fails = looks++ < failures;
        peer.send(fails ? answer(500, R"({"message": "read /proc/7/cgroup: no such process"})")
                        : answer(200, R"({"Id": "c"})"));
      }
    }
  }});
  DockerClient client(script.endpoint());
  if (failures < 5) {
    CHECK(client.find("/containers/c/json", {})->at("Id") == "c");
    CHECK(client.get("/containers/c/json", {}).at("Id") == "c");
  } else {
    CHECK_THROWS_WITH(client.get("/containers/c/json", {}), "read /proc/7/cgroup: no such process");
  }
}

TEST_CASE("already so, nothing to say and nothing there are no errors", "[docker][client]") {
  HttpScript same = engine_that_says("HTTP/1.1 304 x\r\n\r\n");
  CHECK(DockerClient(same.endpoint()).post("/x", nullptr, {}).is_null());
  HttpScript empty = engine_that_says("HTTP/1.1 204 x\r\n\r\n");
  CHECK(DockerClient(empty.endpoint()).get("/x", {}).is_null());
  HttpScript missing = engine_that_says(answer(404, R"({"message": "no"})"));
  CHECK_FALSE(DockerClient(missing.endpoint()).find("/x", {}));
  HttpScript rubbish = engine_that_says(answer(200, "<html>"));
  CHECK_THROWS_WITH(DockerClient(rubbish.endpoint()).get("/x", {}), "the engine's answer to '/x' is not JSON");
}

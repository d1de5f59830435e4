#include "remote/docker/pull_push.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "remote/docker/layer_progress.hpp"

using namespace hoist;
using namespace hoist::remote;
using nlohmann::json;

TEST_CASE("lines of a pull or push become events of the image, one part per layer", "[docker][pull]") {
  using Phase = Event::Phase;
  struct Case {
    const char* line;
    Event expected;
  };
  const auto c = GENERATE(values<Case>({
      {R"({"status":"Pulling from library/redis","id":"7"})", {.text = "pulling from library/redis"}},
      {R"({"status":"The push refers to repository [r/x]"})", {.text = "the push refers to repository [r/x]"}},
      {R"({"status":"Downloading","progressDetail":{"current":5,"total":9},"progress":"[=> ]","id":"aa"})",
       {.text = "downloading", .part = "aa", .current = 5, .total = 9}},
      {R"({"status":"Waiting","progressDetail":{},"id":"aa"})", {.text = "waiting", .part = "aa"}},
      {R"({"status":"Pull complete","id":"aa"})", {.phase = Phase::done, .text = "pull complete", .part = "aa"}},
      {R"({"status":"Already exists","id":"aa"})", {.phase = Phase::done, .text = "already exists", .part = "aa"}},
      {R"({"status":"Layer already exists","id":"aa"})",
       {.phase = Phase::done, .text = "layer already exists", .part = "aa"}},
      {R"({"status":"Mounted from library/x","id":"aa"})",
       {.phase = Phase::done, .text = "mounted from library/x", .part = "aa"}},
      {R"({"status":"Downloading","progressDetail":{"current":-5,"total":"many"},"id":"aa"})",
       {.text = "downloading", .part = "aa"}},
      {"{\"status\":\"Bad\\u001b[31m\",\"id\":\"a\\na\"}", {.text = "bad", .part = "a a"}},
  }));
  CAPTURE(c.line);
  Event expected = c.expected;
  expected.resource = "image redis:7";
  CHECK(layer_event(json::parse(c.line), "image redis:7") == expected);
}

TEST_CASE("lines without a status are no events", "[docker][pull]") {
  const auto line = GENERATE("{}", "[]", "7", R"({"status":7})", R"({"aux":{"ID":"x"}})", R"({"error":"e"})");
  CHECK_FALSE(layer_event(json::parse(line), "image x"));
}

TEST_CASE("errors come from either of their two places", "[docker][pull]") {
  CHECK(stream_error(json::parse(R"({"errorDetail":{"message":"a"},"error":"b"})")) == "a");
  CHECK(stream_error(json::parse(R"({"error":"b\n"})")) == "b");
  CHECK_FALSE(stream_error(json::parse(R"({"status":"fine"})")));
  CHECK_FALSE(stream_error(json::parse(R"({"error":""})")));
}

TEST_CASE("a registry's refusal is sorted by what can be done about it", "[docker][pull]") {
  struct Case {
    const char* message;
    int status;
    ErrorCode code;
  };
  // The words of Docker 20.10, Docker 28.5 and Podman 4.3.
  const auto c = GENERATE(values<Case>({
      {"Get \"http://r:5055/v2/x/manifests/1\": no basic auth credentials", 500, ErrorCode::denied},
      {"pull access denied for x, repository does not exist or may require 'docker login'", 404, ErrorCode::denied},
      {"unauthorized: authentication required", 0, ErrorCode::denied},
      {"anything", 401, ErrorCode::denied},
      {"manifest for r:5055/x:1 not found: manifest unknown: manifest unknown", 404, ErrorCode::not_found},
      {"reading manifest 1 in r:5055/x: name unknown", 0, ErrorCode::not_found},
      {"Get \"http://127.0.0.1:9/v2/\": dial tcp 127.0.0.1:9: connect: connection refused", 500,
       ErrorCode::unavailable},
      {"dial tcp: lookup registry.example: no such host", 404, ErrorCode::unavailable},
      {"something new", 500, ErrorCode::unavailable},
  }));
  CAPTURE(c.message);
  const Error error = registry_error("r:5055/x:1", {"web", "worker"}, c.message, c.status);
  CHECK(to_string(error.code()) == to_string(c.code));
  CHECK(error.what() ==
        "image 'r:5055/x:1' wanted by services 'web', 'worker': registry says: " + std::string(c.message));
  CHECK_FALSE(error.hint().empty());
}

#include "remote/docker/build_progress.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>

using namespace hoist;
using namespace hoist::remote;

namespace {

/// Events as lines of text: "part: phase text".
class Lines final : public EventSink {
 public:
  void emit(Event event) noexcept override {
    const char* phase = event.phase == Event::Phase::output    ? ">"
                        : event.phase == Event::Phase::working ? "+"
                        : event.phase == Event::Phase::done    ? "="
                                                               : "!";
    all.push_back(fmt::format("{}{} {}", event.part.empty() ? "" : event.part + " ", phase, event.text));
  }
  std::vector<std::string> all;
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("the classic builder's words become steps", "[docker][build]") {
  Lines lines;
  BuildProgress progress(lines, "image shop-web");
  for (const char* line :
       {R"({"stream":"Step 1/2 : FROM busybox"})", R"({"stream":"\n"})", R"({"stream":" ---\u003e b4b9e22f469c\n"})",
        R"({"stream":"Step 2/2 : RUN make"})", R"({"stream":"\n"})", R"({"stream":" ---\u003e Running in 5765\n"})",
        R"({"stream":"making"})", R"({"stream":" it\nreally\n"})",
        R"({"stream":"Removing intermediate container 5765\n"})", R"({"stream":" ---\u003e 85be261298e2\n"})",
        R"({"aux":{"ID":"sha256:85be"}})", R"({"stream":"Successfully built 85be261298e2\n"})",
        R"({"stream":"Successfully tagged shop-web:latest\n"})"}) {
    progress.engine_line(line);
  }
  progress.finish();
  CHECK(lines.all == Texts{"[1/2] FROM busybox + running", "[1/2] FROM busybox = done", "[2/2] RUN make + running",
                           "[2/2] RUN make > making it", "[2/2] RUN make > really", "[2/2] RUN make = done"});
  CHECK(progress.image_id() == "sha256:85be");
  CHECK_FALSE(progress.failure());
}

TEST_CASE("Podman's words become steps, with stages and without", "[docker][build]") {
  Lines lines;
  BuildProgress progress(lines, "image shop-web");
  for (const char* line :
       {R"({"stream":"[1/2] STEP 1/2: FROM busybox AS tools\n"})", R"({"stream":"[1/2] STEP 2/2: RUN make\n"})",
        R"({"stream":"--\u003e Using cache 0bf32b758c6d\n"})", R"({"stream":"--\u003e 0bf32b758c6\n"})",
        R"({"stream":"[2/2] STEP 1/1: RUN use\n"})", R"({"stream":"COMMIT is a word\n"})",
        R"({"stream":"[2/2] COMMIT docker.io/library/shop-web:latest\n"})", R"({"stream":"--\u003e 287817bbb6a\n"})",
        R"({"stream":"287817bbb6a060bc2a0325d8473b5d329f2009b721c73c155992416a0777f7f2\n"})"}) {
    progress.engine_line(line);
  }
  progress.finish();
  CHECK(lines.all == Texts{"[stage 1/2, 1/2] FROM busybox AS tools + running",
                           "[stage 1/2, 1/2] FROM busybox AS tools = done", "[stage 1/2, 2/2] RUN make + running",
                           "[stage 1/2, 2/2] RUN make = cached", "[stage 2/2, 1/1] RUN use + running",
                           "[stage 2/2, 1/1] RUN use > COMMIT is a word", "[stage 2/2, 1/1] RUN use = done"});
}

TEST_CASE("a failure names the step and its last lines", "[docker][build]") {
  Lines lines;
  BuildProgress progress(lines, "image shop-web");
  progress.engine_line(R"({"stream":"Step 1/1 : RUN false"})");
  progress.engine_line(R"({"stream":"\n"})");
  for (int i = 1; i <= 30; ++i) progress.engine_line(fmt::format(R"({{"stream":"line {}\n"}})", i));
  progress.engine_line(R"({"errorDetail":{"code":1,"message":"returned a non-zero code: 1"},"error":"x"})");
  progress.finish();
  const std::optional<BuildFailure> failure = progress.failure();
  REQUIRE(failure);
  CHECK(failure->message == "returned a non-zero code: 1");
  CHECK(failure->step == "[1/1] RUN false");
  CHECK(failure->output.size() == 20);
  CHECK(failure->output.back() == "line 30");
}

TEST_CASE("BuildKit's steps: the first that fails is the cause, others were cancelled", "[docker][build]") {
  Lines lines;
  BuildProgress progress(lines, "image shop-web");
  progress.trace({.vertexes = {{.digest = "a", .name = "[1/2] RUN a", .started = true},
                               {.digest = "b", .name = "[2/2] RUN b", .started = true}},
                  .logs = {{.vertex = "a", .text = "half "}, {.vertex = "b", .text = "10%\r100%\r\n"}}});
  progress.trace({.vertexes = {{.digest = "b", .name = "[2/2] RUN b", .completed = true, .error = "context canceled"},
                               {.digest = "a", .name = "[1/2] RUN a", .completed = true, .error = "exit code: 2"}},
                  .logs = {{.vertex = "a", .text = "a line"}, {.vertex = "unknown", .text = "lost\n"}}});
  CHECK(lines.all ==
        Texts{"[1/2] RUN a + running", "[2/2] RUN b + running", "[2/2] RUN b > 100%", "[1/2] RUN a > half a line"});
  const BuildFailure failure = progress.failure_with("exit code: 2");
  CHECK(failure.step == "[1/2] RUN a");
  CHECK(failure.output == Texts{"half a line"});
}

TEST_CASE("buildx's raw JSON is followed as an engine's report is", "[docker][build]") {
  Lines lines;
  BuildProgress progress(lines, "image shop-web");
  progress.buildx_line(R"({"vertexes":[{"digest":"a","name":"[1/1] RUN a","started":"2026-11-24T09:00:00Z"}]})");
  progress.buildx_line(R"({"logs":[{"vertex":"a","stream":1,"data":"aGVsbG8K"}]})");
  progress.buildx_line(R"({"statuses":[{"id":"l","vertex":"a","name":"layer","current":3,"total":4}]})");
  progress.buildx_line(R"({"warnings":[{"vertex":"a","short":"aG1t"}]})");
  progress.buildx_line(
      R"({"vertexes":[{"digest":"a","name":"[1/1] RUN a","started":"2026-11-24T09:00:00Z","completed":"2026-11-24T09:00:01Z"}]})");
  progress.buildx_line("ERROR: failed to build");
  progress.finish();
  CHECK(lines.all ==
        Texts{"[1/1] RUN a + running", "[1/1] RUN a > hello", "[1/1] RUN a + layer", "! hmm", "[1/1] RUN a = done"});
  REQUIRE(progress.failure());
  CHECK(progress.failure()->message == "failed to build");
}

TEST_CASE("lines of any kind do no harm", "[docker][build]") {
  Lines lines;
  BuildProgress progress(lines, "image x");
  for (const char* line : {"", "plain", "{}", "[]", "7", R"({"stream":7})", R"({"aux":"!","id":"moby.buildkit.trace"})",
                           R"({"aux":{"ID":7}})", R"({"stream":"Step x : y\n"})", R"({"stream":"[1/ STEP\n"})"}) {
    progress.engine_line(line);
    progress.buildx_line(line);
  }
  progress.finish();
  CHECK_FALSE(progress.failure());
}

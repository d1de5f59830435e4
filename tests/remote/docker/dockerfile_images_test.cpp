#include "remote/docker/dockerfile_images.hpp"

#include <catch2/catch.hpp>

using namespace hoist::remote;

namespace {

struct Case {
  std::string dockerfile;
  std::string target;
  std::vector<std::string> images;
};

}  // namespace

TEST_CASE("the images that a Dockerfile takes from elsewhere are found", "[docker][dockerfile]") {
  const auto c = GENERATE(values<Case>({
      {"", "", {}},
      {"FROM redis:7\n", "", {"redis:7"}},
      {"from --platform=linux/amd64 redis AS x\r\n", "", {"redis"}},
      {"FROM scratch", "", {}},
      {"# comment\n\nFROM a\nFROM b\n", "", {"b"}},
      {"FROM a AS one\nFROM ONE\n", "", {"a"}},
      {"FROM a AS one\nFROM b\nCOPY --from=one /x /y", "", {"a", "b"}},
      {"FROM a\nFROM b\nCOPY --from=0 /x /y", "", {"a", "b"}},
      {"FROM a\nCOPY --chown=1 --from=nginx:1 /x /y", "", {"a", "nginx:1"}},
      {"FROM a\nRUN --mount=type=bind,from=golang:1,target=/x make", "", {"a", "golang:1"}},
      {"FROM a AS one\nFROM b AS two\nFROM c", "two", {"b"}},
      {"FROM a AS one\nFROM b AS two\nFROM one", "", {"a"}},
      {"ARG V=12\nFROM debian:$V", "", {"debian:12"}},
      {"ARG V\nFROM debian:${V:-11}", "", {"debian:11"}},
      {"ARG GIVEN=1\nFROM debian:${GIVEN}", "", {"debian:given"}},
      {"FROM debian:$UNKNOWN", "", {}},
      {"ARG A=\"x\"\nARG B=$A-y\nFROM $B", "", {"x-y"}},
      {"# syntax=docker/dockerfile:1\nFROM a", "", {"a", "docker/dockerfile:1"}},
      {"# not a directive\n# syntax=docker/dockerfile:1\nFROM a", "", {"a"}},
      {"# escape=`\nFROM `\n  a", "", {"a"}},
      {"FROM \\\n# comment\n\n  a", "", {"a"}},
      {"FROM a\nRUN <<EOF\nFROM b\nEOF\nFROM c\n", "", {"c"}},
      {"FROM a\nRUN cat <<-'EOF' > x\n\tFROM b\n\tEOF\nCOPY --from=d x y", "", {"a", "d"}},
      {"FROM base AS base\n", "", {"base"}},
  }));
  CAPTURE(c.dockerfile);
  CHECK(images_of_dockerfile(c.dockerfile, {.target = c.target, .args = {{"GIVEN", "given"}}}) == c.images);
}

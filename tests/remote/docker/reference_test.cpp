#include "remote/docker/reference.hpp"

#include <catch2/catch.hpp>

#include "compose/base/error.hpp"

using namespace hoist;
using namespace hoist::remote;

TEST_CASE("a short name is completed with registry, library and tag", "[docker][reference]") {
  const std::string digest = "sha256:" + std::string(64, 'a');
  struct Case {
    std::string text;
    std::string full;
    std::string familiar;
  };
  const auto c = GENERATE_COPY(values<Case>({
      {"redis", "docker.io/library/redis:latest", "redis:latest"},
      {"redis:7", "docker.io/library/redis:7", "redis:7"},
      {"team/app", "docker.io/team/app:latest", "team/app:latest"},
      {"docker.io/redis", "docker.io/library/redis:latest", "redis:latest"},
      {"index.docker.io/library/redis:7", "docker.io/library/redis:7", "redis:7"},
      {"localhost/app", "localhost/app:latest", "localhost/app:latest"},
      {"localhost:5000/a/b:x", "localhost:5000/a/b:x", "localhost:5000/a/b:x"},
      {"ghcr.io/a/b/c", "ghcr.io/a/b/c:latest", "ghcr.io/a/b/c:latest"},
      {"[::1]:5000/app", "[::1]:5000/app:latest", "[::1]:5000/app:latest"},
      {"redis@" + digest, "docker.io/library/redis@" + digest, "redis@" + digest},
      {"redis:7@" + digest, "docker.io/library/redis:7@" + digest, "redis:7@" + digest},
      {"a__b/c-d.e--f", "docker.io/a__b/c-d.e--f:latest", "a__b/c-d.e--f:latest"},
  }));
  CAPTURE(c.text);
  const ImageReference reference = parse_reference(c.text);
  CHECK(reference.to_string() == c.full);
  CHECK(reference.familiar() == c.familiar);
}

TEST_CASE("what no registry would take is refused with the reason", "[docker][reference]") {
  const auto text = GENERATE(as<std::string>{}, "", ":7", "App", "a//b", "a/", "-a", "a:", "a:-x", "a:b c", "a..b/c",
                             "a___b", "redis@sha256:12", "http://x/y", "a b", "host:port/x", "$x");
  CAPTURE(text);
  CHECK_FALSE(find_reference(text));
  CHECK_THROWS_AS(parse_reference(text), Error);
}

TEST_CASE("an image id is no name", "[docker][reference]") {
  CHECK_FALSE(find_reference(std::string(64, 'f')));
}

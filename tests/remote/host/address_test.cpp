#include "remote/host/address.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "compose/base/error.hpp"

using namespace hoist;
using namespace hoist::remote;

TEST_CASE("an address as in DOCKER_HOST names a socket or a host and a port", "[host]") {
  struct Row {
    std::string text;
    HttpEndpoint endpoint;
  };
  const Row row = GENERATE(values<Row>({
      {"unix:///var/run/docker.sock", {"/var/run/docker.sock", "", ""}},
      {"UNIX:///tmp/a b.sock", {"/tmp/a b.sock", "", ""}},
      {"tcp://lab:2375", {"", "lab", "2375"}},
      {"tcp://lab:80/", {"", "lab", "80"}},
      {"tcp://lab", {"", "lab", "2375"}},
      {"http://10.0.0.1:4000", {"", "10.0.0.1", "4000"}},
      {"lab:1234", {"", "lab", "1234"}},
      {"tcp://[::1]:2375", {"", "::1", "2375"}},
      {"tcp://[fe80::1]", {"", "fe80::1", "2375"}},
  }));
  CAPTURE(row.text);
  CHECK(parse_engine_address(row.text, "DOCKER_HOST") == row.endpoint);
}

TEST_CASE("what is no address is refused with the reason and its origin", "[host]") {
  struct Row {
    std::string text;
    std::string reason;
  };
  const Row row = GENERATE(values<Row>({
      {"", "the host is missing"},
      {"/var/run/docker.sock", "'unix://' is missing"},
      {"unix://", "must begin with '/'"},
      {"unix://relative.sock", "must begin with '/'"},
      {"tcp://", "the host is missing"},
      {"tcp://:2375", "the host is missing"},
      {"tcp://lab:", "the port"},
      {"tcp://lab:0", "the port"},
      {"tcp://lab:65536", "the port"},
      {"tcp://lab:12x", "the port"},
      {"tcp://lab:999999999999", "the port"},
      {"tcp://::1:2375", "in brackets"},
      {"tcp://[::1", "']' is missing"},
      {"tcp://[::1]x", "only a port"},
      {"tcp://lab:1/prefix", "a path"},
      {"tcp://me@lab:1", "a user name"},
      {"npipe:////./pipe/docker", "unknown scheme 'npipe://'"},
  }));
  CAPTURE(row.text);
  try {
    parse_engine_address(row.text, "DOCKER_HOST");
    FAIL("taken");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::bad_input);
    CHECK_THAT(error.what(), Catch::StartsWith("DOCKER_HOST: ") && Catch::Contains(row.reason));
    CHECK_FALSE(error.hint().empty());
  }
}

TEST_CASE("ssh and TLS are refused with the way around", "[host]") {
  const std::string text = GENERATE("ssh://me@lab", "https://lab:2376");
  try {
    parse_engine_address(text, "docker context 'lab'");
    FAIL("taken");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::bad_input);
    CHECK_THAT(error.what(), Catch::StartsWith("docker context 'lab': ") && Catch::Contains("not supported"));
    CHECK_THAT(error.hint(), Catch::Contains("ssh") && Catch::Contains("-L"));
  }
}

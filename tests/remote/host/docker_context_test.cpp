#include "remote/host/docker_context.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "compose/base/error.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::remote;

namespace {

using Environment = std::map<std::string, std::string>;

// printf lab | sha256sum
constexpr const char* k_lab = "a51146d38077ff992eba84cf1d5e9b249073503eb74868699016153b031a38f7";

void write_lab(const test::TempDir& temp, const std::string& folder, const std::string& meta) {
  temp.write(folder + "/contexts/meta/" + k_lab + "/meta.json", meta);
}

constexpr const char* k_meta =
    R"({"Name":"lab","Metadata":{},"Endpoints":{"docker":{"Host":"tcp://lab:2375","SkipTLSVerify":false}}})";

}  // namespace

TEST_CASE("without a chosen context there is none", "[host]") {
  const test::TempDir temp;
  SECTION("no files") {}
  SECTION("no currentContext") {
    temp.write(".docker/config.json", R"({"auths":{}})");
  }
  SECTION("the default one") {
    temp.write(".docker/config.json", R"({"currentContext":"default"})");
  }
  CHECK_FALSE(find_docker_context({}, temp.path()));
  CHECK_FALSE(find_docker_context({{"DOCKER_CONTEXT", "default"}}, temp.path()));
  CHECK_FALSE(find_docker_context({{"DOCKER_CONTEXT", ""}}, temp.path()));
}

TEST_CASE("the current context's meta file names the host", "[host]") {
  const test::TempDir temp;
  temp.write(".docker/config.json", R"({"currentContext":"lab"})");
  write_lab(temp, ".docker", k_meta);
  const auto context = find_docker_context({}, temp.path());
  REQUIRE(context);
  CHECK(context->name == "lab");
  CHECK(context->host == "tcp://lab:2375");
  CHECK_FALSE(context->with_tls);
}

TEST_CASE("DOCKER_CONTEXT goes before the current context", "[host]") {
  const test::TempDir temp;
  temp.write(".docker/config.json", R"({"currentContext":"other"})");
  write_lab(temp, ".docker", k_meta);
  CHECK(find_docker_context({{"DOCKER_CONTEXT", "lab"}}, temp.path())->name == "lab");
  CHECK_FALSE(find_docker_context({{"DOCKER_CONTEXT", "default"}}, temp.path()));
}

TEST_CASE("DOCKER_CONFIG is where the files are", "[host]") {
  const test::TempDir temp;
  temp.write("elsewhere/config.json", R"({"currentContext":"lab"})");
  write_lab(temp, "elsewhere", k_meta);
  const Environment environment{{"DOCKER_CONFIG", (temp.path() / "elsewhere").string()}};
  CHECK(find_docker_context(environment, temp.path())->host == "tcp://lab:2375");
  CHECK_FALSE(find_docker_context({}, temp.path()));
}

TEST_CASE("certificates of a context are seen", "[host]") {
  const test::TempDir temp;
  write_lab(temp, ".docker", k_meta);
  temp.write(std::string(".docker/contexts/tls/") + k_lab + "/docker/ca.pem", "x");
  CHECK(find_docker_context({{"DOCKER_CONTEXT", "lab"}}, temp.path())->with_tls);
}

TEST_CASE("a context that cannot be used is an error with its name or file", "[host]") {
  const test::TempDir temp;
  const auto fault = [&temp](const Environment& environment) -> Error {
    try {
      find_docker_context(environment, temp.path());
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::bad_input);
      return error;
    }
    FAIL("no error");
    return {ErrorCode::failed, ""};
  };
  SECTION("named by the environment, without files") {
    const Error error = fault({{"DOCKER_CONTEXT", "lab"}});
    CHECK_THAT(error.what(), Catch::Contains("context 'lab' does not exist"));
    CHECK_THAT(error.hint(), Catch::Contains("DOCKER_CONTEXT"));
  }
  SECTION("named by config.json, without files") {
    temp.write(".docker/config.json", R"({"currentContext":"lab"})");
    CHECK_THAT(fault({}).hint(), Catch::Contains("docker context use default"));
  }
  SECTION("meta file without a host") {
    write_lab(temp, ".docker", R"({"Endpoints":{"kubernetes":{}}})");
    CHECK_THAT(fault({{"DOCKER_CONTEXT", "lab"}}).what(), Catch::Contains("names no engine"));
  }
  SECTION("meta file that is not JSON") {
    write_lab(temp, ".docker", "{");
    CHECK_THAT(fault({{"DOCKER_CONTEXT", "lab"}}).what(), Catch::Contains("meta.json"));
  }
  SECTION("config.json that is not JSON") {
    temp.write(".docker/config.json", "[]");
    CHECK_THAT(fault({}).what(), Catch::Contains("config.json"));
  }
}

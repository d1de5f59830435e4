#include "remote/docker/auth.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "compose/base/error.hpp"
#include "compose/base/file.hpp"
#include "remote/docker/base64.hpp"
#include "tests/remote/docker/docker_config.hpp"
#include "tests/support/fake_process_runner.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::remote;
using namespace hoist::test;

TEST_CASE("logins are found in config.json, however the registry is spelled there", "[docker][auth]") {
  struct Case {
    const char* entry;
    const char* domain;
    std::optional<RegistryCredentials> expected;
  };
  // aG9pc3Q6c2U6Y3JldA== is hoist:se:cret
  const auto c = GENERATE(values<Case>({
      {R"("r:5055": {"auth": "aG9pc3Q6c2U6Y3JldA=="})", "r:5055",
       RegistryCredentials{"hoist", "se:cret", "", "r:5055"}},
      {R"("https://r:5055/v1/": {"auth": "aG9pc3Q6c2U6Y3JldA=="})", "r:5055",
       RegistryCredentials{"hoist", "se:cret", "", "r:5055"}},
      {R"("https://index.docker.io/v1/": {"username": "u", "password": "p"})", "docker.io",
       RegistryCredentials{"u", "p", "", "https://index.docker.io/v1/"}},
      {R"("r:5055": {"auth": "aG9pc3Q6", "identitytoken": "t"})", "r:5055",
       RegistryCredentials{"hoist", "", "t", "r:5055"}},
      {R"("r:5055": {"auth": "aG9pc3Q6c2U6Y3JldA=="})", "r", std::nullopt},
      {R"("r:5055": {})", "r:5055", std::nullopt},
      {R"("r:5055": {"auth": "no base64!"})", "r:5055", std::nullopt},
      {R"("r:5055": 7)", "r:5055", std::nullopt},
  }));
  CAPTURE(c.entry, c.domain);
  const TempDir directory;
  directory.write("config.json", fmt::format(R"({{"auths": {{{}}}}})", c.entry));
  FakeProcessRunner processes;
  CredentialStore store(processes, directory.path());
  CHECK(store.find(c.domain, {}) == c.expected);
  CHECK(processes.commands().empty());
}

TEST_CASE("no configuration means no logins, a broken one is told", "[docker][auth]") {
  const TempDir directory;
  FakeProcessRunner processes;
  CHECK_FALSE(CredentialStore(processes, directory.path()).find("r", {}));
  directory.write("config.json", " \n");
  CHECK_FALSE(CredentialStore(processes, directory.path()).find("r", {}));
  const auto text = GENERATE("{", "[]", "x");
  directory.write("config.json", text);
  CHECK_THROWS_AS(CredentialStore(processes, directory.path()), Error);
}

TEST_CASE("a helper is asked by its protocol, the registry's own before the common one", "[docker][auth]") {
  DockerConfig config;
  config.install_helper("own", "");
  config.install_helper("all", "");
  config.write(R"({"credsStore": "all", "credHelpers": {"r:5055": "own"},
                   "auths": {"third": {"auth": "dTpw"}}})");
  FakeProcessRunner processes;
  processes.answer("docker-credential-own get", R"({"ServerURL": "r:5055", "Username": "u", "Secret": "s"})");
  processes.answer("docker-credential-all get", "credentials not found in native keychain", 1);
  CredentialStore store(processes, docker_config_directory());
  CHECK(store.find("r:5055", {}) == RegistryCredentials{"u", "s", "", "r:5055"});
  CHECK_FALSE(store.find("other", {}));
  CHECK(store.find("third", {}) == RegistryCredentials{"u", "p", "", "third"});
  CHECK_FALSE(store.find("docker.io", {}));
  const std::vector<ProcessRequest> asked = processes.requests();
  REQUIRE(asked.size() == 4);
  CHECK(asked[0].argv == std::vector<std::string>{"docker-credential-own", "get"});
  CHECK(asked[0].input == "r:5055");
  CHECK(asked[1].argv == std::vector<std::string>{"docker-credential-all", "get"});
  CHECK(asked[3].input == "https://index.docker.io/v1/");
}

TEST_CASE("a helper may answer with a token, with nothing or with rubbish", "[docker][auth]") {
  struct Case {
    const char* answer;
    std::optional<RegistryCredentials> expected;
  };
  const auto c = GENERATE(values<Case>({
      {R"({"Username": "<token>", "Secret": "t"})", RegistryCredentials{"", "", "t", "r"}},
      {R"({"Username": "u", "Secret": ""})", std::nullopt},
      {"rubbish", std::nullopt},
      {"[]", std::nullopt},
  }));
  DockerConfig config;
  config.install_helper("all", "");
  config.write(R"({"credsStore": "all"})");
  FakeProcessRunner processes;
  processes.answer("docker-credential-all get", c.answer);
  CHECK(CredentialStore(processes, docker_config_directory()).find("r", {}) == c.expected);
}

TEST_CASE("what kept a helper from its answer is known, a registry that it does not know is no fault",
          "[docker][auth]") {
  struct Case {
    const char* printed;
    std::string fault;
  };
  const auto c = GENERATE(values<Case>({
      {"credentials not found in native keychain", ""},
      {"the vault is locked\nusage: ...", "'docker-credential-all' failed: the vault is locked"},
  }));
  DockerConfig config;
  config.write(R"({"credsStore": "all"})");
  config.install_helper("all", "");
  FakeProcessRunner processes;
  processes.answer("docker-credential-all get", c.printed, 1);
  CredentialStore store(processes, docker_config_directory());
  CHECK_FALSE(store.find("r", {}));
  CHECK(store.fault() == c.fault);
}

TEST_CASE("a helper that is not there, or whose name is a path, is not run", "[docker][auth]") {
  const auto helper = GENERATE("missing-helper", "../../../bin/sh", "");
  DockerConfig config;
  config.write(fmt::format(R"({{"credsStore": "{}"}})", helper));
  FakeProcessRunner processes;
  CHECK_FALSE(CredentialStore(processes, docker_config_directory()).find("r", {}));
  CHECK(processes.commands().empty());
}

TEST_CASE("the headers hold the logins as the engine wants them", "[docker][auth]") {
  const TempDir directory;
  directory.write("config.json", R"({"auths": {"r": {"auth": "dTpw"}, "q": {"identitytoken": "t"}}})");
  FakeProcessRunner processes;
  CredentialStore store(processes, directory.path());
  CHECK(decode_base64(store.auth_header("r", {})) == R"({"password":"p","serveraddress":"r","username":"u"})");
  CHECK(decode_base64(store.auth_header("q", {})) == R"({"identitytoken":"t","serveraddress":"q"})");
  CHECK(decode_base64(store.auth_header("nobody", {})) == "{}");
  CHECK(decode_base64(store.config_header({"r", "nobody"}, {})) ==
        R"({"r":{"password":"p","serveraddress":"r","username":"u"}})");
}

TEST_CASE("all credentials of this machine make a configuration of their own", "[docker][auth]") {
  DockerConfig config;
  config.install_helper("all", "");
  config.write(R"({"credsStore": "all", "auths": {"stored": {"auth": "dTpw"}}})");
  FakeProcessRunner processes;
  processes.answer("docker-credential-all list", R"({"kept": "me"})");
  processes.answer("docker-credential-all get", R"({"Username": "me", "Secret": "s"})");
  CredentialStore store(processes, docker_config_directory());
  const std::filesystem::path written = docker_config_directory() / "config.json";
  config.write(store.config_file({}));
  FakeProcessRunner none;
  CredentialStore again(none, docker_config_directory());
  CHECK(again.find("kept", {}) == RegistryCredentials{"me", "s", "", "kept"});
  CHECK(again.find("stored", {}).has_value());
  CHECK(none.commands().empty());
  CHECK(nlohmann::json::parse(read_file(written))["auths"].size() == 2);
}

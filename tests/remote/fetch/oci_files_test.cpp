#include "remote/fetch/oci_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "compose/base/error.hpp"
#include "compose/base/file.hpp"
#include "compose/base/sha256.hpp"
#include "compose/base/text.hpp"
#include "remote/fetch/registry_reader.hpp"
#include "tests/support/fake_process_runner.hpp"
#include "tests/support/temp_dir.hpp"

namespace hoist::remote {
namespace {

namespace fs = std::filesystem;
using Catch::Contains;
using nlohmann::json;

/// The value of a key in what curl is told; "" when it is not there.
std::string setting(const std::string& config, const std::string& key) {
  for (const std::string& line : split(config, '\n')) {
    const std::string prefix = key + " = \"";
    if (line.starts_with(prefix)) return line.substr(prefix.size(), line.size() - prefix.size() - 1);
  }
  return {};
}

std::string digest_of(const std::string& content) {
  return "sha256:" + sha256_hex(content);
}

/// A registry behind a curl that only reads its configuration.
class Scene {
 public:
  Scene() {
    settings.home = temp.path();
    curl.behave("curl", [this](const ProcessRequest& request) { return answer(request.input); });
    layer("application/vnd.docker.compose.file+yaml", "services: {}\n", {{"com.docker.compose.file", "compose.yaml"}});
  }

  void layer(const std::string& type, const std::string& content, const json& notes) {
    pages["blobs/" + digest_of(content)] = content;
    layers.push_back(
        {{"mediaType", type}, {"digest", digest_of(content)}, {"size", content.size()}, {"annotations", notes}});
  }
  std::string manifest(const std::string& type = "application/vnd.docker.compose.project") const {
    return json{{"artifactType", type}, {"layers", layers}}.dump();
  }
  /// Fetches with the manifest under the tag.
  fs::path fetch(const std::string& text = "oci://host.x/a/shop:1") {
    pages.try_emplace("manifests/1", manifest());
    const auto reference = compose::parse_remote_reference(text);
    REQUIRE(reference.has_value());
    return fetch_oci_file(*reference, settings, curl, {}).directory;
  }
  std::size_t kept() const {
    std::error_code none;
    const fs::path cache = fetch_cache(settings);
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(cache, none), fs::directory_iterator()));
  }

  test::TempDir temp;
  test::FakeProcessRunner curl;
  FetchSettings settings;
  json layers = json::array();
  std::map<std::string, std::string> pages;  ///< what comes after the repository -> content
  std::string challenge;                     ///< empty = nobody needs to log in
  std::vector<std::string> configs;

 private:
  ProcessResult answer(const std::string& config) {
    configs.push_back(config);
    const std::string url = setting(config, "url");
    int status = 404;
    std::string body = R"({"errors": [{"message": "manifest unknown"}]})";
    if (url.starts_with("https://auth/")) {
      status = 200;
      body = R"({"token": "tick"})";
    } else if (!challenge.empty() && setting(config, "oauth2-bearer") != "tick" &&
               setting(config, "user") != "me:pass") {
      status = 401;
    } else if (const std::size_t at = url.find("/v2/a/shop/"); at != std::string::npos) {
      const auto page = pages.find(url.substr(at + 11));
      if (page != pages.end()) {
        status = 200;
        body = page->second;
      }
    }
    write_file_atomically(setting(config, "output"), body);
    write_file_atomically(setting(config, "dump-header"),
                          fmt::format("HTTP/1.1 {} x\r\n{}\r\n", status,
                                      challenge.empty() ? "" : "WWW-Authenticate: " + challenge + "\r\n"));
    return {{.code = 0}, std::to_string(status), ""};
  }
};

TEST_CASE("names of artifacts are read as Docker reads them", "[fetch][oci]") {
  struct Case {
    std::string text;
    std::optional<ArtifactName> expected;
  };
  const std::string digest = "sha256:" + std::string(64, 'a');
  const auto c = GENERATE_COPY(values<Case>({
      {"shop", ArtifactName{"docker.io", "library/shop", "latest"}},
      {"me/shop:1", ArtifactName{"docker.io", "me/shop", "1"}},
      {"localhost/shop", ArtifactName{"localhost", "shop", "latest"}},
      {"host:5000/a/b:V1", ArtifactName{"host:5000", "a/b", "V1"}},
      {"host.x/shop@" + digest, ArtifactName{"host.x", "shop", digest}},
      {"", std::nullopt},
      {"Shop", std::nullopt},
      {"host.x/../shop", std::nullopt},
      {"host.x/shop:", std::nullopt},
      {"host.x/shop@sha256:12", std::nullopt},
      {"host.x/sh op", std::nullopt},
      {"host.x/shop:a\"b", std::nullopt},
  }));
  CHECK(parse_artifact_name(c.text) == c.expected);
}

TEST_CASE("a challenge is that of the last answer, with commas in its values", "[fetch][oci]") {
  const auto found = find_challenge(
      "HTTP/1.1 302 x\r\nWWW-Authenticate: Basic realm=\"old\"\r\n\r\n"
      "HTTP/2 401\r\nwww-authenticate: Bearer realm=\"https://a/t\",service=\"s\", scope=\"r:a:pull,push\"\r\n\r\n");
  CHECK(found == Challenge{"bearer", {{"realm", "https://a/t"}, {"service", "s"}, {"scope", "r:a:pull,push"}}});
  CHECK_FALSE(find_challenge("HTTP/1.1 401 x\r\nWWW-Authenticate: Basic realm=\"r\"\r\n\r\nHTTP/1.1 200 x\r\n"));
  CHECK(find_challenge("HTTP/1.1 401 x\r\nWWW-Authenticate: Basic\r\n") == Challenge{"basic", {}});
}

TEST_CASE("an artifact's files are kept below the digest of its manifest", "[fetch][oci]") {
  Scene scene;
  scene.layer("application/vnd.docker.compose.file+yaml", "services: {b: }\n",
              {{"com.docker.compose.file", "more.yaml"}});
  scene.layer("application/vnd.docker.compose.file+yaml", "services: {c: }\n",
              {{"com.docker.compose.extends", "true"}, {"com.docker.compose.file", "base.yaml"}});
  scene.layer("application/vnd.docker.compose.envfile", "A=1\n", {{"com.docker.compose.envfile", "a.env"}});
  const fs::path place = scene.fetch();
  CHECK(place.filename() == sha256_hex(scene.manifest()));
  CHECK(read_file(place / "compose.yaml") == "services: {}\n\n---\nservices: {b: }\n");
  CHECK(read_file(place / "base.yaml") == "services: {c: }\n");
  CHECK(read_file(place / "a.env") == "A=1\n");
  CHECK(scene.kept() == 1);
  // The tag is asked again, its files are not.
  const std::size_t before = scene.configs.size();
  scene.fetch();
  CHECK(scene.configs.size() == before + 1);
}

TEST_CASE("what a digest names needs no network once it is here", "[fetch][oci]") {
  Scene scene;
  const std::string digest = digest_of(scene.manifest());
  scene.pages["manifests/" + digest] = scene.manifest();
  const std::string text = "oci://host.x/a/shop@" + digest;
  scene.settings.offline = true;
  CHECK_THROWS_WITH(scene.fetch(text), Contains("--offline"));
  scene.settings.offline = false;
  scene.fetch(text);
  scene.settings.offline = true;
  const std::size_t before = scene.configs.size();
  CHECK_NOTHROW(scene.fetch(text));
  CHECK(scene.configs.size() == before);
}

TEST_CASE("of an index the project is taken", "[fetch][oci]") {
  Scene scene;
  scene.pages["manifests/" + digest_of(scene.manifest())] = scene.manifest();
  scene.pages["manifests/1"] =
      json{{"manifests",
            {{{"digest", "sha256:other"}},
             {{"artifactType", "application/vnd.docker.compose.project"}, {"digest", digest_of(scene.manifest())}}}}}
          .dump();
  CHECK(fs::exists(scene.fetch() / "compose.yaml"));
}

TEST_CASE("a registry gets the login that it asks for, and nobody else sees it", "[fetch][oci]") {
  Scene scene;
  scene.challenge = GENERATE("Basic realm=\"r\"", "Bearer realm=\"https://auth/token\",service=\"host\"");
  scene.settings.login = [](const std::string& registry, std::stop_token) {
    return RegistryLogin{"me", registry == "host.x" ? "pass" : "", ""};
  };
  CHECK_NOTHROW(scene.fetch());
  for (const std::string& command : scene.curl.commands()) CHECK_THAT(command, !Contains("pass") && !Contains("tick"));
  CHECK(setting(scene.configs.front(), "user").empty());
}

TEST_CASE("a token is not asked for where there is no TLS", "[fetch][oci]") {
  Scene scene;
  scene.challenge = "Bearer realm=\"http://auth/token\",service=\"host\"";
  scene.settings.login = [](const std::string&, std::stop_token) { return RegistryLogin{"me", "pass", ""}; };
  CHECK_THROWS_WITH(scene.fetch(), Contains("has no TLS"));
  CHECK(scene.configs.size() == 1);
}

TEST_CASE("artifacts that cannot be had are refused, and nothing is left", "[fetch][oci]") {
  Scene scene;
  SECTION("a tag that is not there") {
    CHECK_THROWS_WITH(scene.fetch("oci://host.x/a/shop:2"), Contains("says of 'a/shop:2': manifest unknown"));
  }
  SECTION("a registry that wants a login") {
    scene.challenge = "Basic realm=\"r\"";
    CHECK_THROWS_WITH(scene.fetch(), Contains("'host.x' wants a login"));
  }
  SECTION("an image") {
    scene.pages["manifests/1"] = scene.manifest("application/vnd.oci.image");
    CHECK_THROWS_WITH(scene.fetch(), Contains("it is no Compose project"));
  }
  SECTION("a file outside of its directory") {
    const std::string name = GENERATE("../evil", "/etc/evil", "..", "", "a\\b");
    scene.layer("application/vnd.docker.compose.envfile", "A=1\n", {{"com.docker.compose.envfile", name}});
    CHECK_THROWS_WITH(scene.fetch(), Contains("it would write"));
  }
  SECTION("another content than the manifest says") {
    for (auto& [page, content] : scene.pages) content += "more";
    CHECK_THROWS_WITH(scene.fetch(), Contains("what the registry sent is not 'sha256:"));
  }
  SECTION("rubbish") {
    scene.pages["manifests/1"] =
        GENERATE("", "[]", "{", R"({"artifactType": "application/vnd.docker.compose.project"})");
    CHECK_THROWS_AS(scene.fetch(), Error);
  }
  SECTION("what is switched off") {
    scene.settings.environment["COMPOSE_EXPERIMENTAL_OCI_REMOTE"] = "false";
    CHECK_THROWS_WITH(scene.fetch(), Contains("switched off"));
  }
  CHECK(scene.kept() == 0);
}

}  // namespace
}  // namespace hoist::remote

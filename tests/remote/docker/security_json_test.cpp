#include "remote/docker/security_json.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "compose/base/file.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::remote;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

json host_of(std::vector<std::string> options) {
  json host = json::object();
  add_security(host, {.security_options = std::move(options)});
  return host;
}

}  // namespace

TEST_CASE("security options are handed on", "[docker]") {
  CHECK(host_of({}) == json::object());
  CHECK(host_of({"no-new-privileges", "label:disable", "apparmor=x", "seccomp=unconfined", "seccomp:builtin"}) ==
        json::parse(R"({"SecurityOpt": ["no-new-privileges", "label:disable", "apparmor=x", "seccomp=unconfined",
                                        "seccomp:builtin"]})"));
}

TEST_CASE("unconfined system paths are lists of nothing", "[docker]") {
  CHECK(host_of({"systempaths=unconfined"}) == json::parse(R"({"MaskedPaths": [], "ReadonlyPaths": []})"));
}

TEST_CASE("a seccomp profile is sent, not named", "[docker]") {
  const test::TempDir here;
  const std::string file = (here.path() / "profile.json").string();
  write_file_atomically(file, "{\n  \"defaultAction\": \"SCMP_ACT_ALLOW\"\n}\n");
  CHECK(host_of({"seccomp=" + file})["SecurityOpt"][0] == R"(seccomp={"defaultAction":"SCMP_ACT_ALLOW"})");
}

TEST_CASE("Podman reads profiles itself", "[docker]") {
  CHECK(podman_security({.security_options = {"seccomp=/p.json", "systempaths=unconfined", "label=disable"}}) ==
        json::parse(R"(["seccomp=/p.json", "unmask=ALL", "label=disable"])"));
}

TEST_CASE("options that no engine takes are found with their places", "[docker]") {
  const test::TempDir here;
  const std::string text = (here.path() / "text").string();
  write_file_atomically(text, "no json");
  compose::Service service{.name = "web",
                           .security_options = {"seccomp=/nowhere/p.json", "seccomp=" + text, "label=disable", "what"}};
  service.places.add("security_opt[3]", {std::make_shared<const std::string>("f.yaml"), 7, 9});
  const std::vector<Diagnostic> faults = find_security_faults(service);
  REQUIRE(faults.size() == 3);
  CHECK_THAT(faults[0].to_string(), Contains("services.web.security_opt[0]: ") && Contains("/nowhere/p.json"));
  CHECK_THAT(faults[1].to_string(), Contains("is no JSON"));
  CHECK_THAT(faults[2].to_string(),
             Contains("f.yaml:7:9: services.web.security_opt[3]: 'what' is not a security option"));
}

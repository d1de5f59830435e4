#include "remote/docker/build_query.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "remote/docker/buildx.hpp"

using namespace hoist;
using namespace hoist::compose;
using namespace hoist::remote;

namespace {

BuildImage image_of(Build build, const std::string& platform = {}) {
  Service service;
  service.name = "web";
  service.platform = platform;
  service.build = std::move(build);
  return {.service = std::make_shared<const Service>(service), .project = "shop", .reference = "shop-web"};
}

const BuildSource k_source{.context = "/src",
                           .dockerfile = "Dockerfile",
                           .dockerfile_path = "/src/Dockerfile",
                           .dockerfile_text = "FROM busybox"};
const std::string k_labels =
    "labels=%7B%22com.docker.compose.project%22%3A%22shop%22%2C%22com.docker.compose.service%22%3A%22web%22%"
    "7D";

}  // namespace

TEST_CASE("a build's query says all that the file says", "[docker][build]") {
  struct Case {
    const char* what;
    Build build;
    Builder builder;
    std::string expected;
  };
  const auto c = GENERATE(values<Case>({
      {"plain", {}, Builder::classic, "t=shop-web&dockerfile=Dockerfile&" + k_labels + "&rm=1&forcerm=1"},
      {"BuildKit", {}, Builder::buildkit, "version=2&t=shop-web&dockerfile=Dockerfile&" + k_labels + "&rm=1&forcerm=1"},
      {"much",
       {.args = {{"A", "1 2"}},
        .target = "dev",
        .tags = {"shop-web", "r/x:1"},
        .platforms = {"linux/amd64"},
        .network = "host",
        .shm_size = 1024,
        .no_cache = true,
        .pull = true},
       Builder::classic,
       "t=shop-web&t=r%2Fx%3A1&dockerfile=Dockerfile&target=dev&networkmode=host&platform=linux%2Famd64&" + k_labels +
           "&buildargs=%7B%22A%22%3A%221%202%22%7D&shmsize=1024&nocache=1&pull=1&rm=1&forcerm=1"},
      // Without a session BuildKit cannot reach a registry: what is to be fresh is pulled before.
      {"fresh, BuildKit",
       {.pull = true},
       Builder::buildkit,
       "version=2&t=shop-web&dockerfile=Dockerfile&" + k_labels + "&rm=1&forcerm=1"},
      {"caches",
       {.cache_from = {"r/a", "type=registry,ref=r/b,x=y"}},
       Builder::classic,
       "t=shop-web&dockerfile=Dockerfile&" + k_labels + "&rm=1&forcerm=1&cachefrom=%5B%22r%2Fa%22%2C%22r%2Fb%22%5D"},
      {"hosts",
       {.extra_hosts = {"db=10.0.0.1", "gw=1.2.3.4"}},
       Builder::classic,
       "t=shop-web&dockerfile=Dockerfile&" + k_labels +
           "&rm=1&forcerm=1&extrahosts=db%3A10.0.0.1&extrahosts=gw%3A1.2.3.4"},
      {"limits of processes",
       {.ulimits = {{"nofile", 1, 2}}},
       Builder::buildkit,
       "version=2&t=shop-web&dockerfile=Dockerfile&" + k_labels +
           "&ulimits=%5B%7B%22Hard%22%3A2%2C%22Name%22%3A%22nofile%22%2C%22Soft%22%3A1%7D%5D&rm=1&forcerm=1"},
      {"isolation",
       {.isolation = "hyperv"},
       Builder::classic,
       "t=shop-web&dockerfile=Dockerfile&" + k_labels + "&isolation=hyperv&rm=1&forcerm=1"},
      {"hosts, Podman",
       {.extra_hosts = {"db=10.0.0.1"}},
       Builder::podman,
       "t=shop-web&dockerfile=Dockerfile&" + k_labels + "&rm=1&forcerm=1&extrahosts=%5B%22db%3A10.0.0.1%22%5D"},
  }));
  INFO(c.what);
  CHECK(build_query(image_of(c.build), k_source, c.builder) == c.expected);
}

TEST_CASE("arguments: the command line over the file over the environment", "[docker][build]") {
  ::setenv("HOIST_TEST_ARG", "from outside", 1);
  BuildImage build = image_of(
      {.args = {
           {"FILE", "file"}, {"BOTH", "file"}, {"HOIST_TEST_ARG", std::nullopt}, {"HOIST_TEST_UNSET", std::nullopt}}});
  build.args = {{"BOTH", "line"}, {"LINE", "line"}};
  CHECK(build_arguments(build) ==
        StringMap{{"BOTH", "line"}, {"FILE", "file"}, {"HOIST_TEST_ARG", "from outside"}, {"LINE", "line"}});
  ::unsetenv("HOIST_TEST_ARG");
}

TEST_CASE("what the API cannot carry goes to buildx", "[docker][build]") {
  struct Case {
    Build build;
    const char* platform;
    bool expected;
  };
  const auto c = GENERATE(values<Case>({
      {{}, "", false},
      {{.secrets = {"id=a"}}, "", true},
      {{.ssh = {"default"}}, "", true},
      {{.additional_contexts = {{"a", "/b"}}}, "", true},
      {{.cache_to = {"type=inline"}}, "", true},
      {{.privileged = true}, "", true},
      {{.entitlements = {"network.host"}}, "", true},
      {{.no_cache_filter = {"stage"}}, "", true},
      {{.provenance = "mode=max"}, "", true},
      {{.provenance = "false", .sbom = "false"}, "", false},
      {{.sbom = "true"}, "", true},
      {{.ulimits = {{"nofile", 1, 2}}}, "", false},
      {{.cache_from = {"r/a"}}, "", false},
      {{.cache_from = {"type=registry,ref=r/a"}}, "", false},
      {{.cache_from = {"type=local,src=/c"}}, "", true},
      {{.platforms = {"linux/amd64"}}, "", false},
      {{.platforms = {"linux/amd64", "linux/arm64"}}, "", true},
      {{.platforms = {"linux/amd64", "linux/arm64"}}, "linux/amd64", false},
  }));
  CHECK(needs_buildx(image_of(c.build, c.platform)) == c.expected);
}

TEST_CASE("buildx is called so that no secret and no argument's value shows in the list of processes",
          "[docker][build]") {
  compose::BuildImage build = image_of(
      {.args = {{"TOKEN", "s3cret"}, {"HTTP_PROXY", "http://u:pw@p"}, {"BUILD_KEY", "k"}, {"DOCKER_HOST", "d"}},
       .additional_contexts = {{"base", "service:api"}},
       .ssh = {"default"},
       .secrets = {"id=a,src=/s"}});
  build.service_contexts = {{"base", "shop-api"}};
  const ProcessRequest request = buildx_request(build, k_source, "unix:///run/docker.sock");
  CHECK(request.argv == std::vector<std::string>{
                            "docker", "buildx", "build", "--progress=rawjson", "--load", "--tag=shop-web",
                            "--file=/src/Dockerfile", "--build-arg=BUILD_KEY", "--build-arg=DOCKER_HOST=d",
                            "--build-arg=HTTP_PROXY", "--build-arg=TOKEN", "--label=com.docker.compose.project=shop",
                            "--label=com.docker.compose.service=web", "--build-context=base=docker-image://shop-api",
                            "--secret=id=a,src=/s", "--ssh=default", "--", "/src"});
  CHECK(request.environment == std::map<std::string, std::string>{{"BUILD_KEY", "k"},
                                                                  {"DOCKER_HOST", "unix:///run/docker.sock"},
                                                                  {"HTTP_PROXY", "http://u:pw@p"},
                                                                  {"TOKEN", "s3cret"}});
}

TEST_CASE("buildx is told what only it can ask of BuildKit", "[docker][build]") {
  const ProcessRequest request = buildx_request(image_of({.entitlements = {"network.host"},
                                                          .no_cache_filter = {"deps", "app"},
                                                          .ulimits = {{"nofile", 1, 2}},
                                                          .provenance = "mode=max",
                                                          .sbom = "true",
                                                          .privileged = true}),
                                                k_source, "unix:///run/docker.sock");
  const std::vector<std::string> expected{"--ulimit=nofile=1:2",
                                          "--allow=network.host",
                                          "--allow=security.insecure",
                                          "--no-cache-filter=deps",
                                          "--no-cache-filter=app",
                                          "--provenance=mode=max",
                                          "--sbom=true"};
  CHECK(std::search(request.argv.begin(), request.argv.end(), expected.begin(), expected.end()) != request.argv.end());
}

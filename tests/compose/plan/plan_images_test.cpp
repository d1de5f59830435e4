#include "compose/plan/plan_images.hpp"

#include <catch2/catch.hpp>

#include "compose/base/error.hpp"
#include "tests/support/projects.hpp"

using namespace hoist;
using namespace hoist::compose;
using hoist::test::all_up;
using hoist::test::ProjectMaker;
using BuildWhen = EnsureImagesRequest::Build;

namespace {

/// "api" is built and named by the project, "db" is pulled.
ProjectMaker api_and_db() {
  ProjectMaker maker;
  maker.depends("api", "db");
  maker.service("api").image.clear();
  maker.service("api").build = compose::Build{.context = "/work/shop/api"};
  return maker;
}

std::string ensure(const Project& project, const ObservedState& observed, const EnsureImagesRequest& request = {}) {
  return to_string(plan_ensure_images(project, observed, request));
}

}  // namespace

TEST_CASE("what is not there is pulled or built; what is there is taken", "[plan]") {
  const Project project = api_and_db().project;
  CHECK(ensure(project, {}) ==
        "#1 build image shop-api after=[] because it is not there\n"
        "#2 pull image db:1 after=[] because it is not there\n");
  CHECK(ensure(project, all_up(project)).empty());
  CHECK(ensure(project, all_up(project), {.build = BuildWhen::always}) ==
        "#1 build image shop-api after=[] because --build\n");
  CHECK(ensure(project, all_up(project), {.pull = "always"}) ==
        "#1 pull image db:1 after=[] because its pull policy is 'always'\n");
}

TEST_CASE("an image that may not be had is an error that names service and image", "[plan]") {
  ProjectMaker maker = api_and_db();
  maker.service("db").pull_policy = "never";
  CHECK_THROWS_WITH(plan_ensure_images(maker.project, {}, {}), Catch::Contains("image 'db:1' of service 'db'"));
  CHECK_THROWS_WITH(plan_ensure_images(api_and_db().project, {}, {.build = BuildWhen::never}),
                    Catch::Contains("image 'shop-api' of service 'api'") && Catch::Contains("--no-build"));
  maker.service("db").pull_policy = "sometimes";
  CHECK_THROWS_WITH(plan_ensure_images(maker.project, {}, {}), Catch::Contains("unknown pull policy 'sometimes'"));
}

TEST_CASE("an image that several services want is pulled once, for all of them", "[plan]") {
  ProjectMaker maker;
  maker.service("one").image = "redis:7";
  maker.service("two").image = "redis:7";
  const Plan plan = plan_ensure_images(maker.project, {}, {});
  REQUIRE(plan.nodes.size() == 1);
  CHECK(std::get<PullImage>(plan.nodes[0].op).services == std::vector<std::string>{"one", "two"});
}

TEST_CASE("what one service builds and another uses is built, not pulled", "[plan]") {
  ProjectMaker maker;
  maker.service("web").image = "app";
  maker.service("web").build = compose::Build{.context = "/w"};
  maker.service("worker").image = "app";
  CHECK(ensure(maker.project, {}) == "#1 build image app after=[] because it is not there\n");
  CHECK(ensure(maker.project, {}, {.services = {"worker"}}) == "#1 build image app after=[] because it is not there\n");
  const Plan pull = plan_pull(maker.project, {}, {});
  REQUIRE(pull.nodes.size() == 1);
  CHECK(std::get<PullImage>(pull.nodes[0].op).may_fail);
}

TEST_CASE("builds that need each other are refused", "[plan]") {
  ProjectMaker maker;
  maker.service("a").build = compose::Build{.context = "/a", .additional_contexts = {{"x", "service:b"}}};
  maker.service("b").build = compose::Build{.context = "/b", .additional_contexts = {{"y", "service:a"}}};
  CHECK_THROWS_WITH(plan_build(maker.project, {}), Catch::Contains("needs its own result"));
}

TEST_CASE("a build that uses another service's image comes after it", "[plan]") {
  ProjectMaker maker;
  maker.service("app").build = compose::Build{.context = "/a", .additional_contexts = {{"base", "service:zbase"}}};
  maker.service("zbase").build = compose::Build{.context = "/z"};
  CHECK(to_string(plan_build(maker.project, {})) ==
        "#1 build image zbase:1 after=[] because 'app' is built from it\n"
        "#2 build image app:1 after=[1] because asked for\n");
}

TEST_CASE("build and push say what they leave out", "[plan]") {
  const Project project = api_and_db().project;
  CHECK(to_string(plan_build(project, {.services = {"db"}})) == "! service 'db' has no 'build': nothing to do\n");
  CHECK(to_string(plan_push(project, {})) == "! service 'api' has no 'image': there is no name to push under\n");
  ProjectMaker named = api_and_db();
  named.service("api").image = "registry.test/api";
  CHECK(to_string(plan_push(named.project, {})) == "#1 push image registry.test/api after=[] because asked for\n");
  CHECK(to_string(plan_build(named.project, {.push = true})) ==
        "#1 build image registry.test/api after=[] because asked for\n"
        "#2 push image registry.test/api after=[1] because --push\n");
}

TEST_CASE("pull takes all, or what is missing, and may leave out what is built", "[plan]") {
  ProjectMaker maker = api_and_db();
  maker.service("api").image = "registry.test/api";
  CHECK(to_string(plan_pull(maker.project, all_up(maker.project), {})) ==
        "#1 pull image db:1 after=[] because asked for\n"
        "#2 pull image registry.test/api after=[] because asked for\n");
  CHECK(plan_pull(maker.project, all_up(maker.project), {.policy = "missing"}).nodes.empty());
  CHECK(to_string(plan_pull(maker.project, {}, {.ignore_buildable = true})) ==
        "#1 pull image db:1 after=[] because asked for\n"
        "! service 'api' is built, not pulled\n");
}

#include <catch2/catch.hpp>

#include "compose/plan/plan_run.hpp"
#include "compose/plan/plan_up.hpp"
#include "tests/support/projects.hpp"

using namespace hoist;
using namespace hoist::compose;
using hoist::test::all_up;
using hoist::test::ProjectMaker;

namespace {

Project with_a_model() {
  ProjectMaker maker;
  maker.service("app").models = {"llm"};
  maker.service("db");
  maker.project.models["llm"] = {.key = "llm", .reference = "ai/small"};
  return maker.project;
}

}  // namespace

TEST_CASE("a model is prepared before the containers of those that use it are made", "[plan]") {
  const Project project = with_a_model();
  ObservedState images;
  images.images = all_up(project).images;
  CHECK(to_string(plan_up(project, images, {.services = {"app"}})) ==
        "#1 create network shop_default after=[] because it does not exist\n"
        "#2 prepare model llm (ai/small) after=[] because services use it\n"
        "#3 create container shop-app-1 after=[1,2] because it does not exist\n"
        "#4 start container shop-app-1 after=[3] because it was created\n");
}

TEST_CASE("a model is prepared at each up of those that use it, and of no others", "[plan]") {
  const Project project = with_a_model();
  CHECK(to_string(plan_up(project, all_up(project), {})) ==
        "#1 prepare model llm (ai/small) after=[] because services use it\n");
  CHECK(plan_up(project, all_up(project), {.services = {"db"}}).empty());
}

TEST_CASE("a one-off has the models of its service", "[plan]") {
  const Project project = with_a_model();
  const RunRequest request{.service = project.services.at("app"), .slug = "1"};
  CHECK(to_string(plan_run(project, all_up(project), request)).find("prepare model llm") != std::string::npos);
}

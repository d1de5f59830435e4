#include "compose/plan/definitions.hpp"

#include <catch2/catch.hpp>

#include "compose/plan/plan_down.hpp"
#include "compose/plan/plan_lifecycle.hpp"
#include "compose/plan/plan_up.hpp"
#include "tests/support/projects.hpp"

using namespace hoist::compose;
using hoist::test::all_up;
using hoist::test::ProjectMaker;

namespace {

/// "start web, stop web": the steps of a plan that know the definition of their service.
std::string informed(const Plan& plan) {
  std::string out;
  const auto add = [&out](const char* verb, const auto& op) {
    if (op.definition) out += (out.empty() ? "" : ", ") + std::string(verb) + " " + op.definition->name;
  };
  for (const PlanNode& node : plan.nodes) {
    if (const auto* start = std::get_if<StartContainer>(&node.op)) add("start", *start);
    if (const auto* stop = std::get_if<StopContainer>(&node.op)) add("stop", *stop);
    if (const auto* restart = std::get_if<RestartContainer>(&node.op)) add("restart", *restart);
  }
  return out;
}

ProjectMaker web_with_hooks_and_db() {
  ProjectMaker maker;
  maker.depends("web", "db", Dependency::Condition::started);
  maker.service("web").pre_stop = {{.command = {"bye"}}};
  return maker;
}

}  // namespace

TEST_CASE("steps know the definition of a service that has files or hooks, by whatever command they come", "[plan]") {
  const Project project = web_with_hooks_and_db().project;
  const ObservedState running = all_up(project);
  ObservedState nothing;
  nothing.images = running.images;
  CHECK(informed(plan_up(project, nothing, {})) == "start web");
  CHECK(informed(plan_stop(&project, running, {}, std::nullopt)) == "stop web");
  CHECK(informed(plan_restart(&project, running, {})) == "restart web");
  CHECK(informed(plan_down(&project, running, {})) == "stop web");
  CHECK(informed(plan_remove(&project, running, {.stop = true})) == "stop web");
}

TEST_CASE("a service that is switched off has its hooks too; without a file there are none", "[plan]") {
  Project project = web_with_hooks_and_db().project;
  const ObservedState running = all_up(project);
  project.disabled_services.insert(project.services.extract("web"));
  CHECK(informed(plan_down(&project, running, {})) == "stop web");
  CHECK(informed(plan_down(nullptr, running, {})).empty());
}

#include "compose/plan/pre_start.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "compose/base/error.hpp"
#include "compose/plan/labels.hpp"
#include "compose/plan/plan_images.hpp"
#include "compose/plan/plan_lifecycle.hpp"
#include "compose/plan/plan_up.hpp"
#include "tests/support/projects.hpp"

using namespace hoist;
using namespace hoist::compose;
using hoist::test::all_up;
using hoist::test::container_of;
using hoist::test::ProjectMaker;

namespace {

/// "web" with two hooks, the second in an image of its own.
ProjectMaker web_with_hooks() {
  ProjectMaker maker;
  Service& web = maker.service("web");
  web.environment = {{"A", "1"}, {"B", "1"}};
  web.pre_start = {{.command = {"migrate"}, .environment = {{"B", "2"}}},
                   {.image = "seeds", .command = {"seed"}, .user = "7"}};
  return maker;
}

ObservedState nothing_made(const Project& project) {
  ObservedState state;
  state.images = all_up(project).images;
  return state;
}

const ContainerSpec& created(const Plan& plan, const std::string& name) {
  for (const PlanNode& node : plan.nodes) {
    const auto* create = std::get_if<CreateContainer>(&node.op);
    if (create != nullptr && create->spec.name == name) return create->spec;
  }
  throw Error(ErrorCode::not_found, name);
}

/// Whether a step of the plan is about a hook.
bool runs_hooks(const Plan& plan) {
  return to_string(plan).find("pre_start") != std::string::npos;
}

}  // namespace

TEST_CASE("hooks before the start run one by one between the making of containers and their start", "[plan]") {
  ProjectMaker maker = web_with_hooks();
  maker.service("web").scale = 2;
  CHECK(to_string(plan_up(maker.project, nothing_made(maker.project), {})) ==
        "#1 create network shop_default after=[] because it does not exist\n"
        "#2 create container shop-web-1 after=[1] because it does not exist\n"
        "#3 create container shop-web-2 after=[1] because it does not exist\n"
        "#4 create container shop-web-pre_start-0 after=[2,3] because 'web' is started after it\n"
        "#5 start container shop-web-pre_start-0 after=[4] because 'web' is started after it\n"
        "#6 await service web pre_start[0] completed successfully after=[5] because 'web' is started after it\n"
        "#7 remove container shop-web-pre_start-0 after=[6] because its hook has ended\n"
        "#8 create container shop-web-pre_start-1 after=[7] because 'web' is started after it\n"
        "#9 start container shop-web-pre_start-1 after=[8] because 'web' is started after it\n"
        "#10 await service web pre_start[1] completed successfully after=[9] because 'web' is started after it\n"
        "#11 remove container shop-web-pre_start-1 after=[10] because its hook has ended\n"
        "#12 start container shop-web-1 after=[2,11] because it was created\n"
        "#13 start container shop-web-2 after=[3,11] because it was created\n");
}

TEST_CASE("a hook has the service's variables, volumes and networks, and no name of its own there", "[plan]") {
  const Project project = web_with_hooks().project;
  const Plan plan = plan_up(project, nothing_made(project), {});
  const ContainerSpec first = created(plan, "shop-web-pre_start-0");
  CHECK(first.image == project.get_service("web").image_name(project));
  CHECK(first.service->environment == EnvironmentMap{{"A", "1"}, {"B", "2"}});
  CHECK(first.service->volumes_from == std::vector<std::string>{"container:shop-web-1"});
  CHECK(first.service->networks.size() == 1);
  CHECK_FALSE(first.service_names);
  CHECK(is_one_off(first.labels));
  const ContainerSpec second = created(plan, "shop-web-pre_start-1");
  CHECK(second.image == "seeds");
  CHECK(second.service->user == "7");
  CHECK(second.service->environment == EnvironmentMap{{"A", "1"}, {"B", "1"}});
}

TEST_CASE("hooks run when no replica does, by up and by start, and else not", "[plan]") {
  ProjectMaker maker = web_with_hooks();
  maker.service("web").scale = 2;
  ObservedState state = all_up(maker.project);
  CHECK(plan_up(maker.project, state, {}).empty());
  container_of(state, "web", 2).state = ContainerState::exited;
  CHECK_FALSE(runs_hooks(plan_up(maker.project, state, {})));
  container_of(state, "web", 1).state = ContainerState::exited;
  CHECK(runs_hooks(plan_up(maker.project, state, {})));
  CHECK(runs_hooks(plan_start(&maker.project, state, {}, false)));
  CHECK_FALSE(runs_hooks(plan_up(maker.project, state, {.start = false})));
}

TEST_CASE("a container that a failed hook has left goes before the hooks run again", "[plan]") {
  const Project project = web_with_hooks().project;
  ObservedState state = nothing_made(project);
  ObservedContainer left{.id = "c0ffee", .name = "shop-web-pre_start-1", .service = "web", .one_off = true};
  left.labels = hook_labels(project, project.get_service("web"), "pre_start");
  state.containers.push_back(left);
  const std::string plan = to_string(plan_up(project, state, {}));
  CHECK(plan.find("#3 remove container shop-web-pre_start-1 after=[] because its hook did not succeed\n"
                  "#4 create container shop-web-pre_start-0 after=[2,3]") != std::string::npos);
}

TEST_CASE("a hook for each replica is refused with its place", "[plan]") {
  ProjectMaker maker = web_with_hooks();
  maker.service("web").pre_start[1].per_replica = true;
  CHECK_THROWS_WITH(plan_up(maker.project, nothing_made(maker.project), {}),
                    "services.web.pre_start[1]: a hook for each replica is not supported");
}

TEST_CASE("images of hooks are looked for and pulled like those of services", "[plan]") {
  const Project project = web_with_hooks().project;
  const std::vector<std::string> wanted = observe_request(project).images;
  CHECK(std::find(wanted.begin(), wanted.end(), "seeds") != wanted.end());
  CHECK(to_string(plan_ensure_images(project, nothing_made(project), {})) ==
        "#1 pull image seeds after=[] because it is not there\n");
  CHECK(to_string(plan_pull(project, {}, {})).find("pull image seeds") != std::string::npos);
}

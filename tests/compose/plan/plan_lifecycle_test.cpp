#include "compose/plan/plan_lifecycle.hpp"

#include <catch2/catch.hpp>

#include "compose/base/error.hpp"
#include "compose/plan/plan_run.hpp"
#include "tests/support/projects.hpp"

using namespace hoist;
using namespace hoist::compose;
using hoist::test::all_up;
using hoist::test::container_of;
using hoist::test::ProjectMaker;

namespace {

ProjectMaker web_and_db(Dependency::Condition condition = Dependency::Condition::started) {
  ProjectMaker maker;
  maker.depends("web", "db", condition);
  return maker;
}

ObservedState all_stopped(const Project& project) {
  ObservedState state = all_up(project);
  for (ObservedContainer& container : state.containers) {
    container.state = ContainerState::exited;
    container.exit_code = 0;
    container.health = Health::none;
  }
  return state;
}

}  // namespace

TEST_CASE("start follows dependencies and their conditions, with a file or without", "[plan]") {
  const Project project = web_and_db(Dependency::Condition::healthy).project;
  CHECK(to_string(plan_start(&project, all_stopped(project), {"web"})) ==
        "#1 start container shop-db-1 after=[] because asked for\n"
        "#2 await service db healthy after=[1] because 'web' depends on it\n"
        "#3 start container shop-web-1 after=[2] because asked for\n");
  CHECK(to_string(plan_start(nullptr, all_stopped(project), {})) ==
        "#1 start container shop-db-1 after=[] because asked for\n"
        "#2 start container shop-web-1 after=[1] because asked for\n");
  CHECK(plan_start(&project, all_up(project), {}).empty());
}

TEST_CASE("start of a service without a container says how to make one", "[plan]") {
  const Project project = web_and_db().project;
  CHECK_THROWS_WITH(plan_start(&project, {}, {"web"}), Catch::Contains("service 'web' has no container"));
  CHECK(plan_start(&project, {}, {}).empty());
}

TEST_CASE("stop ends dependants first and leaves what does not run", "[plan]") {
  const Project project = web_and_db().project;
  CHECK(to_string(plan_stop(&project, all_up(project), {})) ==
        "#1 stop container shop-web-1 after=[] because asked for\n"
        "#2 stop container shop-db-1 after=[1] because asked for\n");
  CHECK(to_string(plan_stop(nullptr, all_up(project), {"db"})) ==
        "#1 stop container shop-db-1 after=[] because asked for\n");
  CHECK(plan_stop(&project, all_stopped(project), {}).empty());
}

TEST_CASE("restart takes along the dependants that asked for it", "[plan]") {
  ProjectMaker maker = web_and_db();
  const ObservedState state = all_up(maker.project);
  CHECK(to_string(plan_restart(&maker.project, state, {.services = {"db"}})) ==
        "#1 restart container shop-db-1 after=[] because asked for\n");
  maker.service("web").depends_on[0].restart = true;
  CHECK(to_string(plan_restart(&maker.project, state, {.services = {"db"}})) ==
        "#1 restart container shop-db-1 after=[] because asked for\n"
        "#2 restart container shop-web-1 after=[1] because 'db' is restarted\n");
  CHECK(to_string(plan_restart(&maker.project, state, {.services = {"db"}, .dependencies = false})) ==
        "#1 restart container shop-db-1 after=[] because asked for\n");
}

TEST_CASE("kill signals all at once", "[plan]") {
  const Project project = web_and_db().project;
  CHECK(to_string(plan_kill(&project, all_up(project), {.signal = "SIGHUP"})) ==
        "#1 kill container shop-db-1 with SIGHUP after=[] because asked for\n"
        "#2 kill container shop-web-1 with SIGHUP after=[] because asked for\n");
}

TEST_CASE("rm removes what is stopped, and with --stop the rest too", "[plan]") {
  const Project project = web_and_db().project;
  ObservedState state = all_up(project);
  container_of(state, "web").state = ContainerState::exited;
  CHECK(to_string(plan_remove(&project, state, {})) == "#1 remove container shop-web-1 after=[] because asked for\n");
  CHECK(to_string(plan_remove(&project, state, {.stop = true})) ==
        "#1 stop container shop-db-1 after=[] because --stop\n"
        "#2 remove container shop-db-1 after=[1] because asked for\n"
        "#3 remove container shop-web-1 after=[] because asked for\n");
}

TEST_CASE("run brings dependencies up, awaits them and makes a container of its own", "[plan]") {
  ProjectMaker maker = web_and_db(Dependency::Condition::healthy);
  maker.project.networks.clear();
  const std::string slug(64, 'a');
  const RunRequest request{.service = maker.service("web"), .slug = slug, .auto_remove = true};
  const Plan plan = plan_run(maker.project, {}, request);
  CHECK(to_string(plan) ==
        "#1 create container shop-db-1 after=[] because it does not exist\n"
        "#2 start container shop-db-1 after=[1] because it was created\n"
        "#3 await service db healthy after=[2] because 'web' depends on it\n"
        "#4 create container shop-web-run-aaaaaaaaaaaa after=[1,2,3] because asked for\n");
  const ContainerSpec& spec = std::get<CreateContainer>(plan.nodes.back().op).spec;
  CHECK(spec.auto_remove);
  CHECK(spec.number == 0);
  CHECK(spec.labels.at("com.docker.compose.oneoff") == "True");
  CHECK(spec.labels.at("com.docker.compose.slug") == slug);
  CHECK_FALSE(spec.labels.contains("com.docker.compose.container-number"));
}

TEST_CASE("run leaves the service's own containers and running dependencies alone", "[plan]") {
  ProjectMaker maker = web_and_db();
  const RunRequest request{.service = maker.service("web"), .name = "once", .slug = std::string(64, 'b')};
  CHECK(to_string(plan_run(maker.project, all_up(maker.project), request)) ==
        "#1 create container once after=[] because asked for\n");
}

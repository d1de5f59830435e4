#include "compose/plan/plan_down.hpp"

#include <catch2/catch.hpp>

#include "compose/base/error.hpp"
#include "tests/support/projects.hpp"

using namespace hoist;
using namespace hoist::compose;
using hoist::test::all_up;
using hoist::test::container_of;
using hoist::test::ProjectMaker;
using hoist::test::running;

namespace {

std::string down(const Project* project, const ObservedState& observed, const DownRequest& request = {}) {
  return to_string(plan_down(project, observed, request));
}

ProjectMaker web_and_db() {
  ProjectMaker maker;
  maker.depends("web", "db").volume("db", "data", "/data");
  return maker;
}

constexpr const char* k_all_gone =
    "#1 stop container shop-web-1 after=[] because down\n"
    "#2 stop container shop-db-1 after=[1] because down\n"
    "#3 remove container shop-db-1 after=[2] because down\n"
    "#4 remove container shop-web-1 after=[1] because down\n"
    "#5 remove network shop_default after=[3,4] because down\n";

}  // namespace

TEST_CASE("down stops dependants first and removes the network last; volumes stay", "[plan]") {
  const Project project = web_and_db().project;
  CHECK(down(&project, all_up(project)) == k_all_gone);
}

TEST_CASE("down needs no Compose file: labels tell who depends on whom", "[plan]") {
  const Project project = web_and_db().project;
  CHECK(down(nullptr, all_up(project)) == k_all_gone);
}

TEST_CASE("down of nothing is an empty plan", "[plan]") {
  const Project project = web_and_db().project;
  CHECK(plan_down(&project, {}, {}).empty());
  CHECK(plan_down(nullptr, {}, {}).empty());
}

TEST_CASE("down removes volumes and images when asked", "[plan]") {
  ProjectMaker maker = web_and_db();
  maker.service("web").image.clear();
  const ObservedState state = all_up(maker.project);
  CHECK_THAT(down(&maker.project, state, {.remove_volumes = true, .images = DownRequest::Images::local}),
             Catch::EndsWith("#6 remove volume shop_data after=[3,4] because --volumes\n"
                             "#7 remove image shop-web after=[3,4] because --rmi\n"));
  CHECK_THAT(down(&maker.project, state, {.images = DownRequest::Images::all}),
             Catch::EndsWith("#6 remove image db:1 after=[3,4] because --rmi\n"
                             "#7 remove image shop-web after=[3,4] because --rmi\n"));
}

TEST_CASE("down leaves what belongs to others", "[plan]") {
  ProjectMaker maker = web_and_db();
  ObservedState state = all_up(maker.project);
  state.volumes["shop_data"].labels.clear();
  state.networks["shop_default"].labels = {{"com.docker.compose.project", "bank"}};
  const std::string text = down(&maker.project, state, {.remove_volumes = true});
  CHECK_THAT(text, !Catch::Contains("volume"));
  CHECK_THAT(text, !Catch::Contains("network"));
}

TEST_CASE("down of one service leaves the rest and the network that it is on", "[plan]") {
  const Project project = web_and_db().project;
  CHECK(down(&project, all_up(project), {.services = {"web"}}) ==
        "#1 stop container shop-web-1 after=[] because down\n"
        "#2 remove container shop-web-1 after=[1] because down\n");
  CHECK_THROWS_WITH(plan_down(nullptr, all_up(project), {.services = {"wbe"}}),
                    Catch::Contains("no such service: 'wbe'"));
}

TEST_CASE("an orphan keeps its network and is named, or goes when asked", "[plan]") {
  ProjectMaker maker = web_and_db();
  const ObservedState state = all_up(maker.project);
  maker.service("web").depends_on.clear();
  maker.project.services.erase("db");
  CHECK(down(&maker.project, state) ==
        "#1 stop container shop-web-1 after=[] because down\n"
        "#2 remove container shop-web-1 after=[1] because down\n"
        "! the orphan container 'shop-db-1' belongs to no service of the Compose file; --remove-orphans removes it\n");
  CHECK_THAT(down(&maker.project, state, {.remove_orphans = true}),
             Catch::Contains("remove container shop-db-1") && Catch::Contains("remove network shop_default"));
}

TEST_CASE("labels that go in a circle do not stop down", "[plan]") {
  const Project project = web_and_db().project;
  ObservedState state = all_up(project);
  container_of(state, "db").labels["com.docker.compose.depends_on"] = "web:service_started:false";
  CHECK_THAT(down(nullptr, state), Catch::Contains("remove network shop_default"));
}

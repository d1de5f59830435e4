#include "compose/plan/providers.hpp"

#include <catch2/catch.hpp>

#include "compose/plan/plan_down.hpp"
#include "compose/plan/plan_images.hpp"
#include "compose/plan/plan_lifecycle.hpp"
#include "compose/plan/plan_up.hpp"
#include "tests/support/projects.hpp"

using namespace hoist;
using namespace hoist::compose;
using hoist::test::all_up;
using hoist::test::ProjectMaker;

namespace {

/// "app" depends on "cloud", which a provider brings up and which depends on "vpn".
ProjectMaker app_in_the_cloud() {
  ProjectMaker maker;
  maker.service("vpn");
  maker.depends("app", "cloud").depends("cloud", "vpn");
  Service& cloud = maker.service("cloud");
  cloud.provider = Provider{.type = "acme"};
  cloud.image.clear();
  cloud.networks.clear();
  return maker;
}

/// What is there when all is up: nothing of the provider.
ObservedState without_cloud(const Project& project) {
  ObservedState state = all_up(project);
  std::erase_if(state.containers, [](const ObservedContainer& container) { return container.service == "cloud"; });
  return state;
}

}  // namespace

TEST_CASE("containers are made when the providers that tell their variables are up", "[plan]") {
  const Project project = app_in_the_cloud().project;
  ObservedState images;
  images.images = all_up(project).images;
  CHECK(to_string(plan_up(project, images, {})) ==
        "#1 create network shop_default after=[] because it does not exist\n"
        "#2 create container shop-vpn-1 after=[1] because it does not exist\n"
        "#3 start container shop-vpn-1 after=[2] because it was created\n"
        "#4 provide service cloud by acme after=[3] because it is not run in a container\n"
        "#5 create container shop-app-1 after=[1,4] because it does not exist\n"
        "#6 start container shop-app-1 after=[4,5] because it was created\n");
}

TEST_CASE("a provider is asked at each up, and its dependants stay as they are", "[plan]") {
  const Project project = app_in_the_cloud().project;
  CHECK(to_string(plan_up(project, without_cloud(project), {.wait = true})) ==
        "#1 provide service cloud by acme after=[] because it is not run in a container\n");
}

TEST_CASE("stop and down end what a provider has brought up after its dependants", "[plan]") {
  const Project project = app_in_the_cloud().project;
  const ObservedState state = without_cloud(project);
  const std::string stop = to_string(plan_stop(&project, state, {}, std::nullopt));
  CHECK(stop ==
        "#1 stop container shop-app-1 after=[] because asked for\n"
        "#2 stop service cloud by acme after=[1] because asked for\n"
        "#3 stop container shop-vpn-1 after=[2] because asked for\n");
  CHECK(to_string(plan_down(&project, state, {})).find("#2 remove service cloud by acme after=[1] because down\n") !=
        std::string::npos);
  CHECK(to_string(plan_down(&project, state, {.services = {"app"}})).find("cloud") == std::string::npos);
  CHECK(to_string(plan_down(nullptr, state, {})).find("cloud") == std::string::npos);
}

TEST_CASE("a provider has no image", "[plan]") {
  const Project project = app_in_the_cloud().project;
  CHECK(plan_pull(project, {}, {.services = {"cloud"}}).empty());
  for (const std::string& image : observe_request(project).images) CHECK(image.find("cloud") == std::string::npos);
}

TEST_CASE("without a provider all is made at once", "[plan]") {
  ProjectMaker maker;
  maker.depends("app", "db");
  CHECK(provider_stages(maker.project, {"db", "app"}).size() == 1);
}

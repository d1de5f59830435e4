#include "compose/plan/plan_up.hpp"

#include <catch2/catch.hpp>

#include "compose/base/error.hpp"
#include "compose/plan/labels.hpp"
#include "tests/support/projects.hpp"

using namespace hoist;
using namespace hoist::compose;
using hoist::test::all_up;
using hoist::test::container_of;
using hoist::test::ProjectMaker;
using hoist::test::running;

namespace {

std::string up(const Project& project, const ObservedState& observed, const UpRequest& request = {}) {
  return to_string(plan_up(project, observed, request));
}

/// An engine that has the images and nothing else.
ObservedState only_images(const Project& project) {
  ObservedState state;
  state.images = all_up(project).images;
  return state;
}

ProjectMaker web_and_db(Dependency::Condition condition = Dependency::Condition::started) {
  ProjectMaker maker;
  maker.depends("web", "db", condition);
  return maker;
}

}  // namespace

TEST_CASE("a first up makes the network, every container, and starts dependencies first", "[plan]") {
  const Project project = web_and_db().project;
  CHECK(up(project, only_images(project)) ==
        "#1 create network shop_default after=[] because it does not exist\n"
        "#2 create container shop-db-1 after=[1] because it does not exist\n"
        "#3 create container shop-web-1 after=[1] because it does not exist\n"
        "#4 start container shop-db-1 after=[2] because it was created\n"
        "#5 start container shop-web-1 after=[3,4] because it was created\n");
}

TEST_CASE("a second up changes nothing", "[plan]") {
  ProjectMaker maker = web_and_db(Dependency::Condition::healthy);
  maker.service("db").healthcheck = Healthcheck{.test = {"CMD", "true"}};
  maker.service("web").scale = 3;
  maker.volume("db", "data", "/data");
  CHECK(plan_up(maker.project, all_up(maker.project), {}).empty());
  CHECK(plan_up(maker.project, all_up(maker.project), {.wait = true}).empty());
}

TEST_CASE("where no service is switched on, the profiles are named", "[plan]") {
  ProjectMaker maker;
  CHECK_THROWS_WITH(plan_up(maker.project, {}, {}), "shop has no service to start");
  maker.project.disabled_services["probe"] = Service{.name = "probe", .profiles = {"debug", "tools"}};
  try {
    plan_up(maker.project, {}, {});
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::not_found);
    CHECK(error.hint() == "a profile switches 'probe' on: --profile debug or tools");
  }
}

TEST_CASE("a condition becomes one await that all dependants share", "[plan]") {
  ProjectMaker maker;
  maker.depends("api", "db", Dependency::Condition::healthy);
  maker.depends("web", "db", Dependency::Condition::healthy);
  maker.depends("web", "migrate", Dependency::Condition::completed_successfully);
  maker.project.networks.clear();
  CHECK(up(maker.project, only_images(maker.project)) ==
        "#1 create container shop-db-1 after=[] because it does not exist\n"
        "#2 create container shop-api-1 after=[] because it does not exist\n"
        "#3 create container shop-migrate-1 after=[] because it does not exist\n"
        "#4 create container shop-web-1 after=[] because it does not exist\n"
        "#5 start container shop-db-1 after=[1] because it was created\n"
        "#6 await service db healthy after=[5] because 'api' depends on it\n"
        "#7 start container shop-api-1 after=[2,6] because it was created\n"
        "#8 start container shop-migrate-1 after=[3] because it was created\n"
        "#9 await service migrate completed successfully after=[8] because 'web' depends on it\n"
        "#10 start container shop-web-1 after=[4,6,9] because it was created\n");
}

TEST_CASE("what a dependency is already is not waited for; what it may become is", "[plan]") {
  ProjectMaker maker = web_and_db(Dependency::Condition::healthy);
  maker.service("db").healthcheck = Healthcheck{.test = {"CMD", "true"}};
  ObservedState state = all_up(maker.project);
  container_of(state, "web").state = ContainerState::exited;
  container_of(state, "web").exit_code = 3;
  CHECK(up(maker.project, state) == "#1 start container shop-web-1 after=[] because it had exited (3)\n");
  container_of(state, "db").health = Health::starting;
  CHECK(up(maker.project, state) ==
        "#1 await service db healthy after=[] because 'web' depends on it\n"
        "#2 start container shop-web-1 after=[1] because it had exited (3)\n");
}

TEST_CASE("a dependency that need not be there holds nothing back", "[plan]") {
  ProjectMaker maker = web_and_db(Dependency::Condition::healthy);
  maker.service("web").depends_on[0].required = false;
  const Plan plan = plan_up(maker.project, only_images(maker.project), {});
  REQUIRE(std::holds_alternative<AwaitCondition>(plan.nodes[4].op));
  CHECK_FALSE(std::get<AwaitCondition>(plan.nodes[4].op).required);
}

TEST_CASE("one changed service is replaced and its dependants are left alone", "[plan]") {
  const Project before = web_and_db().project;
  ProjectMaker maker = web_and_db();
  maker.service("db").config_hash = "other";
  CHECK(up(maker.project, all_up(before)) ==
        "#1 replace container shop-db-1 after=[] because its configuration changed\n"
        "#2 start container shop-db-1 after=[1] because it was made anew\n");
}

TEST_CASE("a dependant with 'restart: true' rests while its dependency is replaced", "[plan]") {
  const Project before = web_and_db().project;
  ProjectMaker maker = web_and_db();
  maker.service("web").depends_on[0].restart = true;
  maker.service("db").config_hash = "other";
  CHECK(up(maker.project, all_up(before)) ==
        "#1 stop container shop-web-1 after=[] because 'db' is made anew\n"
        "#2 replace container shop-db-1 after=[1] because its configuration changed\n"
        "#3 start container shop-db-1 after=[2] because it was made anew\n"
        "#4 start container shop-web-1 after=[1,3] because 'db' is made anew\n");
}

TEST_CASE("reasons to replace a container", "[plan]") {
  ProjectMaker maker;
  maker.volume("db", "data", "/data");
  ObservedState state = all_up(maker.project);
  ObservedContainer& db = container_of(state, "db");
  std::string cause;
  SECTION("its image") {
    state.images["db:1"] = "sha256:newer";
    cause = "the image 'db:1' changed";
  }
  SECTION("a network that it is not on") {
    db.networks.clear();
    cause = "it is not on network 'shop_default'";
  }
  SECTION("a network of that name that is another one") {
    state.networks["shop_default"].id = "another";
    cause = "network 'shop_default' was made anew";
  }
  SECTION("a volume") {
    db.mounts.clear();
    cause = "volume 'shop_data' is not mounted";
  }
  SECTION("death") {
    db.state = ContainerState::dead;
    cause = "it is dead";
  }
  CHECK_THAT(up(maker.project, state),
             Catch::Equals("#1 replace container shop-db-1 after=[] because " + cause +
                           "\n#2 start container shop-db-1 after=[1] because it was made anew\n"));
  CHECK(plan_up(maker.project, state, {.recreate = Recreate::never}).empty() == (cause != "it is dead"));
}

TEST_CASE("an image that was removed by hand does not stop what runs", "[plan]") {
  const Project project = web_and_db().project;
  ObservedState state = all_up(project);
  state.images.clear();
  CHECK(plan_up(project, state, {}).empty());
}

TEST_CASE("named services come with their dependencies unless told otherwise", "[plan]") {
  ProjectMaker maker = web_and_db();
  maker.service("other");
  maker.project.networks.clear();
  CHECK(up(maker.project, {}, {.services = {"web"}}) ==
        "#1 create container shop-db-1 after=[] because it does not exist\n"
        "#2 create container shop-web-1 after=[] because it does not exist\n"
        "#3 start container shop-db-1 after=[1] because it was created\n"
        "#4 start container shop-web-1 after=[2,3] because it was created\n");
  CHECK(up(maker.project, {}, {.services = {"web"}, .dependencies = false}) ==
        "#1 create container shop-web-1 after=[] because it does not exist\n"
        "#2 start container shop-web-1 after=[1] because it was created\n");
}

TEST_CASE("--force-recreate is about the named services, --always-recreate-deps about the rest", "[plan]") {
  const Project project = web_and_db().project;
  CHECK(up(project, all_up(project), {.services = {"web"}, .recreate = Recreate::force}) ==
        "#1 replace container shop-web-1 after=[] because --force-recreate\n"
        "#2 start container shop-web-1 after=[1] because it was made anew\n");
  CHECK(up(project, all_up(project), {.services = {"web"}, .recreate_dependencies = Recreate::force}) ==
        "#1 replace container shop-db-1 after=[] because --always-recreate-deps\n"
        "#2 start container shop-db-1 after=[1] because it was made anew\n");
}

TEST_CASE("scaling keeps the lowest numbers and drops what is out of date first", "[plan]") {
  ProjectMaker maker;
  maker.service("web").scale = 3;
  ObservedState state = all_up(maker.project);
  CHECK(up(maker.project, state, {.scale = {{"web", 2}}}) ==
        "#1 stop container shop-web-3 after=[] because 2 replicas are wanted\n"
        "#2 remove container shop-web-3 after=[1] because 2 replicas are wanted\n");
  container_of(state, "web", 1).config_hash = "older";
  CHECK(up(maker.project, state, {.scale = {{"web", 2}}}) ==
        "#1 stop container shop-web-1 after=[] because 2 replicas are wanted\n"
        "#2 remove container shop-web-1 after=[1] because 2 replicas are wanted\n");
  CHECK(up(maker.project, all_up(maker.project), {.scale = {{"web", 4}}}) ==
        "#1 create container shop-web-4 after=[] because it does not exist\n"
        "#2 start container shop-web-4 after=[1] because it was created\n");
}

TEST_CASE("a number of replicas that no machine has is refused before anything is planned", "[plan]") {
  ProjectMaker maker;
  maker.service("web");
  CHECK_THROWS_WITH(up(maker.project, only_images(maker.project), {.scale = {{"web", 100'000'000}}}),
                    "service 'web' cannot have 100000000 replicas: 10000 is the most");
}

TEST_CASE("a fixed container name and replicas do not go together", "[plan]") {
  ProjectMaker maker;
  maker.service("web").container_name = "only-one";
  CHECK_THROWS_WITH(plan_up(maker.project, {}, {.scale = {{"web", 2}}}), Catch::Contains("container_name 'only-one'"));
  CHECK_THROWS_WITH(plan_up(maker.project, {}, {.scale = {{"wbe", 2}}}), Catch::Contains("no such service: 'wbe'"));
}

TEST_CASE("a replacement that was broken off is finished", "[plan]") {
  ProjectMaker maker;
  maker.service("web");
  ObservedState state = all_up(maker.project);
  ObservedContainer made = container_of(state, "web");
  made.id = "feedfacecafe";
  made.name = "0123456789ab_shop-web-1";
  made.state = ContainerState::created;
  SECTION("killed before the old one was removed") {
    container_of(state, "web").config_hash = "older";
    state.containers.push_back(made);
    CHECK(up(maker.project, state) ==
          "#1 stop container shop-web-1 after=[] because 1 replica is wanted\n"
          "#2 remove container shop-web-1 after=[1] because 1 replica is wanted\n"
          "#3 rename container shop-web-1 from 0123456789ab_shop-web-1 after=[2] because an earlier "
          "replacement was "
          "broken off\n"
          "#4 start container shop-web-1 after=[3] because it was never started\n");
  }
  SECTION("killed before the new one got its name") {
    state.containers = {made};
    CHECK(up(maker.project, state) ==
          "#1 rename container shop-web-1 from 0123456789ab_shop-web-1 after=[] because an earlier "
          "replacement was "
          "broken off\n"
          "#2 start container shop-web-1 after=[1] because it was never started\n");
  }
  SECTION("killed, and the old one is right after all") {
    state.containers.push_back(made);
    CHECK(up(maker.project, state) ==
          "#1 remove container 0123456789ab_shop-web-1 after=[] because 1 replica is wanted\n");
  }
}

TEST_CASE("a replaced container hands over its anonymous volumes", "[plan]") {
  ProjectMaker maker;
  maker.service("db");
  ObservedState state = all_up(maker.project);
  container_of(state, "db").mounts = {
      {.type = Mount::Type::volume, .name = "0a1b", .target = "/var/lib", .anonymous = true},
      {.type = Mount::Type::volume, .name = "2c3d", .target = "/named", .anonymous = true}};
  maker.volume("db", "data", "/named");
  state.volumes = all_up(maker.project).volumes;
  const auto spec = [&](const UpRequest& request) {
    const Plan plan = plan_up(maker.project, state, request);
    return std::get<ReplaceContainer>(plan.nodes.at(0).op).spec;
  };
  CHECK(spec({}).inherited_volumes == StringMap{{"/var/lib", "0a1b"}});
  CHECK(spec({.renew_anonymous_volumes = true}).inherited_volumes.empty());
}

TEST_CASE("a container in another's network goes with it", "[plan]") {
  ProjectMaker maker = web_and_db();
  Service& web = maker.service("web");
  web.networks.clear();
  web.network_mode = "service:db";
  const ObservedState state = all_up(maker.project);
  maker.service("db").config_hash = "other";
  CHECK(up(maker.project, state) ==
        "#1 replace container shop-db-1 after=[] because its configuration changed\n"
        "#2 replace container shop-web-1 after=[1] because the container of 'db' whose network it shares goes\n"
        "#3 start container shop-db-1 after=[1] because it was made anew\n"
        "#4 start container shop-web-1 after=[2,3] because it was made anew\n");
}

TEST_CASE("a container goes with the one whose namespaces or volumes it shares", "[plan]") {
  const std::string what = GENERATE(as<std::string>{}, "IPC namespace", "process namespace", "volumes");
  ProjectMaker maker = web_and_db();
  Service& web = maker.service("web");
  if (what == "IPC namespace") web.ipc = "service:db";
  if (what == "process namespace") web.pid = "service:db";
  if (what == "volumes") web.volumes_from = {"db:ro"};
  ObservedState state = all_up(maker.project);
  CHECK(plan_up(maker.project, state, {}).empty());
  CHECK_THAT(up(maker.project, state, {.scale = {{"db", 2}}}), !Catch::Contains("web"));
  const std::string because = "because the container of 'db' whose " + what + " it shares goes\n";
  SECTION("replaced") {
    maker.service("db").config_hash = "other";
    CHECK(up(maker.project, state) ==
          "#1 replace container shop-db-1 after=[] because its configuration changed\n"
          "#2 replace container shop-web-1 after=[1] " +
              because +
              "#3 start container shop-db-1 after=[1] because it was made anew\n"
              "#4 start container shop-web-1 after=[2,3] because it was made anew\n");
  }
  SECTION("removed by hand") {
    std::erase_if(state.containers, [](const ObservedContainer& each) { return each.service == "db"; });
    CHECK_THAT(up(maker.project, state), Catch::Contains("replace container shop-web-1 after=[1] " + because));
  }
}

TEST_CASE("a container that is linked is made before the one that links it", "[plan]") {
  ProjectMaker maker = web_and_db();
  maker.service("web").links = {"db:database"};
  CHECK_THAT(up(maker.project, only_images(maker.project)),
             Catch::Contains("#2 create container shop-db-1 after=[1]") &&
                 Catch::Contains("#3 create container shop-web-1 after=[1,2]"));
}

TEST_CASE("volumes that come from another service are not handed over", "[plan]") {
  ProjectMaker maker = web_and_db();
  maker.service("web").volumes_from = {"db"};
  ObservedState state = all_up(maker.project);
  const ObservedMount shared{.name = "aaa", .target = "/data", .anonymous = true};
  container_of(state, "db").mounts = {shared};
  container_of(state, "web").mounts = {shared, {.name = "bbb", .target = "/own", .anonymous = true}};
  maker.service("web").config_hash = "other";
  const Plan plan = plan_up(maker.project, state, {});
  CHECK(std::get<ReplaceContainer>(plan.nodes[0].op).spec.inherited_volumes == StringMap{{"/own", "bbb"}});
}

TEST_CASE("who shares a network that is gone is made anew, whoever took it away", "[plan]") {
  ProjectMaker maker = web_and_db();
  Service& web = maker.service("web");
  web.networks.clear();
  web.network_mode = "service:db";
  ObservedState state = all_up(maker.project);
  SECTION("all is well") {
    CHECK(plan_up(maker.project, state, {}).empty());
  }
  SECTION("another replica more is no reason") {
    CHECK_THAT(up(maker.project, state, {.scale = {{"db", 2}}}), !Catch::Contains("web"));
  }
  SECTION("an up was broken off between the two") {
    container_of(state, "db").id = "another";
    CHECK(up(maker.project, state) ==
          "#1 replace container shop-web-1 after=[] because the container of 'db' whose network it shares goes\n"
          "#2 start container shop-web-1 after=[1] because it was made anew\n");
  }
}

TEST_CASE("a network that others stay on is kept with a warning", "[plan]") {
  ProjectMaker maker;
  maker.service("one");
  maker.service("two");
  const ObservedState state = all_up(maker.project);
  maker.project.networks["default"].config_hash = "other";
  const Plan plan = plan_up(maker.project, state, {.services = {"one"}});
  CHECK(plan.nodes.empty());
  REQUIRE(plan.warnings.size() == 1);
  CHECK_THAT(plan.warnings[0], Catch::Contains("network 'shop_default'") && Catch::Contains("shop-two-1 is on it"));
  maker.project.services.erase("two");
  CHECK(plan_up(maker.project, state, {}).nodes.empty());
  CHECK_THAT(
      up(maker.project, state, {.remove_orphans = true}),
      Catch::Contains("#4 remove container shop-one-1") || Catch::Contains("remove network shop_default after=[2,4]"));
}

TEST_CASE("an orphan gives its name free before a service takes it", "[plan]") {
  ProjectMaker maker;
  maker.service("old").container_name = "the-one";
  const ObservedState state = all_up(maker.project);
  maker.project.services.erase("old");
  maker.service("fresh").container_name = "the-one";
  CHECK(up(maker.project, state, {.remove_orphans = true}) ==
        "#1 stop container the-one after=[] because the file has no such service\n"
        "#2 remove container the-one after=[1] because the file has no such service\n"
        "#3 create container the-one after=[2] because it does not exist\n"
        "#4 start container the-one after=[3] because it was created\n");
}

TEST_CASE("a dependant rests for each of its dependencies that is replaced", "[plan]") {
  ProjectMaker maker;
  maker.depends("web", "cache").depends("web", "db");
  for (Dependency& dependency : maker.service("web").depends_on) dependency.restart = true;
  const ObservedState state = all_up(maker.project);
  maker.service("db").config_hash = "other";
  maker.service("cache").config_hash = "other";
  const std::string text = up(maker.project, state);
  CHECK_THAT(text, Catch::Contains("replace container shop-cache-1 after=[1]"));
  CHECK_THAT(text, Catch::Contains("replace container shop-db-1 after=[1]"));
}

TEST_CASE("a network whose configuration changed is made anew with all that is on it", "[plan]") {
  ProjectMaker maker;
  maker.service("db");
  ObservedState state = all_up(maker.project);
  container_of(state, "db").mounts = {
      {.type = Mount::Type::volume, .name = "0a1b", .target = "/var/lib", .anonymous = true}};
  maker.project.networks["default"].config_hash = "other";
  const Plan plan = plan_up(maker.project, state, {});
  CHECK(to_string(plan) ==
        "#1 stop container shop-db-1 after=[] because network 'shop_default' is made anew\n"
        "#2 remove container shop-db-1 after=[1] because network 'shop_default' is made anew\n"
        "#3 remove network shop_default after=[2] because its configuration changed\n"
        "#4 create network shop_default after=[3] because its configuration changed\n"
        "#5 create container shop-db-1 after=[2,4] because it does not exist\n"
        "#6 start container shop-db-1 after=[5] because it was created\n");
  CHECK(std::get<CreateContainer>(plan.nodes[4].op).spec.inherited_volumes == StringMap{{"/var/lib", "0a1b"}});
}

TEST_CASE("external things must be there, foreign ones are used with a warning", "[plan]") {
  ProjectMaker maker;
  maker.volume("db", "data", "/data");
  ObservedState state = all_up(maker.project);
  SECTION("external") {
    maker.project.volumes["data"].external = true;
    CHECK(plan_up(maker.project, state, {}).empty());
    state.volumes.clear();
    CHECK_THROWS_WITH(plan_up(maker.project, state, {}),
                      Catch::Contains("volume 'shop_data' is declared external and does not exist"));
  }
  SECTION("foreign") {
    state.volumes["shop_data"].labels.clear();
    state.networks["shop_default"].labels = {{"com.docker.compose.project", "bank"}};
    const Plan plan = plan_up(maker.project, state, {});
    CHECK(plan.nodes.empty());
    REQUIRE(plan.warnings.size() == 2);
    CHECK_THAT(plan.warnings[0], Catch::Contains("network 'shop_default' belongs to project 'bank'"));
    CHECK_THAT(plan.warnings[1], Catch::Contains("volume 'shop_data' was not made by a Compose project"));
  }
  SECTION("other options") {
    maker.project.volumes["data"].config_hash = "other";
    const Plan plan = plan_up(maker.project, state, {});
    CHECK(plan.nodes.empty());
    REQUIRE(plan.warnings.size() == 1);
    CHECK_THAT(plan.warnings[0], Catch::Contains("it keeps its data"));
  }
}

TEST_CASE("orphans are named, or removed when asked, or not spoken of", "[plan]") {
  ProjectMaker maker = web_and_db();
  const ObservedState state = all_up(maker.project);
  maker.service("web").depends_on.clear();
  maker.project.services.erase("db");
  CHECK(up(maker.project, state) ==
        "! the orphan container 'shop-db-1' belongs to no service of the Compose file; --remove-orphans removes it\n");
  CHECK(up(maker.project, state, {.ignore_orphans = true}).empty());
  CHECK(up(maker.project, state, {.remove_orphans = true}) ==
        "#1 stop container shop-db-1 after=[] because the file has no such service\n"
        "#2 remove container shop-db-1 after=[1] because the file has no such service\n");
  maker.project.disabled_services["db"].name = "db";
  CHECK(up(maker.project, state).empty());
}

TEST_CASE("a host port that moves between services is free before it is taken", "[plan]") {
  ProjectMaker maker;
  maker.service("a").ports = {{.target = 80, .published = "8080"}};
  maker.service("b");
  ObservedState state = all_up(maker.project);
  container_of(state, "a").publishers = {{.target = 80, .published = 8080}};
  maker.service("a").ports.clear();
  maker.service("a").config_hash = "without";
  maker.service("b").ports = {{.target = 80, .published = "8080"}};
  maker.service("b").config_hash = "with";
  CHECK(up(maker.project, state) ==
        "#1 replace container shop-a-1 after=[] because its configuration changed\n"
        "#2 replace container shop-b-1 after=[] because its configuration changed\n"
        "#3 start container shop-a-1 after=[1] because it was made anew\n"
        "#4 start container shop-b-1 after=[1,2] because it was made anew\n");
}

TEST_CASE("'create' makes containers and starts none; --wait awaits each service as it is meant", "[plan]") {
  ProjectMaker maker;
  maker.depends("web", "migrate", Dependency::Condition::completed_successfully);
  maker.project.networks.clear();
  CHECK(up(maker.project, {}, {.start = false}) ==
        "#1 create container shop-migrate-1 after=[] because it does not exist\n"
        "#2 create container shop-web-1 after=[] because it does not exist\n");
  CHECK(up(maker.project, {}, {.wait = true}) ==
        "#1 create container shop-migrate-1 after=[] because it does not exist\n"
        "#2 create container shop-web-1 after=[] because it does not exist\n"
        "#3 start container shop-migrate-1 after=[1] because it was created\n"
        "#4 await service migrate completed successfully after=[3] because 'web' depends on it\n"
        "#5 start container shop-web-1 after=[2,4] because it was created\n"
        "#6 await service web running or healthy after=[5] because --wait\n");
}

TEST_CASE("a container is judged by the hash form of the release that made it", "[plan]") {
  ProjectMaker maker;
  Service& web = maker.service("web");
  web.config_hash = "newest";
  web.older_hashes = {{HashForm::r2_36, "older"}};
  ObservedState state = all_up(maker.project);
  ObservedContainer& container = container_of(state, "web", 1);
  const auto [release, hash, kept] = GENERATE(table<std::string, std::string, bool>({
      {"2.40.3", "older", true},
      {"2.40.3", "newest", false},
      {"5.5.0", "newest", true},
      {"5.5.0", "older", false},
      {"", "newest", true},
  }));
  CAPTURE(release, hash);
  container.labels[k_label_version] = release;
  container.config_hash = hash;
  CHECK(plan_up(maker.project, state, {}).empty() == kept);
}

TEST_CASE("new containers have labels of the release that the project names", "[plan]") {
  ProjectMaker maker;
  Service& web = maker.service("web");
  web.config_hash = "newest";
  web.older_hashes = {{HashForm::r2_36, "older"}};
  const auto labels = [&maker, &web] { return container_labels(maker.project, web, {.number = 1}); };
  CHECK(labels()[k_label_config_hash] == "newest");
  maker.project.label_release = "2.40.3";
  CHECK(labels()[k_label_config_hash] == "older");
  CHECK(labels()[k_label_version] == "2.40.3");
}

TEST_CASE("labels are those of Docker Compose", "[plan]") {
  ProjectMaker maker = web_and_db(Dependency::Condition::healthy);
  maker.service("web").labels = {{"team", "blue"}};
  const Plan plan = plan_up(maker.project, only_images(maker.project), {});
  const ContainerSpec spec = std::get<CreateContainer>(plan.nodes.at(2).op).spec;
  CHECK(spec.labels == StringMap{{"com.docker.compose.config-hash", "web-hash"},
                                 {"com.docker.compose.container-number", "1"},
                                 {"com.docker.compose.depends_on", "db:service_healthy:false"},
                                 {"com.docker.compose.image", "sha256:web:1"},
                                 {"com.docker.compose.oneoff", "False"},
                                 {"com.docker.compose.project", "shop"},
                                 {"com.docker.compose.project.config_files", "/work/shop/compose.yaml"},
                                 {"com.docker.compose.project.working_dir", "/work/shop"},
                                 {"com.docker.compose.service", "web"},
                                 {"com.docker.compose.version", "5.5.0"},
                                 {"team", "blue"}});
}

// Waiting for conditions on a real engine.
#include <catch2/catch.hpp>
#include <chrono>
#include <future>

#include "tests/remote/docker/live_project.hpp"

using namespace hoist;
using namespace hoist::compose;
using namespace hoist::test;
using Catch::Matchers::Contains;

TEST_CASE("waiting for health ends when the container is healthy", "[live]") {
  LiveProject project;
  Service web = project.service("web", {"sleep", "1000"});
  web.healthcheck = Healthcheck{.test = {"CMD-SHELL", "test -e /ready || { touch /ready; false; }"},
                                .interval = std::chrono::milliseconds{500},
                                .retries = 50};
  const std::string container = project.up(web);
  project.apply(AwaitCondition{.service = "web", .containers = {container}});
  CHECK(project.only_container().health == Health::healthy);
  CHECK_THAT(project.only_container().status, Contains("(healthy)"));
}

TEST_CASE("a health check is run with the words that it was given", "[live]") {
  LiveProject project;
  Service web = project.service("web", {"sleep", "1000"});
  web.healthcheck = Healthcheck{.test = {"CMD", "sh", "-c", "test \"$1\" = 'a  \"b\"'", "sh", "a  \"b\""},
                                .interval = std::chrono::milliseconds{200},
                                .retries = 1};
  const std::string container = project.up(web);
  project.apply(AwaitCondition{.service = "web", .containers = {container}});
  CHECK(project.only_container().health == Health::healthy);
}

TEST_CASE("waiting for health fails with the last check's output", "[live]") {
  LiveProject project;
  Service web = project.service("web", {"sleep", "1000"});
  web.healthcheck = Healthcheck{.test = {"CMD-SHELL", "echo the database is on fire; false"},
                                .interval = std::chrono::milliseconds{200},
                                .retries = 1};
  const std::string container = project.up(web);
  const AwaitCondition wait{.service = "web", .containers = {container}};
  CHECK_THAT(failure([&] { project.apply(wait); }, ErrorCode::failed),
             Contains("is unhealthy") && Contains("the database is on fire"));
  AwaitCondition optional = wait;
  optional.required = false;
  // What a failure means for those that wait is not for the engine to say.
  CHECK_THAT(failure([&] { project.apply(optional); }, ErrorCode::failed), Contains("is unhealthy"));
  const Event last = project.events.all().back();
  CHECK(last.phase == Event::Phase::waiting);
  CHECK(last.text == "waiting until it is healthy");
}

TEST_CASE("waiting for a container that ends tells its code and last lines", "[live]") {
  LiveProject project;
  const std::string good = project.up(project.service("good", {"sh", "-c", "sleep 0.3; echo done"}));
  const std::string bad =
      project.up(project.service("bad", {"sh", "-c", "for i in 1 2 3 4 5 6 7; do echo line $i >&2; done; exit 3"}));
  project.apply(AwaitCondition{
      .service = "good", .containers = {good}, .condition = AwaitCondition::Condition::completed_successfully});
  const std::string text = failure(
      [&] {
        project.apply(AwaitCondition{
            .service = "bad", .containers = {bad}, .condition = AwaitCondition::Condition::completed_successfully});
      },
      ErrorCode::failed);
  CHECK_THAT(text, Contains("exited (3)") && Contains("line 7") && Contains("line 3") && !Contains("line 2"));
}

TEST_CASE("a wait ends soon after a stop request", "[live]") {
  LiveProject project;
  const std::string container = project.up(project.service("web", {"sleep", "1000"}));
  std::stop_source stop;
  const AwaitCondition wait{
      .service = "web", .containers = {container}, .condition = AwaitCondition::Condition::completed_successfully};
  std::future<std::string> result = std::async(std::launch::async, [&] {
    return failure([&] { project.engine->apply(wait, project.events, stop.get_token()); }, ErrorCode::cancelled);
  });
  stop.request_stop();
  CHECK(result.wait_for(std::chrono::seconds{5}) == std::future_status::ready);
}

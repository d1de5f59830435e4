#include "remote/docker/observe_json.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace hoist;
using namespace hoist::compose;
using namespace hoist::remote;
using nlohmann::json;

namespace {

/// What three engines said of the same container, cut down to what is read of it.
struct Recorded {
  const char* engine;
  const char* list;
  const char* inspect;
  const char* image;       // as the engine spells "busybox:latest"
  const char* network_id;  // Podman has the name in its place
};

constexpr const char* k_id = "a3264ee1e6533a7b9e9d709d1f570f0bba55deda39e839d6147d862465bfac63";
constexpr const char* k_volume = "ecd1c00dcb3b6314eef8a9dbded89da9965a68be74467f1ba1162bf2a30ed9ec";
constexpr const char* k_image_id = "sha256:b4b9e22f469c6f665c3b4fe679f5d4f8353bbe55ac8e0d146bc7cc9c24d4bbdf";

// Ids, times and addresses are made alike; types, nulls and missing members are as they came.
const Recorded k_recorded[] = {
    {"Docker 20.10",
     R"json({"Id":"ID","Names":["/rec-web-1"],"Image":"busybox:latest","ImageID":"IMAGE","Command":"sleep 1000",
         "Created":1795544220,"Ports":[{"IP":"127.0.0.1","PrivatePort":80,"PublicPort":32779,"Type":"tcp"}],
         "Labels":{"com.docker.compose.container-number":"1","com.docker.compose.oneoff":"False",
                   "com.docker.compose.project":"rec","com.docker.compose.service":"web"},
         "State":"running","Status":"Up 1 second (healthy)","HostConfig":{"NetworkMode":"rec_default"},
         "NetworkSettings":{"Networks":{"rec_default":{"IPAMConfig":null,"Links":null,"Aliases":null,
                                                       "NetworkID":"c43b0e6a","EndpointID":"27c7","DriverOpts":null}}},
         "Mounts":[{"Type":"volume","Name":"VOLUME","Source":"/vol","Destination":"/anon","Driver":"local","RW":true}]})json",
     R"json({"Id":"ID","Name":"/rec-web-1","Created":"2026-11-24T18:17:00.627774582Z","Path":"sleep","Args":["1000"],
         "Image":"IMAGE","Mounts":[{"Type":"volume","Name":"VOLUME","Source":"/vol","Destination":"/anon","RW":true}],
         "State":{"Status":"running","OOMKilled":false,"ExitCode":0,"Error":"",
                  "Health":{"Status":"healthy","FailingStreak":0,"Log":[{"ExitCode":1,"Output":"bad"},
                                                                        {"ExitCode":0,"Output":"fine\n"}]}},
         "Config":{"Image":"busybox:latest","Tty":false,
                   "Labels":{"com.docker.compose.container-number":"1","com.docker.compose.oneoff":"False",
                             "com.docker.compose.project":"rec","com.docker.compose.service":"web"}},
         "HostConfig":{"NetworkMode":"rec_default"},
         "NetworkSettings":{"Ports":{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"32779"}]},
                            "Networks":{"rec_default":{"NetworkID":"c43b0e6a"}}}})json",
     "busybox:latest", "c43b0e6a"},
    {"Docker 28.5",
     R"json({"Id":"ID","Names":["/rec-web-1"],"Image":"busybox:latest","ImageID":"IMAGE","Command":"sleep 1000",
         "Created":1795544220,"Ports":[{"IP":"127.0.0.1","PrivatePort":80,"PublicPort":32779,"Type":"tcp"}],
         "Labels":{"com.docker.compose.container-number":"1","com.docker.compose.oneoff":"False",
                   "com.docker.compose.project":"rec","com.docker.compose.service":"web"},
         "State":"running","Status":"Up 1 second (healthy)","HostConfig":{"NetworkMode":"rec_default"},
         "NetworkSettings":{"Networks":{"rec_default":{"IPAMConfig":null,"GwPriority":0,"NetworkID":"c43b0e6a",
                                                       "EndpointID":"7082","DNSNames":null}}},
         "Mounts":[{"Type":"volume","Name":"VOLUME","Source":"/vol","Destination":"/anon","Driver":"local","RW":true}]})json",
     R"json({"Id":"ID","Name":"/rec-web-1","Created":"2026-11-24T18:17:00.627774582Z","Path":"sleep","Args":["1000"],
         "Image":"IMAGE","Mounts":[{"Type":"volume","Name":"VOLUME","Source":"/vol","Destination":"/anon","RW":true}],
         "State":{"Status":"running","OOMKilled":false,"ExitCode":0,"Error":"",
                  "Health":{"Status":"healthy","FailingStreak":0,"Log":[{"ExitCode":0,"Output":"fine\n"}]}},
         "Config":{"Image":"busybox:latest","Tty":false,
                   "Labels":{"com.docker.compose.container-number":"1","com.docker.compose.oneoff":"False",
                             "com.docker.compose.project":"rec","com.docker.compose.service":"web"}},
         "HostConfig":{"NetworkMode":"rec_default"},
         "NetworkSettings":{"Ports":{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"32779"}]},
                            "Networks":{"rec_default":{"NetworkID":"c43b0e6a"}}}})json",
     "busybox:latest", "c43b0e6a"},
    {"Podman 4.3",
     R"json({"Id":"ID","Names":["/rec-web-1"],"Image":"docker.io/library/busybox:latest","ImageID":"IMAGE",
         "Command":"sleep 1000","Created":1795544220,
         "Ports":[{"IP":"127.0.0.1","PrivatePort":80,"PublicPort":32779,"Type":"tcp"}],
         "Labels":{"com.docker.compose.container-number":"1","com.docker.compose.oneoff":"False",
                   "com.docker.compose.project":"rec","com.docker.compose.service":"web"},
         "State":"running","Status":"Up 1 second","HostConfig":null,
         "NetworkSettings":{"Networks":{"rec_default":{"Aliases":["89a68fc9754b"],"NetworkID":"rec_default",
                                                       "EndpointID":""}}},
         "Mounts":[{"Type":"volume","Name":"VOLUME","Source":"/vol","Destination":"/anon","Driver":"local","RW":true}]})json",
     R"json({"Id":"ID","Name":"/rec-web-1","Created":"2026-11-24T18:17:00.627774582Z","Path":"sleep","Args":["1000"],
         "Image":"IMAGE","Mounts":[{"Type":"volume","Name":"VOLUME","Source":"/vol","Destination":"/anon","RW":true}],
         "State":{"Status":"running","OOMKilled":false,"ExitCode":0,"Error":"",
                  "Health":{"Status":"healthy","FailingStreak":0,"Log":[{"ExitCode":0,"Output":"fine"}]}},
         "Config":{"Image":"docker.io/library/busybox:latest","Tty":false,
                   "Labels":{"com.docker.compose.container-number":"1","com.docker.compose.oneoff":"False",
                             "com.docker.compose.project":"rec","com.docker.compose.service":"web"}},
         "HostConfig":{"NetworkMode":"bridge"},
         "NetworkSettings":{"Ports":{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"32779"}]},
                            "Networks":{"rec_default":{"NetworkID":"rec_default"}}}})json",
     "docker.io/library/busybox:latest", "rec_default"},
};

json read(std::string text) {
  for (const auto& [name, value] : {std::pair{"\"ID\"", k_id}, {"\"VOLUME\"", k_volume}, {"\"IMAGE\"", k_image_id}}) {
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name)) {
      text.replace(at, std::string_view(name).size(), '"' + std::string(value) + '"');
    }
  }
  return json::parse(text);
}

/// What all three recordings say.
void check_common(const ObservedContainer& container, const Recorded& recorded) {
  CHECK(container.id == k_id);
  CHECK(container.name == "rec-web-1");
  CHECK(container.service == "web");
  CHECK(container.number == 1);
  CHECK_FALSE(container.one_off);
  CHECK(container.image == recorded.image);
  CHECK(container.image_id == k_image_id);
  CHECK(container.state == ContainerState::running);
  CHECK_FALSE(container.exit_code);
  CHECK(container.command == "sleep 1000");
  CHECK(std::chrono::floor<std::chrono::seconds>(container.created) ==
        std::chrono::system_clock::from_time_t(1795544220));
  CHECK(container.mounts ==
        std::vector<ObservedMount>{{.name = k_volume, .source = "/vol", .target = "/anon", .anonymous = true}});
  CHECK(container.publishers ==
        std::vector<Publisher>{{.host_ip = "127.0.0.1", .target = 80, .published = 32779, .protocol = "tcp"}});
  CHECK(container.networks == std::map<std::string, std::string>{{"rec_default", recorded.network_id}});
}

}  // namespace

TEST_CASE("an engine's list tells of a container", "[docker][observe]") {
  for (const Recorded& recorded : k_recorded) {
    INFO(recorded.engine);
    const ObservedContainer container = container_from_list(read(recorded.list));
    check_common(container, recorded);
    const bool podman = std::string_view(recorded.engine).starts_with("Podman");
    // Podman's list is silent on health and on the network mode.
    CHECK(container.health == (podman ? Health::none : Health::healthy));
    CHECK(container.network_mode == (podman ? "" : "rec_default"));
  }
}

TEST_CASE("an engine's inspect answer tells more of a container", "[docker][observe]") {
  for (const Recorded& recorded : k_recorded) {
    INFO(recorded.engine);
    const ContainerDetail detail = detail_from_inspect(read(recorded.inspect));
    check_common(detail.observed, recorded);
    CHECK(detail.observed.health == Health::healthy);
    CHECK(detail.last_health_output == "fine");
    CHECK_FALSE(detail.tty);
    CHECK(detail.error.empty());
  }
}

TEST_CASE("an answer without anything in it is an empty container, not a fault", "[docker][observe]") {
  const auto text = GENERATE("{}", "[]", "null", R"({"Names":[7],"Labels":[],"Ports":{},"Mounts":[7],"Created":"x"})",
                             R"({"NetworkSettings":{"Networks":[],"Ports":{"x":7,"":null}},"State":7,"Config":null})");
  CAPTURE(text);
  CHECK(container_from_list(json::parse(text)).name.empty());
  CHECK(detail_from_inspect(json::parse(text)).observed.state == ContainerState::created);
}

TEST_CASE("the list's words tell exit code and health", "[docker][observe]") {
  struct Case {
    const char* status;
    ParsedStatus expected;
  };
  const auto c = GENERATE(values<Case>({
      {"Exited (137) 5 minutes ago", {Health::none, 137}},
      {"Exited (0) Less than a second ago", {Health::none, 0}},
      {"Restarting (1) 2 seconds ago", {Health::none, 1}},
      {"Up 5 minutes (healthy)", {Health::healthy, std::nullopt}},
      {"Up 1 second (unhealthy)", {Health::unhealthy, std::nullopt}},
      {"Up 1 second (health: starting)", {Health::starting, std::nullopt}},
      {"Up 1 second (starting)", {Health::starting, std::nullopt}},
      {"Up 2 hours (Paused)", {}},
      {"Created", {}},
      {"Exited (x)", {}},
      {"Exited (", {}},
  }));
  CAPTURE(c.status);
  CHECK(parse_status(c.status) == c.expected);
}

TEST_CASE("states of both kinds of engine are understood", "[docker][observe]") {
  struct Case {
    const char* word;
    ContainerState expected;
  };
  const auto c = GENERATE(values<Case>({{"running", ContainerState::running},
                                        {"paused", ContainerState::paused},
                                        {"restarting", ContainerState::restarting},
                                        {"removing", ContainerState::removing},
                                        {"exited", ContainerState::exited},
                                        {"dead", ContainerState::dead},
                                        {"created", ContainerState::created},
                                        {"configured", ContainerState::created},
                                        {"stopped", ContainerState::exited},
                                        {"stopping", ContainerState::running},
                                        {"", ContainerState::created}}));
  CAPTURE(c.word);
  CHECK(parse_state(c.word) == c.expected);
}

TEST_CASE("a line of events becomes an event of a container, in Docker's words", "[docker][observe]") {
  const auto docker = event_from_json(json::parse(
      R"({"status":"die","id":"a3","from":"busybox","Type":"container","Action":"die","scope":"local",
          "Actor":{"ID":"a3","Attributes":{"com.docker.compose.service":"web","exitCode":"137","name":"rec-web-1"}},
          "time":1795544222,"timeNano":1795544222658990311})"));
  REQUIRE(docker);
  CHECK(docker->container == "a3");
  CHECK(docker->name == "rec-web-1");
  CHECK(docker->service == "web");
  CHECK(docker->action == "die");
  CHECK(docker->exit_code == 137);
  CHECK(docker->time_nanoseconds == 1795544222658990311);
  const auto podman = event_from_json(json::parse(
      R"({"Type":"container","Action":"died","Actor":{"ID":"a3","Attributes":{"containerExitCode":"4"}},"time":7})"));
  REQUIRE(podman);
  CHECK(podman->action == "die");
  CHECK(podman->exit_code == 4);
  CHECK(podman->time_nanoseconds == 7'000'000'000);
  CHECK(event_from_json(json::parse(R"({"Action":"remove","Actor":{"ID":"a"}})"))->action == "destroy");
  for (const char* line : {"{}", "[]", R"({"Type":"network","Action":"create","Actor":{"ID":"a"}})",
                           R"({"Type":"container","Action":"","Actor":{"ID":"a"}})"}) {
    CHECK_FALSE(event_from_json(json::parse(line)));
  }
}

TEST_CASE("only names that an engine makes up are anonymous volumes", "[docker][observe]") {
  CHECK(is_anonymous_volume(k_volume));
  CHECK_FALSE(is_anonymous_volume("shop_data"));
  CHECK_FALSE(is_anonymous_volume(std::string(64, 'g')));
  CHECK_FALSE(is_anonymous_volume(std::string(63, 'a')));
}

TEST_CASE("an engine's time is read to the nanosecond, and its zero time is none", "[docker][observe]") {
  const auto when = parse_engine_time("2023-11-14T22:13:20.123456789Z");
  REQUIRE(when);
  CHECK(when->time_since_epoch() == std::chrono::nanoseconds(1700000000123456789));
  CHECK(parse_engine_time("2023-11-14T22:13:20+01:00") == std::chrono::system_clock::from_time_t(1699996400));
  const auto text = GENERATE("", "0001-01-01T00:00:00Z", "2023-11-14", "2023-11-14T22:13:20", "2023-11-14T22:13:20+1");
  CHECK_FALSE(parse_engine_time(text));
}

// Networks, volumes and containers on a real engine.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "compose/base/file.hpp"
#include "remote/docker/client.hpp"
#include "remote/docker/query.hpp"
#include "tests/remote/docker/live_project.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::compose;
using namespace hoist::remote;
using namespace hoist::test;
using Catch::Matchers::Contains;

TEST_CASE("an engine says who it is", "[live]") {
  LiveProject project;
  const EngineInfo info = project.engine->info({});
  CHECK_FALSE(info.version.empty());
  CHECK_THAT(info.product, Contains("Engine"));
  CHECK(info.os == "linux");
  CHECK_THAT(info.api_version, Catch::Matchers::StartsWith("1."));
}

TEST_CASE("networks and volumes are made once, found and removed once", "[live]") {
  LiveProject project;
  const CreateVolume volume{.volume = {.key = "data", .name = project.name + "_data"}, .project = project.name};
  const CreateNetwork network{.network = {.key = "back", .name = project.name + "_back", .internal = true},
                              .project = project.name};
  for (int twice = 0; twice < 2; ++twice) {
    project.apply(volume);
    project.apply(network);
  }
  ObservedState state = project.state();
  REQUIRE(state.networks.contains(network.network.name));
  CHECK(state.networks.at(network.network.name).labels.at("com.docker.compose.network") == "back");
  CHECK_FALSE(state.networks.at(network.network.name).id.empty());
  REQUIRE(state.volumes.contains(volume.volume.name));
  CHECK(state.volumes.at(volume.volume.name).labels.at("com.docker.compose.volume") == "data");
  for (int twice = 0; twice < 2; ++twice) {
    project.apply(RemoveVolume{.name = volume.volume.name});
    project.apply(RemoveNetwork{.name = network.network.name});
  }
  state = project.state();
  CHECK_FALSE(state.networks.contains(network.network.name));
  CHECK(state.volumes.empty());
}

TEST_CASE("a network of another project is not taken over, and one in use stays", "[live]") {
  LiveProject project;
  CreateNetwork foreign{.network = {.key = "default", .name = project.name + "_default"}, .project = "someone-else"};
  CHECK_THAT(failure([&] { project.apply(foreign); }, ErrorCode::conflict), Contains("not this project's"));
  project.up(project.service("web", {"sleep", "1000"}));
  const std::string network = project.name + "_default";
  project.apply(RemoveNetwork{.name = network, .id = project.state().networks.at(network).id});
  const std::vector<Event> events = project.events.all();
  CHECK(events.back().phase == Event::Phase::warning);
  CHECK_THAT(events.back().text, Contains("still in use"));
}

TEST_CASE("a container starts though its network is there twice, and one of the two is left", "[live]") {
  LiveProject project;
  const std::string network = project.name + "_default";
  const std::string body =
      fmt::format(R"({{"Name": "{}", "CheckDuplicate": false, "Labels": {{"com.docker.compose.project": "{}",)"
                  R"( "com.docker.compose.network": "default"}}}})",
                  network, project.name);
  DockerClient client(live_address());
  const HttpResponse second = client.post_raw("/networks/create", nlohmann::json::parse(body), {});
  if (second.status >= 400) return;  // where the engine keeps names unique there is nothing to mend
  const auto count = [&client, &network] {
    return client.get("/networks?" + filters_query({{"name", {network}}}), {}).size();
  };
  REQUIRE(count() == 2);
  SECTION("by a start") {
    project.up(project.service("web", {"sleep", "1000"}));
    CHECK(project.only_container().state == ContainerState::running);
    CHECK(count() == 1);
  }
  SECTION("by a removal, which takes both") {
    project.apply(RemoveNetwork{.name = network, .id = project.state().networks.at(network).id});
    CHECK(count() == 0);
  }
  SECTION("by whoever makes it, when the other client has gone away") {
    project.apply(CreateNetwork{.network = {.key = "default", .name = network}, .project = project.name});
    CHECK(count() == 1);
  }
}

TEST_CASE("a container lives its life and may be told twice", "[live]") {
  LiveProject project;
  project.apply(CreateNetwork{.network = {.key = "back", .name = project.name + "_back"}, .project = project.name});
  project.apply(CreateVolume{.volume = {.key = "data", .name = project.name + "_data"}, .project = project.name});
  Service web = project.service("web", {"sleep", "1000"});
  web.networks.push_back({.key = "back", .name = project.name + "_back", .aliases = {"backdoor"}});
  web.environment["GREETING"] = "hello there";
  web.volumes.push_back({.source = "data", .volume_name = project.name + "_data", .target = "/data"});
  web.volumes.push_back({.target = "/anon"});
  web.volumes.push_back({.type = Mount::Type::tmpfs, .target = "/scratch", .tmpfs_size = 1048576});
  web.ports.push_back({.host_ip = "127.0.0.1", .target = 80});
  web.expose = {"90/udp"};
  const ContainerSpec spec = project.spec(web);
  for (int twice = 0; twice < 2; ++twice) project.apply(CreateContainer{spec});
  CHECK(project.only_container().state == ContainerState::created);
  const StartContainer start{.container = spec.name, .name = spec.name, .service = "web"};
  for (int twice = 0; twice < 2; ++twice) project.apply(start);

  const ObservedContainer running = project.only_container();
  CHECK(running.name == spec.name);
  CHECK(running.service == "web");
  CHECK(running.number == 1);
  CHECK(running.state == ContainerState::running);
  CHECK(running.health == Health::none);
  CHECK(running.config_hash == "abc");
  CHECK_FALSE(running.one_off);
  CHECK_THAT(running.image_id, Catch::Matchers::StartsWith("sha256:"));
  CHECK_THAT(running.status, Contains("Up"));
  REQUIRE(running.networks.size() == 2);
  const ObservedState state = project.state();
  for (const auto& [name, id] : running.networks) CHECK(state.networks.at(name).id == id);
  REQUIRE(running.mounts.size() >= 2);
  CHECK(running.mounts[0].anonymous);
  CHECK(running.mounts[1].name == project.name + "_data");
  const auto published = std::find_if(running.publishers.begin(), running.publishers.end(),
                                      [](const Publisher& p) { return p.target == 80; });
  REQUIRE(published != running.publishers.end());
  CHECK(published->published > 0);
  CHECK(published->host_ip == "127.0.0.1");
  const auto process = project.engine->exec({.container = spec.name, .argv = {"sh", "-c", "echo $GREETING"}}, {});
  CHECK(read_all(*process) == "hello there\n");

  for (int twice = 0; twice < 2; ++twice) {
    project.apply(StopContainer{.id = running.id, .name = spec.name, .service = "web"});
  }
  const ObservedContainer stopped = project.only_container();
  CHECK(stopped.state == ContainerState::exited);
  CHECK(stopped.exit_code == 137);
  project.apply(RestartContainer{.id = running.id, .name = spec.name, .service = "web"});
  CHECK(project.only_container().state == ContainerState::running);
  for (int twice = 0; twice < 2; ++twice) {
    project.apply(KillContainer{.id = running.id, .name = spec.name, .service = "web", .signal = "KILL"});
    project.engine->wait(running.id, {});
  }
  for (int twice = 0; twice < 2; ++twice) {
    project.apply(RemoveContainer{.id = running.id, .name = spec.name, .service = "web", .volumes = true});
  }
  CHECK(project.state().containers.empty());
}

TEST_CASE("two clients that make one container at the same moment end with one", "[live]") {
  LiveProject project;
  const compose::ContainerSpec spec = project.spec(project.service("web", {"true"}));
  for (int round = 0; round < 10; ++round) {
    const auto create = [&project, &spec] {
      const auto engine = remote::make_docker_engine(live_address(), project.processes);
      engine->apply(CreateContainer{spec}, project.events, {});
    };
    std::vector<std::future<void>> both;
    for (int client = 0; client < 2; ++client) both.push_back(std::async(std::launch::async, create));
    for (std::future<void>& each : both) CHECK_NOTHROW(each.get());
    project.apply(RemoveContainer{.id = project.only_container().id, .name = spec.name, .service = "web"});
  }
}

TEST_CASE("a replacement takes over the anonymous volumes and the name", "[live]") {
  LiveProject project;
  Service web = project.service("web", {"sh", "-c", "echo kept >>/anon/file; sleep 1000"});
  web.volumes.push_back({.target = "/anon"});
  project.up(web);
  const ObservedContainer old = project.only_container();
  REQUIRE(old.mounts.size() == 1);
  ContainerSpec spec = project.spec(project.service("web", {"cat", "/anon/file"}));
  spec.inherited_volumes = {{"/anon", old.mounts[0].name}};
  // What a replacement that was killed half-way leaves.
  ContainerSpec leftover = spec;
  leftover.name = fmt::format("{}_{}", old.id.substr(0, 12), spec.name);
  project.apply(CreateContainer{leftover});

  project.apply(ReplaceContainer{.spec = spec, .old_id = old.id, .old_name = old.name});
  const ObservedContainer fresh = project.only_container();
  CHECK(fresh.id != old.id);
  CHECK(fresh.name == old.name);
  project.apply(StartContainer{.container = fresh.id, .name = fresh.name, .service = "web"});
  CHECK(project.engine->wait(fresh.id, {}) == 0);
  CHECK(project.all_logs(fresh.id) == "O:kept\n");
}

TEST_CASE("two hoists that replace the same container at the same moment end with one", "[live]") {
  LiveProject project;
  const Service web = project.service("web", {"sleep", "1000"});
  project.up(web);
  const ContainerSpec spec = project.spec(web);
  for (int round = 0; round < 5; ++round) {
    const ObservedContainer old = project.only_container();
    const auto replace = [&spec, &old] {
      SystemProcessRunner processes;
      EventLog events;
      const auto engine = remote::make_docker_engine(live_address(), processes);
      engine->apply(ReplaceContainer{.spec = spec, .old_id = old.id, .old_name = old.name}, events, {});
      engine->apply(StartContainer{.container = spec.name, .name = spec.name, .service = "web"}, events, {});
    };
    std::vector<std::future<void>> both;
    for (int client = 0; client < 2; ++client) both.push_back(std::async(std::launch::async, replace));
    for (std::future<void>& each : both) CHECK_NOTHROW(each.get());
    const ObservedContainer fresh = project.only_container();
    CHECK(fresh.id != old.id);
    CHECK(fresh.name == spec.name);
    CHECK(fresh.state == ContainerState::running);
  }
}

TEST_CASE("what a replacement to another end has left makes room", "[live]") {
  LiveProject project;
  project.up(project.service("web", {"sleep", "1000"}));
  const ObservedContainer old = project.only_container();
  ContainerSpec leftover = project.spec(project.service("web", {"sleep", "2000"}));
  leftover.name = fmt::format("{}_{}", old.id.substr(0, 12), old.name);
  leftover.labels["com.docker.compose.config-hash"] = "other";
  project.apply(CreateContainer{leftover});
  project.apply(ReplaceContainer{
      .spec = project.spec(project.service("web", {"sleep", "3000"})), .old_id = old.id, .old_name = old.name});
  CHECK(project.only_container().name == old.name);
  CHECK_THAT(project.only_container().command, Contains("3000"));
}

TEST_CASE("whoever holds a name or a port is named", "[live]") {
  LiveProject project;
  Service web = project.service("web", {"sleep", "1000"});
  web.ports.push_back({.host_ip = "127.0.0.1", .target = 80});
  project.up(web);
  const ObservedContainer holder = project.only_container();

  Service other = project.service("other", {"sleep", "1000"});
  ContainerSpec same_name = project.spec(other);
  same_name.name = holder.name;
  CHECK_THAT(failure([&] { project.apply(CreateContainer{same_name}); }, ErrorCode::conflict),
             Contains("held by container " + holder.id.substr(0, 12)) && Contains(project.name));

  other.ports.push_back(
      {.host_ip = "127.0.0.1", .target = 80, .published = std::to_string(holder.publishers.at(0).published)});
  CHECK_THAT(failure([&] { project.up(other); }, ErrorCode::conflict),
             Contains(fmt::format("port {}/tcp is taken by container '{}' of project '{}'",
                                  holder.publishers.at(0).published, holder.name, project.name)));
}

TEST_CASE("a process that listens on a wanted port is named", "[live]") {
  LiveProject project;
  const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  socklen_t size = sizeof address;
  REQUIRE(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::listen(socket.get(), 1) == 0);
  REQUIRE(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
  Service web = project.service("web", {"sleep", "1000"});
  web.ports.push_back({.target = 80, .published = std::to_string(ntohs(address.sin_port))});
  CHECK_THAT(failure([&] { project.up(web); }, ErrorCode::conflict),
             Contains(fmt::format("port {}/tcp is taken by process {} (", ntohs(address.sin_port), ::getpid())));
}

TEST_CASE("a container that cannot start says why in a few words", "[live]") {
  LiveProject project;
  const std::string text = failure([&] { project.up(project.service("web", {"no-such-program"})); }, ErrorCode::failed);
  CHECK_THAT(text, Contains("cannot start: ") && Contains("no-such-program") && !Contains("OCI runtime") &&
                       !Contains("unknown"));
}

TEST_CASE("a missing image is named", "[live]") {
  LiveProject project;
  ContainerSpec spec = project.spec(project.service("web", {"true"}));
  spec.image = "localhost/no-such-image-" + project.name + ":1";
  CHECK_THAT(failure([&] { project.apply(CreateContainer{spec}); }, ErrorCode::not_found), Contains(spec.image));
}

TEST_CASE("a bind mount is made on the host only where the file allows it", "[live]") {
  LiveProject project;
  const TempDir directory;
  Service web = project.service("web", {"touch", "/mnt/x"});
  Mount mount{.type = Mount::Type::bind, .source = (directory.path() / "made").string(), .target = "/mnt"};
  web.volumes = {mount};
  // Podman makes what is missing in any case.
  if (!project.is_podman()) {
    CHECK_THAT(failure([&] { project.up(web); }, ErrorCode::failed), Contains(mount.source));
    CHECK_FALSE(std::filesystem::exists(mount.source));
  }
  web.name = "allowed";
  web.volumes[0].bind_create_host_path = true;
  const std::string container = project.up(web);
  CHECK(project.engine->wait(container, {}) == 0);
  CHECK(std::filesystem::exists(mount.source + "/x"));
}

TEST_CASE("all projects are seen when none is named", "[live]") {
  LiveProject project;
  project.apply(CreateContainer{project.spec(project.service("web", {"true"}))});
  const ObservedState state = project.engine->observe({.containers_only = true}, {});
  CHECK(std::any_of(state.containers.begin(), state.containers.end(), [&project](const ObservedContainer& c) {
    return c.labels.at("com.docker.compose.project") == project.name;
  }));
}

TEST_CASE("a volume in use stays, and a container may be renamed twice", "[live]") {
  LiveProject project;
  const CreateVolume volume{.volume = {.key = "data", .name = project.name + "_data"}, .project = project.name};
  project.apply(volume);
  Service web = project.service("web", {"sleep", "1000"});
  web.volumes.push_back({.source = "data", .volume_name = volume.volume.name, .target = "/data"});
  const std::string container = project.up(web);
  project.apply(RemoveVolume{.name = volume.volume.name});
  CHECK(project.events.all().back().phase == Event::Phase::warning);
  CHECK_THAT(project.events.all().back().text, Contains("still in use"));
  CHECK(project.state().volumes.contains(volume.volume.name));

  const ObservedContainer before = project.only_container();
  const RenameContainer rename{.id = before.id, .old_name = before.name, .name = before.name + "x"};
  for (int twice = 0; twice < 2; ++twice) project.apply(rename);
  CHECK(project.only_container().name == rename.name);
  const std::string other = project.up(project.service("other", {"sleep", "1000"}));
  CHECK_THAT(failure([&] { project.apply(RenameContainer{.id = before.id, .old_name = rename.name, .name = other}); },
                     ErrorCode::conflict),
             Contains("the name '" + other + "' is held by container"));
  CHECK(failure([&] { project.engine->inspect("no-such-container", {}); }, ErrorCode::not_found) != "");
}

TEST_CASE("a container without a grace period of its own may end by itself", "[live]") {
  LiveProject project;
  Service polite =
      project.service("polite", {"sh", "-c", "trap 'exit 6' TERM; touch /ready; while :; do sleep 0.05; done"});
  polite.stop_grace_period.reset();
  polite.stop_signal = "SIGTERM";
  const std::string container = project.up(polite);
  const auto is_ready = [&project, &container] {
    const auto look = project.engine->exec({.container = container, .argv = {"test", "-e", "/ready"}}, {});
    read_all(*look);
    return look->wait({}) == 0;
  };
  while (!is_ready()) std::this_thread::sleep_for(std::chrono::milliseconds{20});
  project.apply(StopContainer{.id = container, .name = container, .service = "polite"});
  CHECK(project.engine->inspect(container, {}).observed.exit_code == 6);
}

#include "remote/docker/containers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "compose/base/error.hpp"
#include "compose/plan/labels.hpp"
#include "tests/support/http_script.hpp"
#include "tests/support/memory_sink.hpp"

using namespace hoist;
using namespace hoist::remote;
using namespace hoist::test;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

std::string answer(int status, const json& body) {
  const std::string text = body.dump();
  return fmt::format("HTTP/1.1 {} x\r\nContent-Length: {}\r\n\r\n{}", status, text.size(), text);
}

const std::string k_taken = answer(409, {{"message", "Conflict. The name is already in use by container x"}});
const std::string k_created = answer(201, {{"Id", "b0b"}});
const std::string k_not_there = answer(404, {{"message", "No such container"}});

/// An engine that answers creations and looks in the given order; the last answer of a kind stays.
class NameEngine {
 public:
  NameEngine(std::vector<std::string> creations, std::vector<std::string> looks)
      : script({[creations = std::move(creations), looks = std::move(looks)](HttpScriptPeer& peer) {
          std::size_t created = 0;
          std::size_t looked = 0;
          while (true) {
            const HttpScriptRequest request = peer.read_request();
            if (request.target == "/_ping") {
              peer.send("HTTP/1.1 200 OK\r\nApi-Version: 1.45\r\nContent-Length: 2\r\n\r\nOK");
            } else if (request.method == "POST") {
              peer.send(creations[std::min(created++, creations.size() - 1)]);
            } else {
              peer.send(looks[std::min(looked++, looks.size() - 1)]);
            }
          }
        }}),
        client(script.endpoint()) {
    service.name = "web";
    service.image = "busybox";
    spec.project = "shop";
    spec.name = "shop-web-1";
    spec.image = "busybox";
    spec.service = std::make_shared<const compose::Service>(service);
    spec.labels = {{compose::k_label_project, "shop"}, {compose::k_label_service, "web"}};
  }

  void create(std::stop_token stop = {}) {
    MemorySink events;
    create_container(client, compose::CreateContainer{spec}, events, std::move(stop));
  }

  long creations() const {
    const std::vector<HttpScriptRequest> all = script.requests();
    return std::count_if(all.begin(), all.end(), [](const HttpScriptRequest& r) { return r.method == "POST"; });
  }

  HttpScript script;
  DockerClient client;
  compose::Service service;
  compose::ContainerSpec spec;
};

std::string holder_of(const std::string& project) {
  const json labels{{compose::k_label_project, project}, {compose::k_label_service, "web"}};
  return answer(200, {{"Id", "feedc0ffee00"}, {"Name", "/shop-web-1"}, {"Config", {{"Labels", labels}}}});
}

}  // namespace

TEST_CASE("files of a service are put into its container when it is made and before it starts",
          "[docker][containers]") {
  compose::Service service{.name = "web", .image = "busybox"};
  service.files = {
      {.name = "secret 'a'", .target = "/run/secrets/a", .content = "hush", .uid = 3'000'000, .mode = 0400}};
  HttpScript script({[](HttpScriptPeer& peer) {
    while (true) {
      const HttpScriptRequest request = peer.read_request();
      if (request.target == "/_ping") {
        peer.send("HTTP/1.1 200 OK\r\nApi-Version: 1.45\r\nContent-Length: 2\r\n\r\nOK");
      } else {
        peer.send(request.target.find("/create") != std::string::npos ? k_created : answer(200, json::object()));
      }
    }
  }});
  DockerClient client(script.endpoint());
  compose::ContainerSpec spec{.project = "shop", .name = "shop-web-1", .image = "busybox"};
  spec.service = std::make_shared<const compose::Service>(service);
  MemorySink events;
  create_container(client, compose::CreateContainer{spec}, events, {});
  start_container(client, compose::StartContainer{"b0b", "shop-web-1", "web", spec.service}, events, {});
  std::vector<std::string> done;
  for (const HttpScriptRequest& request : script.requests()) {
    done.push_back(request.method + " " + request.target.substr(0, request.target.find('?')));
    if (request.method != "PUT") continue;
    CHECK_THAT(request.body, Contains("run/secrets/a") && Contains("hush") && Contains("uid=3000000"));
    CHECK(request.body.size() % 512 == 0);
  }
  CHECK(done == std::vector<std::string>{"GET /_ping", "POST /v1.45/containers/create",
                                         "PUT /v1.45/containers/b0b/archive", "PUT /v1.45/containers/b0b/archive",
                                         "POST /v1.45/containers/b0b/start"});
  for (const Event& event : events.events()) CHECK(event.text.find("hush") == std::string::npos);
}

TEST_CASE("a name that another client has reserved is waited for", "[docker][containers]") {
  SECTION("until its container shows") {
    NameEngine engine({k_taken}, {k_not_there, k_not_there, holder_of("shop")});
    CHECK_NOTHROW(engine.create());
    CHECK(engine.creations() == 3);
  }
  SECTION("or until it has given up") {
    NameEngine engine({k_taken, k_taken, k_created}, {k_not_there});
    CHECK_NOTHROW(engine.create());
    CHECK(engine.creations() == 3);
  }
  SECTION("no longer than the user wants") {
    NameEngine engine({k_taken}, {k_not_there});
    std::stop_source source;
    std::jthread stopper([&engine, &source] {
      while (engine.creations() < 2) std::this_thread::yield();
      source.request_stop();
    });
    try {
      engine.create(source.get_token());
      FAIL("it was not cancelled");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::cancelled);
    }
  }
}

TEST_CASE("a name that another project's container holds is an error that names it", "[docker][containers]") {
  NameEngine engine({k_taken}, {holder_of("else")});
  CHECK_THROWS_WITH(engine.create(), Contains("held by container feedc0ffee00 of project 'else'"));
  CHECK(engine.creations() == 1);
}

TEST_CASE("a further network that the container is in already is joined, a refusal for another reason is told",
          "[docker][containers]") {
  const bool joined = GENERATE(true, false);
  HttpScript script({[joined](HttpScriptPeer& peer) {
    while (true) {
      const HttpScriptRequest request = peer.read_request();
      if (request.target == "/_ping") {
        peer.send("HTTP/1.1 200 OK\r\nApi-Version: 1.43\r\nContent-Length: 2\r\n\r\nOK");
      } else if (request.target.find("/connect") != std::string::npos) {
        peer.send(answer(403, {{"message", "Address already in use"}}));
      } else if (request.method == "GET") {
        const json networks = joined ? json{{"front", json::object()}, {"back", json::object()}} : json::object();
        peer.send(answer(200, {{"Id", "b0b"}, {"NetworkSettings", {{"Networks", networks}}}}));
      } else {
        peer.send(k_created);
      }
    }
  }});
  DockerClient client(script.endpoint());
  compose::Service service{.name = "web", .image = "busybox"};
  service.networks = {{.key = "front", .name = "front"}, {.key = "back", .name = "back"}};
  compose::ContainerSpec spec{.project = "shop", .name = "shop-web-1", .image = "busybox"};
  spec.service = std::make_shared<const compose::Service>(service);
  MemorySink events;
  const auto create = [&] { create_container(client, compose::CreateContainer{spec}, events, {}); };
  if (joined) {
    CHECK_NOTHROW(create());
  } else {
    CHECK_THROWS_WITH(create(), Contains("Address already in use"));
  }
}

#include "remote/docker/engine_gaps.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace hoist;
using namespace hoist::compose;
using namespace hoist::remote;
using Texts = std::vector<std::string>;

namespace {

const EngineTraits k_newest{.api = {1, 51}};
constexpr ApiVersion k_old{1, 41};

SourceLocation line(int number) {
  return {std::make_shared<const std::string>("f.yaml"), number, 3};
}

/// A plan that makes a container of a service with these attributes, each on a line of its own.
Plan plan_of(Service service, const Texts& attributes) {
  service.name = "web";
  int number = 0;
  for (const std::string& attribute : attributes) service.places.add(attribute, line(++number));
  ContainerSpec spec{.service = std::make_shared<const Service>(std::move(service))};
  return {{{.id = 1, .op = CreateContainer{spec}}, {.id = 2, .op = CreateContainer{spec}}}, {}};
}

Texts gaps(const Plan& plan, const EngineTraits& traits) {
  Texts texts;
  for (const Diagnostic& gap : find_engine_gaps(plan, traits)) {
    texts.push_back(gap.to_string());
  }
  return texts;
}

}  // namespace

TEST_CASE("an attribute that is newer than the engine is told once, with its place", "[docker]") {
  const Plan plan = plan_of({.networks = {{.key = "front"}}}, {"image", "networks.front.gw_priority"});
  CHECK(gaps(plan, {.api = k_old}) ==
        Texts{"f.yaml:2:3: services.web.networks.front.gw_priority: needs Docker 28.0 (API 1.48)"});
  CHECK(gaps(plan, k_newest).empty());
}

TEST_CASE("which engines carry out what", "[docker]") {
  struct Case {
    const char* attribute;
    Service service;
    ApiVersion since;
  };
  const auto c = GENERATE(values<Case>({
      {"annotations", {}, {1, 43}},
      {"healthcheck.start_interval", {}, {1, 44}},
      {"devices[0]", {.resources = {.devices = {{"v/c=n", "v/c=n", ""}}}}, {1, 44}},
      {"networks.b.mac_address", {.networks = {{.key = "a"}, {.key = "b"}}}, {1, 44}},
      {"volumes[0].bind.recursive", {.volumes = {{.bind_recursive = "writable"}}}, {1, 44}},
      {"volumes[0].volume.subpath", {}, {1, 45}},
      {"volumes[0].image.subpath", {}, {1, 48}},
      {"networks.a.gw_priority", {}, {1, 48}},
      {"networks.a.b.interface_name", {}, {1, 49}},
  }));
  CAPTURE(c.attribute);
  const Plan plan = plan_of(c.service, {c.attribute});
  CHECK(gaps(plan, {.api = {1, c.since.minor - 1}}).size() == 1);
  CHECK(gaps(plan, {.api = c.since}).empty());
}

TEST_CASE("what every engine carries out is no gap", "[docker]") {
  struct Case {
    const char* attribute;
    Service service;
  };
  const auto c = GENERATE(values<Case>({
      {"devices[0]", {.resources = {.devices = {{"/dev/null", "/dev/null", ""}}}}},
      {"networks.a.mac_address", {.networks = {{.key = "a"}, {.key = "b"}}}},
      {"volumes[0].bind.recursive", {.volumes = {{.bind_recursive = "disabled"}}}},
      {"isolation", {.isolation = "default"}},
      {"cpus", {}},
      {"x-gw_priority", {}},
  }));
  CAPTURE(c.attribute);
  CHECK(gaps(plan_of(c.service, {c.attribute}), {.api = k_old}).empty());
}

TEST_CASE("Windows has attributes of its own", "[docker]") {
  const Plan plan = plan_of({.isolation = "hyperv"}, {"cpu_count", "credential_spec", "isolation"});
  CHECK(gaps(plan, k_newest).size() == 3);
  EngineTraits windows = k_newest;
  windows.windows = true;
  CHECK(gaps(plan, windows).empty());
}

TEST_CASE("Podman leaves out what it does not know without a word", "[docker]") {
  const Plan plan = plan_of({.cgroup = "private"}, {"cgroup", "gpus", "links", "networks.a.link_local_ips", "runtime",
                                                    "volumes[1].volume.nocopy", "pids_limit"});
  CHECK(gaps(plan, {.api = k_old}).empty());
  const Texts found = gaps(plan, {.api = k_old, .podman = true});
  CHECK(found.size() == 6);
  CHECK(found.front() == "f.yaml:1:3: services.web.cgroup: Podman does not know it");
}

TEST_CASE("what the kernel cannot limit is asked for only when it is wanted", "[docker]") {
  CHECK_FALSE(asks_for_kernel(plan_of({}, {"image", "deploy.replicas"})));
  const Plan plan = plan_of({}, {"mem_limit", "deploy.resources.limits.cpus", "mem_swappiness"});
  CHECK(asks_for_kernel(plan));
  EngineTraits traits = k_newest;
  traits.kernel_lacks =
      kernel_lacks(nlohmann::json::parse(R"({"MemoryLimit": false, "CpuCfsQuota": true, "CgroupVersion": "2"})"));
  CHECK(traits.kernel_lacks == std::set<std::string>{"MemoryLimit", "OomKillDisable", "Realtime", "Swappiness"});
  CHECK(gaps(plan, traits) == Texts{"f.yaml:1:3: services.web.mem_limit: the kernel of this engine cannot limit it",
                                    "f.yaml:3:3: services.web.mem_swappiness: the kernel of this engine cannot limit "
                                    "it"});
}

TEST_CASE("networks and builds have gaps too", "[docker]") {
  Network network{.key = "front"};
  network.places.add("enable_ipv4", line(1));
  auto service = std::make_shared<Service>(Service{.name = "web"});
  service->places.add("build.ulimits", line(2));
  service->places.add("annotations", line(3));  // not of the build
  const Plan plan{{{.id = 1, .op = CreateNetwork{network, "shop"}}, {.id = 2, .op = BuildImage{.service = service}}},
                  {}};
  CHECK(gaps(plan, {.api = k_old}) == Texts{"f.yaml:1:3: networks.front.enable_ipv4: needs Docker 28.0 (API 1.48)",
                                            "f.yaml:2:3: services.web.build.ulimits: needs Docker 23.0 (API 1.42)"});
}

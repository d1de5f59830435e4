#include <catch2/catch.hpp>

#include "compose/load/build_project.hpp"
#include "compose/load/parse.hpp"
#include "compose/load/settle_values.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

/// The service `web` with these attributes, in the user's spelling but for short forms.
Service web(const std::string& attributes) {
  Node tree = parse_documents("services:\n  web:\n" + attributes, std::make_shared<const std::string>("f.yaml")).at(0);
  std::vector<Diagnostic> findings;
  settle_values(tree, findings);
  Sources sources;
  sources.working_dir = "/work";
  Project project = build_project(tree, sources, "shop", findings);
  add_places_and_older_hashes(project, tree);
  for (const Diagnostic& finding : findings) UNSCOPED_INFO(finding.to_string());
  REQUIRE(findings.empty());
  return project.services.at("web");
}

}  // namespace

TEST_CASE("what a service may use of its host", "[load]") {
  const Resources resources = web(R"(
    cpus: 1.5
    cpu_count: 2
    cpu_percent: 12.5
    cpu_period: 100000
    cpu_quota: '50000'
    cpu_rt_period: 1000
    cpu_rt_runtime: 900
    cpu_shares: 73
    cpuset: 0-1
    mem_limit: 512m
    mem_reservation: 256m
    memswap_limit: -1
    mem_swappiness: 10
    shm_size: 64m
    pids_limit: -1
    oom_score_adj: -500
    oom_kill_disable: true
    cgroup_parent: my-parent
    storage_opt: {size: 1G}
    ulimits: {nproc: 65535, nofile: {soft: 20000, hard: 40000}}
    device_cgroup_rules: ['c 1:3 mr']
    devices: [{source: /dev/null, target: /dev/nothing, permissions: r}]
)")
                                  .resources;
  CHECK(resources.nano_cpus == 1'500'000'000);
  CHECK(resources.cpu_count == 2);
  CHECK(resources.cpu_percent == 1250);
  CHECK(resources.cpu_period == 100000);
  CHECK(resources.cpu_quota == 50000);
  CHECK(resources.cpu_rt_period == 1000);
  CHECK(resources.cpu_rt_runtime == 900);
  CHECK(resources.cpu_shares == 73);
  CHECK(resources.cpuset == "0-1");
  CHECK(resources.memory == 512 << 20);
  CHECK(resources.memory_reservation == 256 << 20);
  CHECK(resources.memory_swap == -1);
  CHECK(resources.memory_swappiness == 10);
  CHECK(resources.shm_size == 64 << 20);
  CHECK(resources.pids == -1);
  CHECK(resources.oom_score_adj == -500);
  CHECK(resources.oom_kill_disable);
  CHECK(resources.cgroup_parent == "my-parent");
  CHECK(resources.storage_options == StringMap{{"size", "1G"}});
  CHECK(resources.ulimits == std::vector<Ulimit>{{"nofile", 20000, 40000}, {"nproc", 65535, 65535}});
  CHECK(resources.device_cgroup_rules == std::vector<std::string>{"c 1:3 mr"});
  CHECK(resources.devices == std::vector<DeviceMapping>{{"/dev/null", "/dev/nothing", "r"}});
}

TEST_CASE("the limits of 'deploy' win over the service's own", "[load]") {
  const Resources resources = web(R"(
    cpus: 4
    mem_limit: 1g
    mem_reservation: 1g
    pids_limit: 10
    deploy:
      resources:
        limits: {cpus: '0.25', memory: 50M, pids: 3}
        reservations: {memory: 20M}
)")
                                  .resources;
  CHECK(resources.nano_cpus == 250'000'000);
  CHECK(resources.memory == 50 << 20);
  CHECK(resources.memory_reservation == 20 << 20);
  CHECK(resources.pids == 3);
}

TEST_CASE("devices of a driver are those reserved and GPUs", "[load]") {
  const std::vector<DeviceRequest> requests = web(R"(
    gpus: [{count: all, options: {a: b}}]
    deploy:
      resources:
        reservations:
          devices: [{capabilities: [tpu], driver: d, device_ids: ['0']}]
)")
                                                  .resources.device_requests;
  REQUIRE(requests.size() == 2);
  CHECK(requests[0] == DeviceRequest{.driver = "d", .device_ids = {"0"}, .capabilities = {"tpu"}});
  CHECK(requests[1] == DeviceRequest{.count = -1, .capabilities = {"gpu"}, .options = {{"a", "b"}}});
}

TEST_CASE("how much of block devices a service may use", "[load]") {
  const BlockIo io = web(R"(
    blkio_config:
      weight: 300
      weight_device: [{path: /dev/sda, weight: 400}]
      device_read_bps: [{path: /dev/sdb, rate: 12mb}]
      device_read_iops: [{path: /dev/sdb, rate: 120}]
      device_write_bps: [{path: /dev/sdb, rate: 1024k}]
      device_write_iops: [{path: /dev/sdb, rate: 30}]
)")
                         .resources.block_io;
  CHECK(io.weight == 300);
  CHECK(io.weight_device == std::vector<DeviceWeight>{{"/dev/sda", 400}});
  CHECK(io.device_read_bps == std::vector<DeviceRate>{{"/dev/sdb", 12 << 20}});
  CHECK(io.device_read_iops == std::vector<DeviceRate>{{"/dev/sdb", 120}});
  CHECK(io.device_write_bps == std::vector<DeviceRate>{{"/dev/sdb", 1 << 20}});
  CHECK(io.device_write_iops == std::vector<DeviceRate>{{"/dev/sdb", 30}});
}

TEST_CASE("what a service says of its surroundings keeps its value", "[load]") {
  const Service service = web(R"(
    dns_search: example.com
    dns_opt: [use-vc]
    links: [db, 'db:database']
    external_links: ['other:o']
    volumes_from: ['db:ro']
    security_opt: ['seccomp=profiles/strict.json', 'seccomp=unconfined', 'label=disable']
    group_add: [mail, 1000]
    pid: service:db
    ipc: shareable
    uts: host
    userns_mode: host
    cgroup: private
    runtime: runc
    isolation: default
    mac_address: 02:00:00:00:00:01
    logging: {driver: syslog, options: {tag: t, max: 3}}
    credential_spec: {file: account.json}
)");
  CHECK(service.dns_search == std::vector<std::string>{"example.com"});
  CHECK(service.dns_options == std::vector<std::string>{"use-vc"});
  CHECK(service.links == std::vector<std::string>{"db", "db:database"});
  CHECK(service.external_links == std::vector<std::string>{"other:o"});
  CHECK(service.volumes_from == std::vector<std::string>{"db:ro"});
  // Engines take the content of a profile, so it is looked for in the project's directory.
  CHECK(service.security_options ==
        std::vector<std::string>{"seccomp=/work/profiles/strict.json", "seccomp=unconfined", "label=disable"});
  CHECK(service.groups == std::vector<std::string>{"mail", "1000"});
  CHECK(service.pid == "service:db");
  CHECK(service.ipc == "shareable");
  CHECK(service.uts == "host");
  CHECK(service.userns == "host");
  CHECK(service.cgroup == "private");
  CHECK(service.runtime == "runc");
  CHECK(service.isolation == "default");
  CHECK(service.mac_address == "02:00:00:00:00:01");
  CHECK(service.logging == Logging{"syslog", {{"tag", "t"}, {"max", "3"}}});
  CHECK(service.credential_spec.file == "account.json");
  CHECK(bound_services(service) == std::vector<std::string>{"db"});
}

TEST_CASE("every attribute can be found again in its file", "[load]") {
  const Places places = web(R"(
    mem_limit: 1g
    environment: {A: b}
    networks: {front: {gw_priority: 1}}
    volumes: [{type: bind, source: /a, target: /b, bind: {recursive: readonly}}]
    security_opt: [a=b]
)")
                            .places;
  CHECK(places.find("mem_limit").to_string() == "f.yaml:4:5");
  CHECK(places.find("networks.front.gw_priority").to_string() == "f.yaml:6:24");
  CHECK(places.find("volumes[0].bind.recursive").to_string() == "f.yaml:7:59");
  CHECK(places.find("security_opt[0]").to_string() == "f.yaml:8:20");
  CHECK_FALSE(places.find("environment.A").known());
  CHECK_FALSE(places.find("cpus").known());
}

TEST_CASE("where volumes come from", "[load]") {
  struct Case {
    const char* text;
    VolumesSource source;
  };
  const auto c = GENERATE(values<Case>({
      {"db", {.service = "db"}},
      {"db:ro", {.service = "db", .mode = "ro"}},
      {"container:other", {.container = "other"}},
      {"container:other:rw", {.container = "other", .mode = "rw"}},
  }));
  CHECK(parse_volumes_from(c.text) == c.source);
}

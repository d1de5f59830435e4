#include "remote/docker/resources_json.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace hoist::compose;
using namespace hoist::remote;
using nlohmann::json;

namespace {

constexpr ApiVersion k_new{1, 51};

json host_of(const Resources& resources, ApiVersion api = k_new) {
  json host = json::object();
  add_resources(host, resources, api);
  return host;
}

}  // namespace

TEST_CASE("what is not limited is not spoken of", "[docker]") {
  CHECK(host_of({}) == json::object());
}

TEST_CASE("limits have the engine's names", "[docker]") {
  CHECK(host_of({.nano_cpus = 1'500'000'000,
                 .cpu_period = 1,
                 .cpu_quota = 2,
                 .cpu_rt_period = 3,
                 .cpu_rt_runtime = 4,
                 .cpu_shares = 5,
                 .cpuset = "0-1",
                 .memory = 6,
                 .memory_reservation = 7,
                 .memory_swap = -1,
                 .memory_swappiness = 8,
                 .shm_size = 9,
                 .pids = -1,
                 .oom_score_adj = -10,
                 .oom_kill_disable = true,
                 .storage_options = {{"size", "1G"}},
                 .cgroup_parent = "p",
                 .ulimits = {{"nofile", 1, 2}},
                 .device_cgroup_rules = {"c 1:3 mr"}}) == json::parse(R"({
    "NanoCpus": 1500000000, "CpuPeriod": 1, "CpuQuota": 2, "CpuRealtimePeriod": 3, "CpuRealtimeRuntime": 4,
    "CpuShares": 5, "CpusetCpus": "0-1", "Memory": 6, "MemoryReservation": 7, "MemorySwap": -1, "MemorySwappiness": 8,
    "ShmSize": 9, "PidsLimit": -1, "OomScoreAdj": -10, "OomKillDisable": true, "StorageOpt": {"size": "1G"},
    "CgroupParent": "p", "Ulimits": [{"Name": "nofile", "Soft": 1, "Hard": 2}],
    "DeviceCgroupRules": ["c 1:3 mr"]})"));
}

TEST_CASE("block devices", "[docker]") {
  CHECK(host_of({.block_io = {.weight = 300,
                              .weight_device = {{"/dev/a", 400}},
                              .device_read_bps = {{"/dev/b", 1}},
                              .device_read_iops = {{"/dev/b", 2}},
                              .device_write_bps = {{"/dev/b", 3}},
                              .device_write_iops = {{"/dev/b", 4}, {"/dev/c", 5}}}}) == json::parse(R"({
    "BlkioWeight": 300, "BlkioWeightDevice": [{"Path": "/dev/a", "Weight": 400}],
    "BlkioDeviceReadBps": [{"Path": "/dev/b", "Rate": 1}], "BlkioDeviceReadIOps": [{"Path": "/dev/b", "Rate": 2}],
    "BlkioDeviceWriteBps": [{"Path": "/dev/b", "Rate": 3}],
    "BlkioDeviceWriteIOps": [{"Path": "/dev/b", "Rate": 4}, {"Path": "/dev/c", "Rate": 5}]})"));
}

TEST_CASE("devices are mapped by path, or asked for by name where the engine knows names", "[docker]") {
  const Resources resources{.devices = {{"/dev/null", "/dev/nothing", "r"}, {"v.com/gpu=0", "v.com/gpu=0", "rwm"}},
                            .device_requests = {{.driver = "d", .count = -1, .capabilities = {"gpu"}}}};
  json expected = json::parse(R"({
    "Devices": [{"PathOnHost": "/dev/null", "PathInContainer": "/dev/nothing", "CgroupPermissions": "r"}],
    "DeviceRequests": [{"Driver": "d", "Count": -1, "Capabilities": [["gpu"]]}]})");
  CHECK(host_of(resources, {1, 43}) == expected);
  expected["DeviceRequests"].push_back({{"Driver", "cdi"}, {"DeviceIDs", {"v.com/gpu=0"}}});
  CHECK(host_of(resources) == expected);
}

TEST_CASE("a CDI name is vendor/class=name, and is not mapped elsewhere", "[docker]") {
  struct Case {
    DeviceMapping device;
    bool cdi;
  };
  const auto c = GENERATE(values<Case>({
      {{"vendor.com/class=name", "vendor.com/class=name", "rwm"}, true},
      {{"vendor.com/class=name", "/dev/x", "rwm"}, false},
      {{"/dev/null", "/dev/null", "rwm"}, false},
      {{"vendor.com/class", "vendor.com/class", "rwm"}, false},
      {{"vendor.com/=name", "vendor.com/=name", "rwm"}, false},
      {{"vendor.com/class=", "vendor.com/class=", "rwm"}, false},
  }));
  CAPTURE(c.device.source, c.device.target);
  CHECK(is_cdi_device(c.device) == c.cdi);
}

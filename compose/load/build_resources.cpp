#include <algorithm>
#include <cmath>
#include <limits>

#include "compose/load/build_parts.hpp"

namespace hoist::compose {
namespace {

constexpr std::int64_t k_least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t k_most = std::numeric_limits<std::int64_t>::max();
constexpr int k_int_least = std::numeric_limits<int>::min();
constexpr int k_int_most = std::numeric_limits<int>::max();

std::int64_t whole(const Attribute& value) {
  return value.integer(k_least, k_most);
}

/// The number in units of 1/`parts`.
std::int64_t scaled(const Attribute& value, double parts) {
  return std::llround(value.number() * parts);
}

std::vector<DeviceRate> rates(const Attribute& entries) {
  std::vector<DeviceRate> all;
  for (const Attribute& entry : entries.items()) all.push_back({entry["path"].text(), entry["rate"].bytes()});
  return all;
}

BlockIo block_io(const Attribute& config) {
  constexpr int k_most_weight = 65535;
  BlockIo result;
  result.weight = static_cast<int>(config["weight"].integer(0, k_most_weight));
  for (const Attribute& entry : config["weight_device"].items()) {
    result.weight_device.push_back({entry["path"].text(), static_cast<int>(entry["weight"].integer(0, k_most_weight))});
  }
  result.device_read_bps = rates(config["device_read_bps"]);
  result.device_read_iops = rates(config["device_read_iops"]);
  result.device_write_bps = rates(config["device_write_bps"]);
  result.device_write_iops = rates(config["device_write_iops"]);
  return result;
}

DeviceRequest device_request(const Attribute& entry) {
  return {.driver = entry["driver"].text(),
          .count = whole(entry["count"]),
          .device_ids = entry["device_ids"].texts(),
          .capabilities = entry["capabilities"].texts(),
          .options = entry["options"].text_map()};
}

/// What is reserved by a driver, and GPUs, which are asked for by their capability.
std::vector<DeviceRequest> device_requests(const Attribute& service) {
  std::vector<DeviceRequest> all;
  for (const Attribute& entry : service["deploy"]["resources"]["reservations"]["devices"].items()) {
    all.push_back(device_request(entry));
  }
  for (const Attribute& entry : service["gpus"].items()) {
    all.push_back(device_request(entry));
    all.back().capabilities.emplace_back("gpu");
  }
  return all;
}

/// The limits and reservations of `deploy` win over the service's own.
void put_deploy_over(const Attribute& deploy, Resources& resources) {
  const Attribute limits = deploy["resources"]["limits"];
  if (const std::int64_t cpus = scaled(limits["cpus"], 1e9); cpus != 0) resources.nano_cpus = cpus;
  if (const Bytes memory = limits["memory"].bytes(); memory != 0) resources.memory = memory;
  if (const std::int64_t pids = whole(limits["pids"]); pids > 0) resources.pids = pids;
  const Attribute reservations = deploy["resources"]["reservations"];
  if (const Bytes memory = reservations["memory"].bytes(); memory != 0) resources.memory_reservation = memory;
}

}  // namespace

std::vector<Ulimit> build_ulimits(const Attribute& ulimits) {
  std::vector<Ulimit> all;
  for (const auto& [name, entry] : ulimits.members()) {
    if (entry.given() && entry.node().is_mapping()) {
      all.push_back({name, whole(entry["soft"]), whole(entry["hard"])});
    } else {
      const std::int64_t both = whole(entry);
      all.push_back({name, both, both});
    }
  }
  std::ranges::sort(all, {}, &Ulimit::name);
  return all;
}

Resources build_resources(const Attribute& service) {
  Resources result;
  result.nano_cpus = scaled(service["cpus"], 1e9);
  result.cpu_count = whole(service["cpu_count"]);
  result.cpu_percent = scaled(service["cpu_percent"], 100);
  result.cpu_period = whole(service["cpu_period"]);
  result.cpu_quota = whole(service["cpu_quota"]);
  result.cpu_rt_period = whole(service["cpu_rt_period"]);
  result.cpu_rt_runtime = whole(service["cpu_rt_runtime"]);
  result.cpu_shares = whole(service["cpu_shares"]);
  result.cpuset = service["cpuset"].text();
  result.memory = service["mem_limit"].bytes();
  result.memory_reservation = service["mem_reservation"].bytes();
  result.memory_swap = service["memswap_limit"].bytes();
  result.memory_swappiness = service["mem_swappiness"].bytes();
  result.shm_size = service["shm_size"].bytes();
  result.pids = whole(service["pids_limit"]);
  result.oom_score_adj = static_cast<int>(service["oom_score_adj"].integer(k_int_least, k_int_most));
  result.oom_kill_disable = service["oom_kill_disable"].flag();
  result.block_io = block_io(service["blkio_config"]);
  result.storage_options = service["storage_opt"].text_map();
  result.cgroup_parent = service["cgroup_parent"].text();
  result.ulimits = build_ulimits(service["ulimits"]);
  for (const Attribute& entry : service["devices"].items()) {
    result.devices.push_back({entry["source"].text(), entry["target"].text(), entry["permissions"].text()});
  }
  result.device_requests = device_requests(service);
  result.device_cgroup_rules = service["device_cgroup_rules"].texts();
  put_deploy_over(service["deploy"], result);
  return result;
}

}  // namespace hoist::compose

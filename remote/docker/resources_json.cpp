#include "remote/docker/resources_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "remote/docker/json_fields.hpp"

namespace hoist::remote {
namespace {

using compose::DeviceRate;
using compose::Resources;
using nlohmann::json;

void set_rates(json& host, const char* key, const std::vector<DeviceRate>& rates) {
  for (const DeviceRate& rate : rates) host[key].push_back({{"Path", rate.path}, {"Rate", rate.rate}});
}

void add_processor(json& host, const Resources& resources) {
  set_number(host, "NanoCpus", resources.nano_cpus);
  set_number(host, "CpuPeriod", resources.cpu_period);
  set_number(host, "CpuQuota", resources.cpu_quota);
  set_number(host, "CpuRealtimePeriod", resources.cpu_rt_period);
  set_number(host, "CpuRealtimeRuntime", resources.cpu_rt_runtime);
  set_number(host, "CpuShares", resources.cpu_shares);
  set_text(host, "CpusetCpus", resources.cpuset);
}

void add_memory(json& host, const Resources& resources) {
  set_number(host, "Memory", resources.memory);
  set_number(host, "MemoryReservation", resources.memory_reservation);
  set_number(host, "MemorySwap", resources.memory_swap);
  set_number(host, "MemorySwappiness", resources.memory_swappiness);
  set_number(host, "ShmSize", resources.shm_size);
  set_number(host, "OomScoreAdj", resources.oom_score_adj);
  if (resources.oom_kill_disable) host["OomKillDisable"] = true;
}

void add_block_io(json& host, const compose::BlockIo& io) {
  set_number(host, "BlkioWeight", io.weight);
  for (const compose::DeviceWeight& device : io.weight_device) {
    host["BlkioWeightDevice"].push_back({{"Path", device.path}, {"Weight", device.weight}});
  }
  set_rates(host, "BlkioDeviceReadBps", io.device_read_bps);
  set_rates(host, "BlkioDeviceReadIOps", io.device_read_iops);
  set_rates(host, "BlkioDeviceWriteBps", io.device_write_bps);
  set_rates(host, "BlkioDeviceWriteIOps", io.device_write_iops);
}

json request_json(const compose::DeviceRequest& request) {
  json out{{"Driver", request.driver}, {"Count", request.count}, {"Capabilities", {request.capabilities}}};
  set_list(out, "DeviceIDs", request.device_ids);
  set_list(out, "Options", request.options);
  return out;
}

/// CDI devices are one request of their own.
void add_devices(json& host, const Resources& resources, ApiVersion api) {
  json requests = json::array();
  std::vector<std::string> cdi_names;
  for (const compose::DeviceRequest& request : resources.device_requests) requests.push_back(request_json(request));
  for (const compose::DeviceMapping& device : resources.devices) {
    if (is_cdi_device(device)) {
      cdi_names.push_back(device.source);
      continue;
    }
    host["Devices"].push_back(
        {{"PathOnHost", device.source}, {"PathInContainer", device.target}, {"CgroupPermissions", device.permissions}});
  }
  if (!cdi_names.empty() && api >= k_api_cdi) requests.push_back({{"Driver", "cdi"}, {"DeviceIDs", cdi_names}});
  set_list(host, "DeviceRequests", requests);
  set_list(host, "DeviceCgroupRules", resources.device_cgroup_rules);
}

}  // namespace

bool is_cdi_device(const compose::DeviceMapping& device) {
  const std::string& name = device.source;
  const std::size_t slash = name.find('/');
  const std::size_t equals = name.find('=', slash == std::string::npos ? 0 : slash);
  if (device.target != name || slash == std::string::npos || slash == 0 || equals == std::string::npos) return false;
  return equals > slash + 1 && equals + 1 < name.size();
}

void add_resources(json& host, const Resources& resources, ApiVersion api) {
  add_processor(host, resources);
  add_memory(host, resources);
  add_block_io(host, resources.block_io);
  set_number(host, "PidsLimit", resources.pids);
  set_list(host, "StorageOpt", resources.storage_options);
  set_text(host, "CgroupParent", resources.cgroup_parent);
  for (const compose::Ulimit& limit : resources.ulimits) {
    host["Ulimits"].push_back({{"Name", limit.name}, {"Soft", limit.soft}, {"Hard", limit.hard}});
  }
  add_devices(host, resources, api);
}

}  // namespace hoist::remote

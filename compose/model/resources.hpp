#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compose/model/values.hpp"

namespace hoist::compose {

/// How much of a block device a container may use.
struct DeviceRate {
  std::string path;
  std::int64_t rate = 0;  ///< bytes or operations per second

  bool operator==(const DeviceRate&) const = default;
};

struct DeviceWeight {
  std::string path;
  int weight = 0;

  bool operator==(const DeviceWeight&) const = default;
};

struct BlockIo {
  int weight = 0;
  std::vector<DeviceWeight> weight_device;
  std::vector<DeviceRate> device_read_bps;
  std::vector<DeviceRate> device_read_iops;
  std::vector<DeviceRate> device_write_bps;
  std::vector<DeviceRate> device_write_iops;

  bool operator==(const BlockIo&) const = default;
};

struct Ulimit {
  std::string name;
  std::int64_t soft = 0;
  std::int64_t hard = 0;

  bool operator==(const Ulimit&) const = default;
};

/// A device of the host inside the container.
struct DeviceMapping {
  std::string source;  ///< a path, or the qualified name of a CDI device ("vendor.com/class=name")
  std::string target;
  std::string permissions;

  bool operator==(const DeviceMapping&) const = default;
};

/// Devices that a driver hands out: GPUs and the like.
struct DeviceRequest {
  std::string driver;
  std::int64_t count = 0;  ///< -1 = all
  std::vector<std::string> device_ids;
  std::vector<std::string> capabilities;
  StringMap options;

  bool operator==(const DeviceRequest&) const = default;
};

/// What a container may use of its host, `deploy.resources` and the service's own attributes made one; 0 and empty =
/// no limit of its own.
///
/// Source: Compose Specification, services and deploy.
struct Resources {
  std::int64_t nano_cpus = 0;  ///< billionths of a CPU
  std::int64_t cpu_count = 0;
  std::int64_t cpu_percent = 0;  ///< hundredths of a percent, as engines take it
  std::int64_t cpu_period = 0;
  std::int64_t cpu_quota = 0;
  std::int64_t cpu_rt_period = 0;
  std::int64_t cpu_rt_runtime = 0;
  std::int64_t cpu_shares = 0;
  std::string cpuset;
  Bytes memory = 0;
  Bytes memory_reservation = 0;
  Bytes memory_swap = 0;
  std::int64_t memory_swappiness = 0;
  Bytes shm_size = 0;
  std::int64_t pids = 0;
  int oom_score_adj = 0;
  bool oom_kill_disable = false;
  BlockIo block_io;
  StringMap storage_options;
  std::string cgroup_parent;
  std::vector<Ulimit> ulimits;  ///< sorted by name
  std::vector<DeviceMapping> devices;
  std::vector<DeviceRequest> device_requests;
  std::vector<std::string> device_cgroup_rules;

  bool operator==(const Resources&) const = default;
};

}  // namespace hoist::compose

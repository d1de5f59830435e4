#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hoist::remote {

/// A step of a BuildKit build.
struct BuildVertex {
  std::string digest;
  std::string name;  ///< "[2/4] RUN apt-get update"
  bool cached = false;
  bool started = false;
  bool completed = false;
  std::string error;

  bool operator==(const BuildVertex&) const = default;
};

/// How far something within a step is: a layer that is fetched, a file that is sent.
struct BuildStatus {
  std::string id;
  std::string vertex;  ///< digest
  std::string name;
  std::int64_t current = 0;
  std::int64_t total = 0;
  bool completed = false;

  bool operator==(const BuildStatus&) const = default;
};

/// A piece of what a step printed, not necessarily whole lines.
struct BuildLog {
  std::string vertex;  ///< digest
  int stream = 1;
  std::string text;

  bool operator==(const BuildLog&) const = default;
};

struct BuildWarning {
  std::string vertex;  ///< digest
  std::string text;
  std::string url;

  bool operator==(const BuildWarning&) const = default;
};

/// One report of BuildKit on a running build.
struct BuildTrace {
  std::vector<BuildVertex> vertexes;
  std::vector<BuildStatus> statuses;
  std::vector<BuildLog> logs;
  std::vector<BuildWarning> warnings;

  bool operator==(const BuildTrace&) const = default;
};

/// The report in `message`, or nothing when it is not well formed. Safe on any bytes.
/// Source: moby/buildkit, StatusResponse of the control API.
std::optional<BuildTrace> decode_build_trace(std::string_view message);

}  // namespace hoist::remote

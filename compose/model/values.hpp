#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hoist::compose {

/// A size in bytes; -1 where an engine takes it for "no limit".
using Bytes = std::int64_t;
using Nanoseconds = std::chrono::nanoseconds;
using StringMap = std::map<std::string, std::string>;
/// A value without content means "pass on what the environment holds, else unset".
using EnvironmentMap = std::map<std::string, std::optional<std::string>>;
/// A command line; nothing = the image's own.
using CommandLine = std::optional<std::vector<std::string>>;

}  // namespace hoist::compose

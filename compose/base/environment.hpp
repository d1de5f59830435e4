#pragma once

#include <map>
#include <optional>
#include <string>

namespace hoist {

/// The variables of this process by name; of one that is there twice, the first.
/// Thread: not while another thread changes the environment.
std::map<std::string, std::string> process_environment();

/// The value of a variable of this process; nothing when it is not set.
/// Thread: as `process_environment`.
std::optional<std::string> environment_variable(const char* name);

/// The value of `name` in `environment`; "" when it is not there.
std::string value_or_empty(const std::map<std::string, std::string>& environment, const std::string& name);

}  // namespace hoist

#include "compose/base/environment.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace hoist {

std::map<std::string, std::string> process_environment() {
  std::map<std::string, std::string> variables;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    const std::string_view entry(*at);
    const std::size_t equals = entry.find('=');
    if (equals != std::string_view::npos) variables.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return variables;
}

std::optional<std::string> environment_variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): see the contract
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::string value_or_empty(const std::map<std::string, std::string>& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

}  // namespace hoist

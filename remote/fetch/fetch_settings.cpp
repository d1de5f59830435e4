#include "remote/fetch/fetch_settings.hpp"

#include "compose/base/environment.hpp"
#include "compose/base/text.hpp"

namespace hoist::remote {

std::filesystem::path fetch_cache(const FetchSettings& settings) {
  const std::filesystem::path own = value_or_empty(settings.environment, "XDG_CACHE_HOME");
  return (own.is_absolute() ? own : settings.home / ".cache") / "docker-compose";
}

bool is_switched_off(const FetchSettings& settings, const std::string& name) {
  const std::string enabled = to_lower(value_or_empty(settings.environment, name));
  return enabled == "0" || enabled == "false" || enabled == "f";
}

}  // namespace hoist::remote

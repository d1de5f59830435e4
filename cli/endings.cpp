#include "cli/endings.hpp"

namespace hoist::cli {

void Endings::see(const compose::ContainerEvent& event) {
  // Docker says "kill" before the end, Podman "stop".
  if (event.action == "kill" || event.action == "stop") stopped_.insert(event.container);
  if (event.action == "die") ends_[event.container] = event.time_nanoseconds;
  if (event.action == "start") stopped_.erase(event.container);
}

void Endings::had_ended(const std::string& container, std::int64_t moment) {
  ends_[container] = moment;
}

std::optional<std::int64_t> Endings::last_end(const std::string& container) const {
  const auto found = ends_.find(container);
  return found == ends_.end() ? std::nullopt : std::optional(found->second);
}

std::chrono::milliseconds Endings::patience() const {
  // A busy engine was seen to take more than one second from the end to the start.
  constexpr std::chrono::milliseconds k_restart_within{3000};
  return stopped_.empty() ? std::chrono::milliseconds{0} : k_restart_within;
}

}  // namespace hoist::cli

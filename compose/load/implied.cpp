#include "compose/load/implied.hpp"

#include <algorithm>

#include "compose/model/service.hpp"

namespace hoist::compose {
namespace {

const Node::Sequence& list_at(const Node& service, std::string_view key) {
  static const Node::Sequence k_none;
  const Node* list = service.find(key);
  return list != nullptr && list->is_sequence() ? list->items() : k_none;
}

}  // namespace

std::vector<ImpliedDependency> implied_dependencies(const Node& service) {
  std::vector<ImpliedDependency> all;
  for (const Node& link : list_at(service, "links")) {
    if (!link.is_string()) continue;
    const std::string& text = link.as_string();
    // SERVICE:ALIAS; with more colons it is no link but a name that nobody has, which the checks tell.
    const bool has_alias = std::ranges::count(text, ':') == 1;
    all.push_back({has_alias ? text.substr(0, text.find(':')) : text, true, link.location});
  }
  for (const char* space : {"network_mode", "ipc", "pid", "uts", "cgroup"}) {
    const Node* mode = service.find(space);
    if (mode == nullptr || !mode->is_string() || !mode->as_string().starts_with("service:")) continue;
    all.push_back({referred_service(mode->as_string()), true, mode->location});
  }
  for (const Node& source : list_at(service, "volumes_from")) {
    if (!source.is_string() || source.as_string().starts_with("container:")) continue;
    const std::string& text = source.as_string();
    all.push_back({text.substr(0, text.find(':')), false, source.location});
  }
  return all;
}

}  // namespace hoist::compose

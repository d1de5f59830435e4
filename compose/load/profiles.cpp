#include "compose/load/profiles.hpp"

#include <algorithm>
#include <set>

namespace hoist::compose {
namespace {

std::vector<std::string> profiles_of(const Node& service) {
  std::vector<std::string> profiles;
  const Node* node = service.find("profiles");
  if (node == nullptr || !node->is_sequence()) return profiles;
  for (const Node& profile : node->items()) {
    if (profile.is_scalar()) profiles.push_back(profile.scalar_text());
  }
  return profiles;
}

bool is_enabled(const Node& service, const std::set<std::string>& active) {
  const std::vector<std::string> own = profiles_of(service);
  return own.empty() || active.contains("*") ||
         std::ranges::any_of(own, [&active](const std::string& profile) { return active.contains(profile); });
}

}  // namespace

Node take_disabled_services(Node& document, const std::vector<std::string>& profiles,
                            const std::vector<std::string>& named) {
  Node disabled(Node::Mapping{});
  Node* services = document.find("services");
  if (services == nullptr || !services->is_mapping()) return disabled;
  const std::set<std::string> asked(profiles.begin(), profiles.end());
  std::set<std::string> active = asked;
  for (const std::string& name : named) {
    const Node* service = services->find(name);
    if (service == nullptr || is_enabled(*service, asked)) continue;
    for (std::string& profile : profiles_of(*service)) active.insert(std::move(profile));
  }
  Node::Mapping enabled;
  for (Member& member : services->members()) {
    (is_enabled(member.value, active) ? enabled : disabled.members()).push_back(std::move(member));
  }
  services->members() = std::move(enabled);
  return disabled;
}

}  // namespace hoist::compose

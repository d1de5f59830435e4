#include "compose/load/unused.hpp"

#include <map>
#include <set>
#include <string>

namespace hoist::compose {
namespace {

using Names = std::set<std::string, std::less<>>;

void add_keys(Names& names, const Node* mapping) {
  if (mapping == nullptr || !mapping->is_mapping()) return;
  for (const Member& member : mapping->members()) names.insert(member.key);
}

void add_sources(Names& names, const Node* list) {
  if (list == nullptr || !list->is_sequence()) return;
  for (const Node& entry : list->items()) {
    const Node* source = entry.find("source");
    if (source != nullptr && source->is_scalar()) names.insert(source->scalar_text());
  }
}

void add_volumes(Names& names, const Node* mounts) {
  if (mounts == nullptr || !mounts->is_sequence()) return;
  for (const Node& mount : mounts->items()) {
    const Node* type = mount.find("type");
    const Node* source = mount.find("source");
    if (type != nullptr && *type == Node("volume") && source != nullptr && source->is_scalar()) {
      names.insert(source->scalar_text());
    }
  }
}

}  // namespace

void drop_unused(Node& document) {
  std::map<std::string, Names> used{
      {"networks", {}}, {"volumes", {}}, {"secrets", {}}, {"configs", {}}, {"models", {}}};
  if (const Node* services = document.find("services"); services != nullptr && services->is_mapping()) {
    for (const Member& member : services->members()) {
      const Node& service = member.value;
      add_keys(used["networks"], service.find("networks"));
      add_keys(used["models"], service.find("models"));
      add_volumes(used["volumes"], service.find("volumes"));
      add_sources(used["secrets"], service.find("secrets"));
      add_sources(used["configs"], service.find("configs"));
      if (const Node* build = service.find("build")) add_sources(used["secrets"], build->find("secrets"));
    }
  }
  for (const auto& [kind, names] : used) {
    Node* resources = document.find(kind);
    if (resources == nullptr || !resources->is_mapping()) continue;
    std::erase_if(resources->members(),
                  [&wanted = names](const Member& member) { return !wanted.contains(member.key); });
    if (resources->members().empty()) document.erase(kind);
  }
}

}  // namespace hoist::compose

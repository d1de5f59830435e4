#include "cli/config_digests.hpp"

#include <algorithm>
#include <utility>

namespace hoist::cli {
namespace {

using compose::Member;
using compose::Node;

bool is_image_volume(const Node& volume) {
  const Node* type = volume.find("type");
  return type != nullptr && *type == Node("image");
}

/// The entries of a list attribute; none when there is no such list.
Node::Sequence* entries(Node& service, std::string_view key) {
  Node* list = service.find(key);
  return list != nullptr && list->is_sequence() ? &list->items() : nullptr;
}

/// All places of a tree that name an image.
std::vector<Node*> image_places(Node& services) {
  std::vector<Node*> places;
  const auto add = [&places](Node* image) {
    if (image != nullptr && image->is_string() && !image->as_string().empty()) places.push_back(image);
  };
  for (Member& service : services.members()) {
    add(service.value.find("image"));
    if (Node::Sequence* hooks = entries(service.value, "pre_start")) {
      for (Node& hook : *hooks) add(hook.find("image"));
    }
    Node::Sequence* volumes = entries(service.value, "volumes");
    if (volumes == nullptr) continue;
    for (Node& volume : *volumes) {
      Node* source = volume.find("source");
      const bool other_service =
          source != nullptr && source->is_string() && services.find(source->as_string()) != nullptr;
      if (is_image_volume(volume) && !other_service) add(source);
    }
  }
  return places;
}

}  // namespace

void pin_tree(Node& tree, const PinImages& pin) {
  Node* services = tree.find("services");
  if (services == nullptr || !services->is_mapping()) return;
  const std::vector<Node*> places = image_places(*services);
  if (places.empty()) return;
  std::vector<std::string> images;
  for (const Node* place : places) images.push_back(place->as_string());
  std::ranges::sort(images);
  images.erase(std::unique(images.begin(), images.end()), images.end());
  const std::map<std::string, std::string> pinned = pin(images);
  for (Node* place : places) place->as_string() = pinned.at(place->as_string());
}

Node lock_form(const Node& tree) {
  Node services(Node::Mapping{});
  if (const Node* all = tree.find("services"); all != nullptr && all->is_mapping()) {
    for (const Member& service : all->members()) {
      Node locked(Node::Mapping{});
      if (const Node* image = service.value.find("image")) locked.set("image", *image);
      if (const Node* volumes = service.value.find("volumes"); volumes != nullptr && volumes->is_sequence()) {
        Node::Sequence images;
        std::ranges::copy_if(volumes->items(), std::back_inserter(images), is_image_volume);
        if (!images.empty()) locked.set("volumes", Node(std::move(images)));
      }
      services.set(service.key, std::move(locked));
    }
  }
  return Node(Node::Mapping{{"services", std::move(services), {}}});
}

std::vector<std::string> services_with_hook_images(const Node& tree) {
  std::vector<std::string> names;
  const Node* services = tree.find("services");
  if (services == nullptr || !services->is_mapping()) return names;
  for (const Member& service : services->members()) {
    const Node* hooks = service.value.find("pre_start");
    if (hooks == nullptr || !hooks->is_sequence()) continue;
    const bool any =
        std::ranges::any_of(hooks->items(), [](const Node& hook) { return hook.find("image") != nullptr; });
    if (any) names.push_back(service.key);
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace hoist::cli

#include "compose/load/probe.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/load/canonical.hpp"
#include "compose/load/config_form.hpp"
#include "compose/load/merge.hpp"
#include "compose/load/settle_values.hpp"

namespace hoist::compose {
namespace {

/// Of a tree, only the resource that the path leads through: the rest need not be made canonical.
Node part_of(const Node& tree, const TreePath& path) {
  if (path.size() < 2) return tree;
  const Node* section = tree.find(path[0].key);
  const Node* resource = section == nullptr ? nullptr : section->find(path[1].key);
  if (resource == nullptr) return Node(Node::Mapping{});
  Node inner(Node::Mapping{{path[1].key, *resource, {}}}, section->location);
  return Node(Node::Mapping{{path[0].key, std::move(inner), {}}});
}

const Node* tagged_below(const Node* node, const TreePath& path, std::size_t from) {
  for (std::size_t depth = from; node != nullptr && depth < path.size(); ++depth) {
    node = path[depth].index ? nullptr : node->find(path[depth].key);
    if (node != nullptr && node->tag != Node::Tag::none) return node;
  }
  return nullptr;
}

}  // namespace

Node document_of_service(const std::string& name, const Node& service) {
  Node services(Node::Mapping{{name, service, {}}});
  return Node(Node::Mapping{{"services", std::move(services), {}}});
}

Probe::Probe(TreePath path, const Node& tree) : path_(std::move(path)), entries_(path_.size()) {
  const Node* node = &tree;
  for (std::size_t depth = 0; node != nullptr && depth < path_.size(); ++depth) {
    const PathPart& part = path_[depth];
    if (!part.index) {
      node = node->find(part.key);
    } else if (node->is_sequence() && *part.index < node->items().size()) {
      node = &node->items()[*part.index];
      entries_[depth] = *node;
    } else {
      node = nullptr;
    }
  }
}

std::optional<Node> Probe::find(const Node& tree) const {
  Node part = part_of(tree, path_);
  std::vector<Diagnostic> of_no_interest;
  drop_tags(part);
  to_canonical(part, of_no_interest, true);
  settle_values(part, of_no_interest);
  to_config_form(part);
  const Node* found = descend(part);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

std::optional<Node> Probe::find_in_service(const Node& service) const {
  if (path_.size() < 2 || path_[0].key != "services") return std::nullopt;
  return find(document_of_service(path_[1].key, service));
}

const Node* Probe::descend(const Node& tree) const {
  const Node* node = &tree;
  for (std::size_t depth = 0; node != nullptr && depth < path_.size(); ++depth) {
    node = path_[depth].index ? same_entry(*node, depth) : node->find(path_[depth].key);
  }
  return node;
}

/// The entry of an earlier list that has become the one in the path: of the same place and value, else of the same
/// place, else of the same key, else the same.
const Node* Probe::same_entry(const Node& list, std::size_t depth) const {
  const Node& wanted = entries_[depth];
  if (!list.is_sequence()) return nullptr;
  std::vector<std::string_view> list_path;
  for (std::size_t i = 0; i < depth; ++i) list_path.push_back(path_[i].index ? "[]" : std::string_view(path_[i].key));
  const std::optional<std::string> key = entry_key(list_path, wanted);
  std::array<const Node*, 4> found{};
  for (const Node& entry : list.items()) {
    const bool same_place = wanted.location.known() && entry.location == wanted.location;
    const bool same_key = key && entry_key(list_path, entry) == key;
    const std::array fits{same_place && (same_key || entry == wanted), same_place, same_key, entry == wanted};
    for (std::size_t i = 0; i < fits.size(); ++i) {
      if (fits[i] && found[i] == nullptr) found[i] = &entry;
    }
  }
  const auto* best = std::ranges::find_if(found, [](const Node* entry) { return entry != nullptr; });
  return best == found.end() ? nullptr : *best;
}

bool Probe::is_written(const Node& tree) const {
  const Node* node = &tree;
  for (const PathPart& part : path_) {
    if (!node->is_mapping() || part.index) return !node->is_null();  // a short form from here on
    node = node->find(part.key);
    if (node == nullptr) return false;
  }
  return true;
}

const Node* Probe::find_tag(const Node& tree) const {
  return tagged_below(&tree, path_, 0);
}

const Node* Probe::find_tag_in_service(const Node& service) const {
  return tagged_below(&service, path_, 2);
}

}  // namespace hoist::compose

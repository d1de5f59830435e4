#include "sync/core/change.hpp"

#include <algorithm>
#include <utility>

namespace hoist::sync {
namespace {

void add_changes(std::vector<Change>& changes, const std::string& path, const Tree& before, const Tree& after) {
  if (same(before, after)) return;
  if (!before || !after || !before->is_directory() || !after->is_directory()) {
    changes.push_back({path, before, after});
    return;
  }
  if (before->mode() != after->mode()) changes.push_back({path, before, after, true});
  if (same_content(before, after)) return;
  for_each_name(before->children(), after->children(),
                [&](const std::string& name, const Tree& left, const Tree& right) {
                  add_changes(changes, joined(path, name), left, right);
                });
}

/// Changes that lie in one directory, cut to what stands behind it.
using Slice = std::vector<std::pair<std::string_view, const Change*>>;

Tree changed(const Tree& tree, Slice slice);

/// The children of a directory, with the changes below it.
Children changed_children(const Node& directory, const Slice& slice) {
  Children result;
  result.reserve(directory.children().size() + slice.size());
  auto child = directory.children().begin();
  const auto end = directory.children().end();
  for (auto at = slice.begin(); at != slice.end();) {
    const std::string_view name = at->first.substr(0, at->first.find('/'));
    Slice inner;
    for (; at != slice.end() && at->first.substr(0, at->first.find('/')) == name; ++at) {
      inner.emplace_back(at->first.substr(std::min(name.size() + 1, at->first.size())), at->second);
    }
    for (; child != end && child->name < name; ++child) result.push_back(*child);
    const bool known = child != end && child->name == name;
    Tree made = changed(known ? child->node : nullptr, std::move(inner));
    if (known) ++child;
    if (made) result.push_back({std::string(name), std::move(made)});
  }
  result.insert(result.end(), child, end);
  return result;
}

Tree changed(const Tree& tree, Slice slice) {
  Tree result = tree;
  if (!slice.empty() && slice.front().first.empty()) {
    const Change& own = *slice.front().second;
    if (!own.shallow) {
      result = own.after;
    } else if (result && result->is_directory()) {
      result = Node::directory(own.after->mode(), result->children(), result->stamp());
    }
    slice.erase(slice.begin());
  }
  if (slice.empty() || !result || !result->is_directory()) return result;
  return Node::directory(result->mode(), changed_children(*result, slice), result->stamp());
}

/// Names are compared part by part, so that "a/b" comes before "a.b".
bool comes_before(std::string_view left, std::string_view right) {
  return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end(), [](char l, char r) {
    const auto rank = [](char c) { return c == '/' ? 0U : 1U + static_cast<unsigned char>(c); };
    return rank(l) < rank(r);
  });
}

}  // namespace

bool Change::operator==(const Change& other) const {
  return path == other.path && shallow == other.shallow && same(before, other.before) && same(after, other.after);
}

std::vector<Change> diff(const Tree& before, const Tree& after) {
  std::vector<Change> changes;
  add_changes(changes, {}, before, after);
  return changes;
}

Tree with_changes(const Tree& tree, const std::vector<Change>& changes) {
  Slice slice;
  slice.reserve(changes.size());
  for (const Change& change : changes) slice.emplace_back(change.path, &change);
  std::stable_sort(slice.begin(), slice.end(),
                   [](const auto& left, const auto& right) { return comes_before(left.first, right.first); });
  return changed(tree, std::move(slice));
}

bool adds_content(const Change& change) {
  return change.after && !change.shallow && !same_content(change.before, change.after);
}

std::string to_string(const Change& change) {
  if (!change.before) return "create " + change.path;
  if (!change.after) return "remove " + change.path;
  if (change.shallow) return "set mode of " + change.path;
  std::string text = "replace " + change.path;
  if (change.before->kind() != change.after->kind()) {
    text += " (" + std::string(to_string(change.before->kind())) + " by " +
            std::string(to_string(change.after->kind())) + ")";
  }
  return text;
}

}  // namespace hoist::sync

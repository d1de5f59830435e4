#include "sync/core/steps.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <type_traits>

namespace hoist::sync {
namespace {

/// What two nodes must have in common so that one can be had by moving the other.
using Identity = std::tuple<NodeKind, std::uint64_t, Digest, unsigned>;

Identity identity_of(const Node& node) {
  return {node.kind(), node.size(), node.digest(), node.mode()};
}

/// Whether moving is worth it: nobody misses an empty file or directory, and taking up another's place costs more.
bool is_worth_moving(const Node& node) {
  return node.size() > 0 && node.kind() != NodeKind::symlink;
}

class StepPlanner {
 public:
  std::vector<Step> plan(const std::vector<Change>& changes) {
    for (const Change& change : changes) {
      if (!change.after && change.before) note_removal(change.path, change.before);
    }
    for (const Change& change : changes) {
      if (change.before && change.after && !change.shallow && change.before->kind() != change.after->kind()) {
        remove_all(obstacles_, change.path, change.before);
      }
    }
    for (const Change& change : changes) {
      if (!change.after) continue;
      // What stood in the way is gone by then.
      const bool stays = change.before && change.before->kind() == change.after->kind();
      put_all(change.path, stays ? change.before : nullptr, change.after, change.shallow);
    }
    for (const Change& change : changes) {
      if (!change.after && change.before) remove_all(removals_, change.path, change.before);
    }
    std::vector<Step> steps = std::move(obstacles_);
    for (std::vector<Step>* part : {&directories_, &entries_, &removals_}) {
      steps.insert(steps.end(), std::make_move_iterator(part->begin()), std::make_move_iterator(part->end()));
    }
    return steps;
  }

 private:
  /// Remembers what goes away for good and may be moved: a directory as a whole, and what it holds.
  void note_removal(const std::string& path, const Tree& tree) {
    if (is_worth_moving(*tree)) sources_.emplace(identity_of(*tree), path);
    for (const Child& child : tree->children()) note_removal(joined(path, child.name), child.node);
  }

  /// A path whose content `wanted` is, and which has not been moved yet; nothing when there is none.
  const std::string* take_source(const Node& wanted) {
    if (!is_worth_moving(wanted)) return nullptr;
    const auto [first, last] = sources_.equal_range(identity_of(wanted));
    for (auto it = first; it != last; ++it) {
      if (is_moved(it->second) || holds_moved(it->second)) continue;
      return &*moved_.insert(it->second).first;
    }
    return nullptr;
  }

  bool is_moved(std::string_view path) const {
    for (; !path.empty(); path = parent_of(path)) {
      if (moved_.contains(path)) return true;
    }
    return false;
  }
  bool holds_moved(const std::string& directory) const {
    const auto below = moved_.lower_bound(directory + '/');
    return below != moved_.end() && below->starts_with(directory + '/');
  }

  void put_all(const std::string& path, const Tree& before, const Tree& after, bool shallow) {
    if (shallow || (before && before->is_directory())) {
      directories_.push_back(PutEntry{path, before, after});
      return;
    }
    // A move that replaces a directory is none.
    if (const std::string* source = take_source(*after)) {
      entries_.push_back(MoveEntry{*source, path, after, before});
      return;
    }
    std::vector<Step>& steps = after->is_directory() ? directories_ : entries_;
    steps.push_back(PutEntry{path, before, after});
    for (const Child& child : after->children()) put_all(joined(path, child.name), nullptr, child.node, false);
  }

  void remove_all(std::vector<Step>& steps, const std::string& path, const Tree& tree) {
    if (is_moved(path)) return;
    for (const Child& child : tree->children()) remove_all(steps, joined(path, child.name), child.node);
    steps.push_back(RemoveEntry{path, tree});
  }

  std::multimap<Identity, std::string> sources_;
  std::set<std::string, std::less<>> moved_;
  std::vector<Step> obstacles_;
  std::vector<Step> directories_;
  std::vector<Step> entries_;
  std::vector<Step> removals_;
};

}  // namespace

const std::string& path_of(const Step& step) {
  return std::visit(
      [](const auto& each) -> const std::string& {
        if constexpr (std::is_same_v<std::decay_t<decltype(each)>, MoveEntry>) {
          return each.to;
        } else {
          return each.path;
        }
      },
      step);
}

std::string to_string(const Step& step) {
  if (const auto* put = std::get_if<PutEntry>(&step)) return "put " + put->path;
  if (const auto* removal = std::get_if<RemoveEntry>(&step)) return "remove " + removal->path;
  const auto& move = std::get<MoveEntry>(step);
  return "move " + move.from + " to " + move.to;
}

std::vector<Step> steps_of(const std::vector<Change>& changes) {
  return StepPlanner().plan(changes);
}

}  // namespace hoist::sync

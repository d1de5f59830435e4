#include "sync/watch/watched_tree.hpp"

namespace hoist::sync {

void WatchedTree::put(const std::string& path, int watch) {
  remove(watch);
  if (const auto found = watches_.find(path); found != watches_.end()) paths_.erase(found->second);
  watches_[path] = watch;
  paths_[watch] = path;
}

const std::string* WatchedTree::path_of(int watch) const {
  const auto found = paths_.find(watch);
  return found == paths_.end() ? nullptr : &found->second;
}

bool WatchedTree::has(std::string_view path) const {
  return watches_.find(path) != watches_.end();
}

std::vector<int> WatchedTree::take_below(std::string_view path) {
  std::vector<int> taken;
  const auto take = [&](auto at) {
    taken.push_back(at->second);
    paths_.erase(at->second);
    return watches_.erase(at);
  };
  if (const auto own = watches_.find(path); own != watches_.end()) take(own);
  const std::string below = path.empty() ? std::string() : std::string(path) + '/';
  for (auto at = watches_.lower_bound(below); at != watches_.end() && at->first.starts_with(below);) at = take(at);
  return taken;
}

void WatchedTree::remove(int watch) {
  const auto found = paths_.find(watch);
  if (found == paths_.end()) return;
  watches_.erase(found->second);
  paths_.erase(found);
}

}  // namespace hoist::sync

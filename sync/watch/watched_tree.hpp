#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace hoist::sync {

/// Which watch of the kernel is on which directory. Paths change with the directories above, watches do not.
class WatchedTree {
 public:
  /// Notes that `watch` is on the directory at `path`, in place of what was noted of either before.
  void put(const std::string& path, int watch);
  /// Where the directory lies that `watch` is on; nothing when it is not known.
  const std::string* path_of(int watch) const;
  bool has(std::string_view path) const;
  /// Forgets a directory and all below it. Returns their watches.
  std::vector<int> take_below(std::string_view path);
  /// Forgets one watch.
  void remove(int watch);
  std::size_t size() const { return paths_.size(); }

 private:
  std::unordered_map<int, std::string> paths_;
  std::map<std::string, int, std::less<>> watches_;
};

}  // namespace hoist::sync

#include "sync/core/ignore.hpp"

#include <algorithm>

#include "sync/core/path.hpp"
#include "sync/core/tree.hpp"

namespace hoist::sync {

void IgnoreRules::add_docker(std::string_view text, std::string_view file, std::string_view root_at) {
  DockerIgnore list(text, file);
  if (!list.empty()) excluded_.push_back({std::move(list), std::string(root_at)});
}

void IgnoreRules::set_git(std::string_view text, const std::string& directory) {
  git_.insert_or_assign(directory, GitIgnore(text));
}

void IgnoreRules::remove_git(const std::string& directory) {
  git_.erase(directory);
}

void IgnoreRules::take_only(std::string_view text, std::string_view file) {
  DockerIgnore list(text, file);
  if (!list.empty()) taken_ = std::move(list);
}

bool IgnoreRules::ignores(std::string_view path, bool is_directory) const {
  if (path.empty()) return false;
  if (is_own(path)) return true;
  const bool excluded =
      std::any_of(excluded_.begin(), excluded_.end(), [path](const Excluded& each) { return each.excludes(path); });
  return excluded || (taken_ && !taken_->excludes(path)) || git_ignores(path, is_directory);
}

bool IgnoreRules::may_have_wanted_below(std::string_view directory) const {
  if (is_own(directory) || git_ignores(directory, true)) return false;
  return std::all_of(excluded_.begin(), excluded_.end(), [directory](const Excluded& each) {
    return !each.excludes(directory) || each.list.may_include_below(each.inner(directory));
  });
}

/// Below an ignored directory all is ignored, whatever the patterns say of it.
bool IgnoreRules::git_ignores(std::string_view path, bool is_directory) const {
  if (git_.empty()) return false;
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
    if (git_verdict(path.substr(0, slash), true) == GitIgnore::Verdict::ignored) return true;
  }
  return !path.empty() && git_verdict(path, is_directory) == GitIgnore::Verdict::ignored;
}

GitIgnore::Verdict IgnoreRules::git_verdict(std::string_view path, bool is_directory) const {
  std::string_view directory = path;
  do {
    directory = parent_of(directory);
    const auto file = git_.find(directory);
    if (file == git_.end()) continue;
    const std::string_view inside = directory.empty() ? path : path.substr(directory.size() + 1);
    const GitIgnore::Verdict verdict = file->second.judge(inside, is_directory);
    if (verdict != GitIgnore::Verdict::none) return verdict;
  } while (!directory.empty());
  return GitIgnore::Verdict::none;
}

}  // namespace hoist::sync

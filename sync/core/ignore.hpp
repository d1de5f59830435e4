#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compose/base/dockerignore.hpp"
#include "sync/core/gitignore.hpp"

namespace hoist::sync {

/// Which paths of a tree are left alone: neither scanned, nor watched, nor sent. Without rules: none
/// but the engine's own files.
///
/// A path is left alone when one of its lists of Docker's kind excludes it, when git would ignore it, or when there is
/// a list of what to take and it is no part of that. Paths are relative to the root, '/' between their parts.
class IgnoreRules {
 public:
  /// A list of Docker's kind: .dockerignore, `ignore` of a watch rule, the session's own. Each list decides by itself.
  /// `root_at`: where the root lies in the directory that the list is about; empty = it is that directory.
  /// Errors: Error{bad_input} that names `file` and the line.
  void add_docker(std::string_view text, std::string_view file, std::string_view root_at = {});
  /// A .gitignore file that lies in `directory`, in place of the one from there before. Deeper files win over outer
  /// ones.
  void set_git(std::string_view text, const std::string& directory = {});
  void remove_git(const std::string& directory);
  /// A list of Docker's kind of what is taken, everything else being left alone. Errors: as add_docker.
  void take_only(std::string_view text, std::string_view file);

  bool ignores(std::string_view path, bool is_directory) const;
  /// Whether something below an ignored directory may be wanted; false = there is no need to look.
  bool may_have_wanted_below(std::string_view directory) const;

 private:
  bool git_ignores(std::string_view path, bool is_directory) const;
  GitIgnore::Verdict git_verdict(std::string_view path, bool is_directory) const;

  struct Excluded {
    DockerIgnore list;
    std::string root_at;

    bool excludes(std::string_view path) const { return list.excludes(inner(path)); }
    std::string inner(std::string_view path) const {
      return root_at.empty() ? std::string(path) : root_at + '/' + std::string(path);
    }
  };

  std::vector<Excluded> excluded_;
  std::optional<DockerIgnore> taken_;
  std::map<std::string, GitIgnore, std::less<>> git_;  ///< by directory
};

}  // namespace hoist::sync

#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "compose/base/file.hpp"
#include "sync/core/tree.hpp"

namespace hoist::sync {

/// A directory from which paths are reached without ever leaving it: no part of a path is followed when it is a
/// symlink, whoever puts one there meanwhile.
///
/// Thread: any.
class Root {
 public:
  /// Errors: Error{not_found}, Error{denied}, Error{bad_input} when it is no directory.
  explicit Root(std::filesystem::path path);

  const std::filesystem::path& path() const { return path_; }
  int fd() const { return fd_.get(); }

  /// The directory at `path`, opened with `flags` (O_PATH to go on from there, O_RDONLY to list it). An empty Fd and
  /// errno when it cannot be had; ELOOP where a symlink is in the way.
  Fd open_directory(std::string_view path, int flags) const;

 private:
  std::filesystem::path path_;
  Fd fd_;
};

/// What lies at `name` in a directory, not followed. Returns 0 or errno.
int look_at(int directory, const std::string& name, struct stat& found);
Stamp stamp_of(const struct stat& found);

}  // namespace hoist::sync

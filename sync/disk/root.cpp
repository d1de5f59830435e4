#include "sync/disk/root.hpp"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "compose/base/beneath.hpp"
#include "compose/base/error.hpp"
#include "compose/base/text.hpp"
#include "sync/core/path.hpp"

namespace hoist::sync {
namespace {

constexpr std::int64_t k_second = 1'000'000'000;

}  // namespace

Root::Root(std::filesystem::path path)
    : path_(std::move(path)), fd_(::open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
  if (fd_) return;
  const int error = errno;
  const ErrorCode code = error == ENOENT    ? ErrorCode::not_found
                         : error == ENOTDIR ? ErrorCode::bad_input
                         : error == EACCES  ? ErrorCode::denied
                                            : ErrorCode::failed;
  throw Error(code, "directory '" + path_.string() + "' cannot be opened: " + system_text(error));
}

Fd Root::open_directory(std::string_view path, int flags) const {
  if (!is_valid_path(path)) {
    errno = EINVAL;
    return Fd();
  }
  return open_directory_beneath(fd_.get(), std::string(path), flags);
}

int look_at(int directory, const std::string& name, struct stat& found) {
  return ::fstatat(directory, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : errno;
}

Stamp stamp_of(const struct stat& found) {
  return {.modified = found.st_mtim.tv_sec * k_second + found.st_mtim.tv_nsec,
          .changed = found.st_ctim.tv_sec * k_second + found.st_ctim.tv_nsec,
          .inode = found.st_ino};
}

}  // namespace hoist::sync

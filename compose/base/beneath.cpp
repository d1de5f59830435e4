#include "compose/base/beneath.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string_view>
#include <utility>

namespace hoist {
namespace {

/// One system call for all parts of a path. ENOSYS and EPERM where the kernel or a container's filter has none.
int open_beneath(int root, const std::string& path, int flags) {
  struct open_how how {};
  how.flags = static_cast<std::uint64_t>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how));
}

/// The same part by part, each opened from the one before it.
Fd walk_beneath(int root, std::string_view path, int flags) {
  constexpr int k_on_the_way = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  Fd at;
  while (true) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const bool last = end == path.size();
    const std::string name(path.substr(0, end));
    Fd next(::openat(at ? at.get() : root, name.c_str(), last ? flags | O_NOFOLLOW : k_on_the_way));
    if (!next || last) return next;
    at = std::move(next);
    path.remove_prefix(end + 1);
  }
}

}  // namespace

Fd open_directory_beneath(int root, const std::string& path, int flags) {
  flags |= O_DIRECTORY | O_CLOEXEC;
  if (path.empty()) return Fd(::openat(root, ".", flags));
  const int fd = open_beneath(root, path, flags);
  if (fd >= 0 || (errno != ENOSYS && errno != EPERM)) return Fd(fd);
  return walk_beneath(root, path, flags);
}

}  // namespace hoist

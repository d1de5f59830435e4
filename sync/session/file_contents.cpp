#include "sync/session/file_contents.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"

namespace hoist::sync {

FileContents::FileContents(const Root& root) : root_(root), buffer_(256U << 10U) {}

std::string FileContents::read(const std::string& path, const Node& wanted,
                               const std::function<void(std::string_view)>& sink, const std::stop_token& stop) {
  const auto unreadable = [](int error) { return "cannot be read: " + system_text(error); };
  const Fd parent = root_.open_directory(parent_of(path), O_PATH);
  if (!parent) return unreadable(errno);
  const std::string name(name_of(path));
  const Fd file(::openat(parent.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file) return unreadable(errno);
  std::uint64_t left = wanted.size() + 1;  // one more shows a file that has grown
  while (left > 0) {
    if (stop.stop_requested()) throw Error(ErrorCode::cancelled, "interrupted");
    const ssize_t count = ::read(file.get(), buffer_.data(), std::min<std::uint64_t>(left, buffer_.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unreadable(errno);
    if (count == 0) break;
    sink({buffer_.data(), static_cast<std::size_t>(count)});
    left -= static_cast<std::uint64_t>(count);
  }
  return {};
}

}  // namespace hoist::sync

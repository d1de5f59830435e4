#include "compose/base/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"

namespace hoist {
namespace {

Error file_error(int number, std::string_view action, const std::filesystem::path& path) {
  const std::string text = fmt::format("cannot {} '{}': {}", action, path.string(), system_text(number));
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return {ErrorCode::not_found, text};
    case EACCES:
    case EPERM:
    case EROFS:
      return {ErrorCode::denied, text};
    case EISDIR:
      return {ErrorCode::bad_input, text};
    default:
      return {ErrorCode::failed, text};
  }
}

std::string read_open(const Fd& fd, const std::filesystem::path& path, std::size_t limit) {
  std::string content;
  struct stat info {};
  if (::fstat(fd.get(), &info) == 0 && info.st_size > 0) {
    content.reserve(std::min(static_cast<std::size_t>(info.st_size) + 1, limit));
  }
  char block[1U << 16U];
  while (true) {
    const ssize_t got = ::read(fd.get(), block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw file_error(errno, "read", path);
    if (got == 0) return content;
    content.append(block, static_cast<std::size_t>(got));
    if (content.size() > limit) {
      throw Error(ErrorCode::bad_input,
                  fmt::format("'{}' is larger than {}", path.string(), human_size(static_cast<double>(limit))));
    }
  }
}

/// Writes all of it. Returns 0 or the error number.
int write_open(Fd fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t put = ::write(fd.get(), content.data(), content.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return errno;
    content.remove_prefix(static_cast<std::size_t>(put));
  }
  // Some file systems tell only now that the disk is full.
  return ::close(fd.release()) == 0 || errno == EINTR ? 0 : errno;
}

}  // namespace

void Fd::reset(int fd) noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

std::string read_file(const std::filesystem::path& path, std::size_t limit) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) throw file_error(errno, "read", path);
  return read_open(fd, path, limit);
}

std::optional<std::string> find_file(const std::filesystem::path& path, std::size_t limit) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (!fd) throw file_error(errno, "read", path);
  return read_open(fd, path, limit);
}

unsigned permissions_for(const std::filesystem::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0) return info.st_mode & 07777U;
  const mode_t mask = ::umask(0);  // there is no other way to ask for it
  ::umask(mask);
  return 0666U & ~static_cast<unsigned>(mask);
}

void write_file_atomically(const std::filesystem::path& path, std::string_view content, unsigned mode) {
  std::error_code unseen;
  const std::filesystem::file_status there = std::filesystem::status(path, unseen);
  if (std::filesystem::exists(there) && !std::filesystem::is_regular_file(there)) {
    // A device, a pipe: nothing may be put in its place.
    Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    const int failure = fd ? write_open(std::move(fd), content) : errno;
    if (failure != 0) throw file_error(failure, "write", path);
    return;
  }
  // A link stays: what it leads to is replaced.
  const std::filesystem::path found = std::filesystem::canonical(path, unseen);
  const std::filesystem::path target = unseen ? path : found;
  std::string temporary = target.string() + ".XXXXXX";
  Fd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd) throw file_error(errno, "write", path);
  int failure = ::fchmod(fd.get(), mode) == 0 ? 0 : errno;
  if (failure == 0) failure = write_open(std::move(fd), content);
  if (failure == 0 && ::rename(temporary.c_str(), target.c_str()) != 0) failure = errno;
  if (failure != 0) {
    ::unlink(temporary.c_str());
    throw file_error(failure, "write", path);
  }
}

}  // namespace hoist

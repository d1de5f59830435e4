#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace hoist {

/// Owner of a file descriptor; closes it.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  ~Fd() { reset(); }

  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1) noexcept;
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

/// The whole content of a file.
/// Errors: Error{not_found}, Error{denied}, Error{bad_input} for a directory or a file over `limit` bytes.
std::string read_file(const std::filesystem::path& path, std::size_t limit = 64U << 20U);

/// The whole content of a file, or nothing when it does not exist. Other errors as `read_file`.
std::optional<std::string> find_file(const std::filesystem::path& path, std::size_t limit = 64U << 20U);

/// The permissions that a file written by the user's command has: those of the file that is there, else what the umask
/// leaves of 0666. Not while other threads make files.
unsigned permissions_for(const std::filesystem::path& path);

/// Replaces a file in one step: readers see the old content or the new, never a part. A link is followed; what is no
/// file (a device, a pipe) is written to and stays.
/// Errors: Error{denied}, Error{failed} (disk full); the old content is then unharmed.
void write_file_atomically(const std::filesystem::path& path, std::string_view content, unsigned mode = 0644);

}  // namespace hoist

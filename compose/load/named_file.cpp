#include "compose/load/named_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "compose/base/text.hpp"

namespace hoist::compose {

std::optional<std::string> why_no_file(const std::string& path, std::string_view kind) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0) {
    if (!S_ISDIR(info.st_mode)) return std::nullopt;
    return fmt::format("'{}' is a directory, not {} {}", path, kind.starts_with('e') ? "an" : "a", kind);
  }
  const int fault = errno;
  if (fault == ELOOP) return fmt::format("'{}' is a symbolic link that leads back to itself", path);
  if (fault != ENOENT && fault != ENOTDIR) return fmt::format("cannot read '{}': {}", path, system_text(fault));
  std::error_code is_no_link;
  const std::filesystem::path target = std::filesystem::read_symlink(path, is_no_link);
  if (is_no_link) return fmt::format("there is no {} '{}'", kind, path);
  return fmt::format("'{}' is a symbolic link to '{}', which does not exist", path, target.string());
}

}  // namespace hoist::compose

#pragma once

#include <string_view>

namespace hoist::sync {

/// Whether a path can name an entry below a root, whoever sent it: parts between single '/', none of them empty, ".",
/// ".." or longer than a file system's 255 bytes, no NUL, at most 4,095 bytes in all. Empty = the root, and valid.
bool is_valid_path(std::string_view path);

/// What the names of the engine's own files begin with: staged files, trash, cookies. They are never carried over.
inline constexpr std::string_view k_own_prefix = ".hoist-";

/// Whether a path is, or lies in, something of the engine's own.
bool is_own(std::string_view path);

}  // namespace hoist::sync

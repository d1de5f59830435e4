#pragma once

#include <string>

#include "compose/base/file.hpp"

namespace hoist {

/// The directory at `path` below an open directory, opened with `flags` (O_PATH to go on from there, O_RDONLY to list
/// it); an empty path is the directory itself. No part of the path is followed when it is a symlink, and none leads
/// out.
///
/// An empty Fd and errno when it cannot be had; ELOOP or ENOTDIR where a symlink is in the way. Thread: any.
Fd open_directory_beneath(int root, const std::string& path, int flags);

}  // namespace hoist

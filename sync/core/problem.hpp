#pragma once

#include <string>

namespace hoist::sync {

/// A path that could not be carried over, and why. It is data: all other paths go on, and this one is tried again.
struct Problem {
  std::string path;
  std::string text;  ///< "cannot be read: Permission denied"

  bool operator==(const Problem&) const = default;
};

}  // namespace hoist::sync

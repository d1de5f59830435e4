#pragma once

#include <string_view>

#include "sync/core/tree.hpp"

namespace hoist::test {

/// A tree as a few words: "a=1 d/b=2 d/c@target e/" has the files a and d/b with these contents, the symlink d/c and
/// the empty directory e. "a=1:755" gives a mode, of a directory too ("d/:700"); else files have 644, directories 755.
/// "-" is no tree at all.
sync::Tree tree_of(std::string_view text);

}  // namespace hoist::test

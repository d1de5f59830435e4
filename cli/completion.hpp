#pragma once

#include <string_view>

namespace hoist::cli {

// Completion scripts. They know nothing of commands: at each TAB they hand the command line to `hoist __complete`,
// which says what may stand at the cursor (see complete.hpp), and offer that in their shell's way.

/// For bash 3.2 or newer, with or without the bash-completion package.
std::string_view bash_completion();
/// A function file for zsh's $fpath that can be sourced as well.
std::string_view zsh_completion();
std::string_view fish_completion();

}  // namespace hoist::cli

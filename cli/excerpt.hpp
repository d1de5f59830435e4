#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "compose/base/source_location.hpp"

namespace hoist::cli {

/// One line of a file with its number, and a line with a caret under a column, as a terminal of `width` columns can
/// show them: tabs become spaces, control characters and bytes that are not UTF-8 are written as "\x1b", and of a line
/// that is too long there is what stands around the column. `column` counts bytes from 1; 0, or beyond the line = no
/// caret.
std::string excerpt(std::string_view line, int number, int column, std::size_t width);

/// The excerpt for a place in a file; "" when its line is not known or cannot be read any more. Nothing but that line
/// is shown. Never throws: a fault here must not hide the one that is told.
std::string excerpt(const SourceLocation& where, std::size_t width);

}  // namespace hoist::cli

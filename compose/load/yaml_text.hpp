#pragma once

#include <string>
#include <string_view>

namespace hoist::compose {

/// `text` as a YAML scalar that reads as exactly this text: plain where that is safe, else quoted; several
/// lines as a block, whose lines are indented by `indent` spaces.
///
/// What YAML 1.1 takes for something else (yes, 22:22, 2001-01-01) is quoted too, for older readers.
std::string yaml_string(std::string_view text, int indent);

/// `text` as a key of a mapping, on one line.
std::string yaml_key(std::string_view text);

}  // namespace hoist::compose

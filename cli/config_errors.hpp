#pragma once

#include <string>

#include "compose/base/error.hpp"

namespace hoist::cli {

/// What is wrong with the files, for editors and other programs: {"errors": [{"severity", "file", "line", "column",
/// "path", "message", "hint"}]}. Lines and columns count from 1, columns in bytes; what is not known is left out.
std::string errors_json(const Error& error);

}  // namespace hoist::cli

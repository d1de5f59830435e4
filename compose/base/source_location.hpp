#pragma once

#include <compare>
#include <memory>
#include <string>

namespace hoist {

/// Where in which file something was written. Lines and columns count from 1, columns in bytes; 0 = not known.
struct SourceLocation {
  std::shared_ptr<const std::string> file;  ///< as the user should read it; null = no file
  int line = 0;
  int column = 0;

  /// True when at least the file is known.
  bool known() const { return file != nullptr; }
  bool operator==(const SourceLocation& other) const {
    const bool same_file = file == other.file || (file && other.file && *file == *other.file);
    return same_file && line == other.line && column == other.column;
  }

  /// "compose.yaml:12:9", "compose.yaml" without a line, "" when nothing is known.
  std::string to_string() const;
};

}  // namespace hoist

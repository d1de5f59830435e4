#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compose/base/source_location.hpp"

namespace hoist {

/// Which files of a build context stay behind, by the rules of a .dockerignore file.
///
/// Source: the .dockerignore section of the Dockerfile reference; moby/patternmatcher where that is silent.
class DockerIgnore {
 public:
  DockerIgnore() = default;
  /// Reads the rules. Errors: Error{bad_input} that names `file` and the line.
  DockerIgnore(std::string_view text, std::string_view file);

  /// True when `path` (relative to the context, '/' between its parts) stays behind. The last rule that
  /// matches it or one of its parents decides.
  bool excludes(std::string_view path) const;
  /// True when a `!` rule may match something below the directory `path`; false = there is no need to look.
  bool may_include_below(std::string_view path) const;
  bool empty() const { return rules_.empty(); }

 private:
  struct Token {
    enum class Kind { character, any, star, directories, everything, set };

    Kind kind = Kind::character;
    char character = 0;
    bool negated = false;
    std::vector<std::pair<char, char>> ranges;  ///< inclusive
  };
  struct Rule {
    bool include = false;
    std::vector<Token> tokens;
  };

  static std::vector<Token> compile(std::string_view pattern, const SourceLocation& where);
  class Reading;

  static bool matches(const std::vector<Token>& tokens, std::string_view path);

  std::vector<Rule> rules_;
};

/// An ignore file as it is written.
struct DockerIgnoreFile {
  std::string text;
  std::string name;  ///< empty = there is none
};

/// The text of what load_dockerignore reads. Errors: as `read_file`.
DockerIgnoreFile find_dockerignore(const std::filesystem::path& context, const std::filesystem::path& dockerfile);

/// The ignore file that counts for a build: `<dockerfile>.dockerignore` next to the Dockerfile, else
/// `.dockerignore` at the root of the context. `dockerfile` may be empty (inline). Errors: as DockerIgnore
/// and `read_file`.
DockerIgnore load_dockerignore(const std::filesystem::path& context, const std::filesystem::path& dockerfile);

}  // namespace hoist

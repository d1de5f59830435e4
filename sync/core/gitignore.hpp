#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hoist::sync {

/// A pattern of git's kind: '*' and '?' stop at '/', "**" between slashes does not. Matching takes time for the product
/// of both lengths at most.
class GitPattern {
 public:
  explicit GitPattern(std::string_view text);

  bool matches(std::string_view path) const;

 private:
  struct Token {
    enum class Kind : std::uint8_t {
      character,
      any,          ///< '?'
      star,         ///< '*': all but '/'
      everything,   ///< "**" at the end: all, '/' too
      directories,  ///< "**/": any number of directories, none too
      set,          ///< [...]
      nothing,      ///< what is no pattern: matches nothing
    };

    Kind kind = Kind::character;
    char character = 0;
    std::size_t set = 0;  ///< in `sets_`
  };

  /// Reads the set that begins at `at`; returns where it ends, or npos when it is none.
  std::size_t read_set(std::string_view text, std::size_t at);
  bool holds(const Token& token, char c) const;
  static bool may_repeat(const Token& token);
  void enter(std::vector<bool>& states, std::size_t state) const;

  std::vector<Token> tokens_;
  std::vector<std::bitset<256>> sets_;
  std::string literal_;  ///< of a pattern without wildcards, or what follows its only '*', the first character
  bool is_literal_ = false;
  bool is_suffix_ = false;
};

/// The patterns of one .gitignore file, about paths relative to the directory that it lies in.
///
/// Source: gitignore(5); git's own answers where that is silent.
class GitIgnore {
 public:
  enum class Verdict { none, ignored, wanted };

  GitIgnore() = default;
  /// Every text can be read: what is no pattern matches nothing.
  explicit GitIgnore(std::string_view text);

  /// What the last pattern that matches `path` itself says; none = no pattern does. Its parents are not looked at:
  /// below an ignored directory nothing can be wanted.
  Verdict judge(std::string_view path, bool is_directory) const;

 private:
  struct Rule {
    GitPattern pattern;
    bool negated = false;
    bool directories_only = false;
    bool name_only = false;  ///< it is about the last part of a path, at any depth
  };

  void add(std::string_view line);

  std::vector<Rule> rules_;
};

}  // namespace hoist::sync

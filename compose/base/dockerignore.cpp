#include "compose/base/dockerignore.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "compose/base/error.hpp"
#include "compose/base/file.hpp"
#include "compose/base/text.hpp"

namespace hoist {
namespace {

/// `path` with "." and ".." worked out by text alone; a path that climbs above its start keeps its "..".
std::string clean(std::string_view path) {
  const bool rooted = path.starts_with('/');
  std::vector<std::string> parts;
  for (std::string& part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(std::move(part));
    } else if (!parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (!rooted) {
      parts.push_back(std::move(part));
    }
  }
  std::string out = rooted ? "/" : "";
  for (std::size_t i = 0; i < parts.size(); ++i) out += (i == 0 ? "" : "/") + parts[i];
  return out.empty() ? "." : out;
}

}  // namespace

DockerIgnore::DockerIgnore(std::string_view text, std::string_view file) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const auto source = std::make_shared<const std::string>(file);
  int number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    if (line.starts_with('#')) continue;
    std::string_view pattern = trim(line);
    if (pattern.empty()) continue;
    const SourceLocation where{source, number, 1};
    Rule rule;
    if (pattern.front() == '!') {
      rule.include = true;
      pattern = trim(pattern.substr(1));
      if (pattern.empty()) throw Error(ErrorCode::bad_input, "'!' needs a pattern after it").at(where);
    }
    std::string cleaned = clean(pattern);
    if (cleaned.size() > 1 && cleaned.front() == '/') cleaned.erase(0, 1);
    rule.tokens = compile(cleaned, where);
    rules_.push_back(std::move(rule));
  }
}

std::vector<DockerIgnore::Token> DockerIgnore::compile(std::string_view pattern, const SourceLocation& where) {
  std::vector<Token> tokens;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    Token token;
    const char c = pattern[i];
    if (c == '*' && i + 1 < pattern.size() && pattern[i + 1] == '*') {
      ++i;
      if (i + 1 < pattern.size() && pattern[i + 1] == '/') ++i;  // "**/" is as good as "**"
      token.kind = i + 1 == pattern.size() ? Token::Kind::everything : Token::Kind::directories;
    } else if (c == '*') {
      token.kind = Token::Kind::star;
    } else if (c == '?') {
      token.kind = Token::Kind::any;
    } else if (c == '\\') {
      if (++i == pattern.size()) {
        throw Error(ErrorCode::bad_input, fmt::format("pattern '{}' ends in a backslash", strip_control(pattern)))
            .at(where);
      }
      token.character = pattern[i];
    } else if (c == '[') {
      token.kind = Token::Kind::set;
      std::size_t at = i + 1;
      const auto next = [&at, pattern]() -> std::optional<char> {
        if (at < pattern.size() && pattern[at] == '\\') ++at;
        return at < pattern.size() ? std::optional(pattern[at++]) : std::nullopt;
      };
      if (at < pattern.size() && pattern[at] == '^') {
        token.negated = true;
        ++at;
      }
      bool closed = false;
      while (!closed && at < pattern.size()) {
        if (pattern[at] == ']' && !token.ranges.empty()) {
          closed = true;
          break;
        }
        const std::optional<char> low = pattern[at] == '-' || pattern[at] == ']' ? std::nullopt : next();
        if (!low) break;
        std::optional<char> high = low;
        if (at < pattern.size() && pattern[at] == '-') {
          ++at;
          high = at < pattern.size() && pattern[at] != ']' ? next() : std::nullopt;
        }
        if (!high) break;
        token.ranges.emplace_back(*low, *high);
      }
      if (!closed) {
        throw Error(ErrorCode::bad_input,
                    fmt::format("pattern '{}' has a set '[...]' that is not well formed", strip_control(pattern)))
            .at(where);
      }
      i = at;
    } else {
      token.character = c;
    }
    tokens.push_back(std::move(token));
  }
  return tokens;
}

/// How far a path that is read a character at a time agrees with a pattern.
class DockerIgnore::Reading {
 public:
  explicit Reading(const std::vector<Token>& tokens)
      : tokens_(tokens), now_(tokens.size() + 1), next_(tokens.size() + 1) {
    now_[0] = k_before;
    skip_optional();
  }

  /// True when what was read matches.
  bool matched() const { return now_.back() != 0; }
  /// Reads one character. False when nothing that starts with what was read can match.
  bool read(char c);

 private:
  using Kind = Token::Kind;
  // now_[i]: the tokens before i match what was read; the token i, a "**/", was entered and is not at a '/'.
  static constexpr std::uint8_t k_before = 1;
  static constexpr std::uint8_t k_inside = 2;

  void skip_optional() {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const Kind kind = tokens_[i].kind;
      const bool optional = kind == Kind::star || kind == Kind::directories || kind == Kind::everything;
      if (optional && (now_[i] & k_before) != 0) now_[i + 1] |= k_before;
    }
  }

  const std::vector<Token>& tokens_;
  std::vector<std::uint8_t> now_;
  std::vector<std::uint8_t> next_;
};

bool DockerIgnore::Reading::read(char c) {
  std::fill(next_.begin(), next_.end(), std::uint8_t{0});
  bool alive = false;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (now_[i] == 0) continue;
    const Token& token = tokens_[i];
    bool stays = false;
    bool goes_on = false;
    switch (token.kind) {
      case Kind::character:
        goes_on = c == token.character;
        break;
      case Kind::any:
        goes_on = c != '/';
        break;
      case Kind::star:
        stays = c != '/';
        break;
      case Kind::everything:
        stays = true;
        break;
      case Kind::directories:
        next_[i] |= k_inside;
        alive = true;
        goes_on = c == '/';
        break;
      case Kind::set:
        goes_on = token.negated != std::any_of(token.ranges.begin(), token.ranges.end(), [c](const auto& range) {
                    return range.first <= c && c <= range.second;
                  });
        break;
    }
    if (stays) next_[i] |= k_before;
    if (goes_on) next_[i + 1] |= k_before;
    alive = alive || stays || goes_on;
  }
  now_.swap(next_);
  skip_optional();
  return alive;
}

/// True when `path` or one of its parents matches.
bool DockerIgnore::matches(const std::vector<Token>& tokens, std::string_view path) {
  // Most rules differ from most paths in their first characters.
  for (std::size_t i = 0; i < std::min(tokens.size(), path.size()); ++i) {
    if (tokens[i].kind != Token::Kind::character) break;
    if (tokens[i].character != path[i]) return false;
  }
  Reading reading(tokens);
  for (const char c : path) {
    if (c == '/' && reading.matched()) return true;
    if (!reading.read(c)) return false;
  }
  return reading.matched();
}

bool DockerIgnore::excludes(std::string_view path) const {
  bool excluded = false;
  for (const Rule& rule : rules_) {
    if (rule.include != excluded) continue;  // it could not change the answer
    if (matches(rule.tokens, path)) excluded = !rule.include;
  }
  return excluded;
}

bool DockerIgnore::may_include_below(std::string_view path) const {
  const std::string below = std::string(path) + '/';
  return std::any_of(rules_.begin(), rules_.end(), [&below](const Rule& rule) {
    if (!rule.include) return false;
    Reading reading(rule.tokens);
    return std::all_of(below.begin(), below.end(), [&reading](char c) { return reading.read(c); });
  });
}

DockerIgnoreFile find_dockerignore(const std::filesystem::path& context, const std::filesystem::path& dockerfile) {
  std::vector<std::filesystem::path> candidates;
  if (!dockerfile.empty()) candidates.emplace_back(dockerfile.string() + ".dockerignore");
  candidates.push_back(context / ".dockerignore");
  for (const std::filesystem::path& candidate : candidates) {
    if (std::optional<std::string> text = find_file(candidate)) return {*std::move(text), candidate.string()};
  }
  return {};
}

DockerIgnore load_dockerignore(const std::filesystem::path& context, const std::filesystem::path& dockerfile) {
  const DockerIgnoreFile file = find_dockerignore(context, dockerfile);
  return file.name.empty() ? DockerIgnore() : DockerIgnore(file.text, file.name);
}

}  // namespace hoist

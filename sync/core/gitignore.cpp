#include "sync/core/gitignore.hpp"

#include <algorithm>
#include <iterator>

#include "compose/base/utf8.hpp"

namespace hoist::sync {
namespace {

constexpr std::size_t k_none = std::string_view::npos;

/// The characters of "[:name:]"; empty for a name that there is not.
std::bitset<256> class_of(std::string_view name) {
  const auto between = [](unsigned char from, unsigned char to) {
    std::bitset<256> set;
    for (unsigned c = from; c <= to; ++c) set.set(c);
    return set;
  };
  const std::bitset<256> lower = between('a', 'z');
  const std::bitset<256> upper = between('A', 'Z');
  const std::bitset<256> digit = between('0', '9');
  const std::bitset<256> graphic = between('!', '~');
  if (name == "alnum") return lower | upper | digit;
  if (name == "alpha") return lower | upper;
  if (name == "blank") return between(' ', ' ') | between('\t', '\t');
  if (name == "cntrl") return between(1, 0x1F) | between(0x7F, 0x7F);
  if (name == "digit") return digit;
  if (name == "graph") return graphic;
  if (name == "lower") return lower;
  if (name == "print") return graphic | between(' ', ' ');
  if (name == "punct") return graphic & ~(lower | upper | digit);
  if (name == "space") return between('\t', '\r') | between(' ', ' ');
  if (name == "upper") return upper;
  if (name == "xdigit") return digit | between('a', 'f') | between('A', 'F');
  return {};
}

std::size_t index_of(char c) {
  return static_cast<unsigned char>(c);
}

}  // namespace

GitPattern::GitPattern(std::string_view text) {
  using Kind = Token::Kind;
  // git compares what comes before the first wildcard by itself, so that "**" begins a part there too.
  const std::size_t first_wildcard = text.find_first_of("*?[\\");
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '*') {
      const std::size_t end = std::min(text.find_first_not_of('*', i), text.size());
      const bool starts_part = i == first_wildcard || text[i - 1] == '/';
      const bool ends_part = end == text.size() || text[end] == '/';
      const bool crosses = end - i > 1 && starts_part && ends_part;
      const Kind kind = !crosses ? Kind::star : end == text.size() ? Kind::everything : Kind::directories;
      tokens_.push_back({.kind = kind});
      i = end + (kind == Kind::directories ? 1 : 0);
    } else if (c == '?') {
      tokens_.push_back({.kind = Kind::any});
      ++i;
    } else if (c == '[') {
      const std::size_t end = read_set(text, i);
      if (end == k_none) {
        tokens_ = {{.kind = Kind::nothing}};
        break;
      }
      tokens_.push_back({.kind = Kind::set, .set = sets_.size() - 1});
      i = end;
    } else if (c == '\\' && i + 1 == text.size()) {
      tokens_ = {{.kind = Kind::nothing}};
      break;
    } else {
      if (c == '\\') ++i;
      tokens_.push_back({.character = text[i]});
      ++i;
    }
  }
  // Most patterns are names and endings: they are compared, not matched.
  is_suffix_ = !tokens_.empty() && tokens_.front().kind == Kind::star;
  const auto first = tokens_.begin() + (is_suffix_ ? 1 : 0);
  is_literal_ = std::all_of(first, tokens_.end(), [](const Token& token) { return token.kind == Kind::character; });
  if (!is_literal_) return;
  std::transform(first, tokens_.end(), std::back_inserter(literal_),
                 [](const Token& token) { return token.character; });
  tokens_ = {};
}

std::size_t GitPattern::read_set(std::string_view text, std::size_t at) {
  std::bitset<256> set;
  std::size_t i = at + 1;
  const bool negated = i < text.size() && (text[i] == '!' || text[i] == '^');
  if (negated) ++i;
  char from = 0;  // what a '-' makes a range of; 0 = nothing
  for (bool first = true; i < text.size(); first = false) {
    if (text[i] == ']' && !first) {
      sets_.push_back(negated ? ~set : set);
      return i + 1;
    }
    if (text[i] == '-' && from != 0 && i + 1 < text.size() && text[i + 1] != ']') {
      ++i;
      if (text[i] == '\\' && ++i == text.size()) return k_none;
      for (std::size_t c = index_of(from); c <= index_of(text[i]); ++c) set.set(c);
      from = 0;
      ++i;
      continue;
    }
    if (text[i] == '[' && i + 1 < text.size() && text[i + 1] == ':') {
      const std::size_t close = text.find(']', i + 2);
      if (close == k_none) return k_none;
      if (close > i + 2 && text[close - 1] == ':') {
        const std::bitset<256> named = class_of(text.substr(i + 2, close - i - 3));
        if (named.none()) return k_none;
        set |= named;
        from = 0;
        i = close + 1;
        continue;
      }
      // Without ":]" it is a '[' like any other.
    }
    if (text[i] == '\\' && ++i == text.size()) return k_none;
    from = text[i];
    set.set(index_of(text[i++]));
  }
  return k_none;
}

bool GitPattern::holds(const Token& token, char c) const {
  using Kind = Token::Kind;
  switch (token.kind) {
    case Kind::character:
      return token.character == c;
    case Kind::any:
    case Kind::star:
      return c != '/';
    case Kind::set:
      return c != '/' && sets_[token.set].test(index_of(c));
    case Kind::everything:
    case Kind::directories:
      return true;
    case Kind::nothing:
      return false;
  }
  return false;
}

/// Adds a state, and those behind it that it leads to without a character.
void GitPattern::enter(std::vector<bool>& states, std::size_t state) const {
  states[state] = true;
  while (state < tokens_.size() && may_repeat(tokens_[state])) states[++state] = true;
}

bool GitPattern::may_repeat(const Token& token) {
  using Kind = Token::Kind;
  return token.kind == Kind::star || token.kind == Kind::everything || token.kind == Kind::directories;
}

bool GitPattern::matches(std::string_view path) const {
  if (is_literal_ && !is_suffix_) return path == literal_;
  if (is_literal_) {
    return path.ends_with(literal_) && path.substr(0, path.size() - literal_.size()).find('/') == k_none;
  }
  std::vector<bool> states(tokens_.size() + 1, false);
  enter(states, 0);
  std::vector<bool> next(states.size());
  for (const char c : path) {
    std::fill(next.begin(), next.end(), false);
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (!states[i] || !holds(tokens_[i], c)) continue;
      if (may_repeat(tokens_[i])) next[i] = true;
      // What follows "**/" begins a part.
      if (tokens_[i].kind != Token::Kind::directories || c == '/') enter(next, i + 1);
    }
    states.swap(next);
  }
  return states.back();
}

GitIgnore::GitIgnore(std::string_view text) {
  text = without_bom(text);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    add(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void GitIgnore::add(std::string_view line) {
  if (line.empty() || line.front() == '#') return;
  if (line.ends_with('\r')) line.remove_suffix(1);
  // Spaces at the end go, but for an escaped one.
  std::size_t kept = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool escaped = line[i] == '\\' && i + 1 < line.size();
    if (escaped) ++i;
    if (escaped || line[i] != ' ') kept = i + 1;
  }
  line = line.substr(0, kept);
  const bool negated = line.starts_with('!');
  if (negated) line.remove_prefix(1);
  const bool directories_only = line.ends_with('/');
  if (directories_only) line.remove_suffix(1);
  const bool name_only = line.find('/') == k_none;
  if (line.starts_with('/')) line.remove_prefix(1);
  if (!line.empty()) rules_.push_back({GitPattern(line), negated, directories_only, name_only});
}

GitIgnore::Verdict GitIgnore::judge(std::string_view path, bool is_directory) const {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
    if (rule->directories_only && !is_directory) continue;
    if (rule->pattern.matches(rule->name_only ? name : path)) return rule->negated ? Verdict::wanted : Verdict::ignored;
  }
  return Verdict::none;
}

}  // namespace hoist::sync

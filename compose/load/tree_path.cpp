#include "compose/load/tree_path.hpp"

#include <fmt/format.h>

#include <charconv>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"

namespace hoist::compose {
namespace {

/// Takes "[0]" or, where `dotted`, "0" off the front of `text`. Nothing when there is no such thing.
std::optional<std::size_t> take_index(std::string_view& text, bool dotted) {
  const bool bracket = text.starts_with('[');
  if (!bracket && !dotted) return std::nullopt;
  std::size_t index = 0;
  const char* begin = text.data() + (bracket ? 1 : 0);
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(begin, end, index);
  if (failure != std::errc() || (bracket && (stop == end || *stop != ']'))) return std::nullopt;
  std::string_view rest(stop + (bracket ? 1 : 0), end);
  if (!rest.empty() && rest.front() != '.' && rest.front() != '[') return std::nullopt;
  text = rest;
  return index;
}

/// The member whose key `text` begins with, the longest that fits.
const Member* longest_member(const Node& mapping, std::string_view text) {
  const Member* longest = nullptr;
  for (const Member& member : mapping.members()) {
    if (!text.starts_with(member.key)) continue;
    const std::string_view rest = text.substr(member.key.size());
    const bool whole = rest.empty() || rest.front() == '.' || rest.front() == '[';
    if (whole && (longest == nullptr || member.key.size() > longest->key.size())) longest = &member;
  }
  return longest;
}

/// How far a text leads into a tree.
struct Walk {
  const Node* node;
  TreePath path;
  std::string_view rest;  ///< what leads nowhere; empty = it leads all the way
};

Walk descend(const Node& tree, std::string_view text) {
  Walk walk{&tree, {}, text};
  while (!walk.rest.empty()) {
    std::string_view rest = walk.rest;
    const bool dotted = rest.starts_with('.') && !walk.path.empty();
    if (dotted) rest.remove_prefix(1);
    if (walk.node->is_mapping()) {
      const Member* member = longest_member(*walk.node, rest);
      if (member == nullptr) break;
      walk.path.push_back({member->key});
      walk.node = &member->value;
      walk.rest = rest.substr(member->key.size());
      continue;
    }
    const std::optional<std::size_t> index = take_index(rest, dotted);
    if (!walk.node->is_sequence() || !index || *index >= walk.node->items().size()) break;
    walk.path.push_back({{}, *index});
    walk.node = &walk.node->items()[*index];
    walk.rest = rest;
  }
  if (walk.rest.starts_with('.') && walk.rest.size() > 1) walk.rest.remove_prefix(1);
  return walk;
}

[[noreturn]] void fail(const Node& node, const TreePath& above, std::string_view text) {
  const std::string where = above.empty() ? "the result" : fmt::format("'{}'", to_string(above));
  if (node.is_scalar()) {
    throw Error(ErrorCode::bad_input, fmt::format("{} is {}: there is no '{}' in it", where, node.kind_name(), text));
  }
  if (node.is_sequence()) {
    Error error(ErrorCode::bad_input, fmt::format("{} is a list: there is no '{}' in it", where, text));
    throw error.with_hint(node.items().empty() ? "it is empty"
                                               : fmt::format("its entries are [0] to [{}]", node.items().size() - 1));
  }
  const std::string word(text.substr(0, text.find_first_of(".[")));
  std::vector<std::string> keys;
  for (const Member& member : node.members()) keys.push_back(member.key);
  Error error(ErrorCode::bad_input, fmt::format("there is no '{}' in {}", word, where));
  const std::string guess = did_you_mean(word, keys);
  throw error.with_hint(guess.empty() ? fmt::format("it has: {}", fmt::join(keys, ", ")) : guess);
}

}  // namespace

std::string to_string(const TreePath& path) {
  std::string text;
  for (const PathPart& part : path) {
    if (part.index) {
      text += fmt::format("[{}]", *part.index);
    } else {
      text += (text.empty() ? "" : ".") + part.key;
    }
  }
  return text;
}

std::optional<TreePath> find_path(const Node& tree, std::string_view text) {
  Walk walk = descend(tree, text);
  return walk.rest.empty() ? std::optional(std::move(walk.path)) : std::nullopt;
}

TreePath get_path(const Node& tree, std::string_view text) {
  Walk walk = descend(tree, text);
  if (!walk.rest.empty()) fail(*walk.node, walk.path, walk.rest);
  return std::move(walk.path);
}

TreePath split_path(std::string_view text) {
  TreePath path;
  while (!text.empty()) {
    if (const auto index = take_index(text, false)) {
      path.push_back({{}, *index});
    } else {
      const std::size_t end = std::min(text.find_first_of(".[", 1), text.size());
      path.push_back({std::string(text.substr(0, end))});
      text.remove_prefix(end);
    }
    if (text.starts_with('.')) text.remove_prefix(1);
  }
  return path;
}

}  // namespace hoist::compose

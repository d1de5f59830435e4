#include "remote/agent/user.hpp"

#include <charconv>
#include <cstdint>
#include <string>
#include <vector>

#include "compose/base/text.hpp"

namespace hoist::agent {
namespace {

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const std::from_chars_result read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The fields of the line that has `key` in its field `at`; empty when there is none.
std::vector<std::string> find_line(std::string_view file, std::size_t at, std::string_view key) {
  for (const std::string& line : split(file, '\n')) {
    std::vector<std::string> fields = split(line, ':');
    if (fields.size() > at && fields[at] == key) return fields;
  }
  return {};
}

}  // namespace

std::optional<sync::Owner> owner_of_user(std::string_view user, std::string_view passwd, std::string_view group) {
  constexpr std::size_t k_id = 2;  // of a user and of a group; a user's group comes after it
  const std::size_t colon = user.find(':');
  const std::string_view name = user.substr(0, colon);
  const std::string_view group_name = colon == std::string_view::npos ? "" : user.substr(colon + 1);
  sync::Owner owner;
  if (!name.empty()) {
    const std::optional<std::uint32_t> id = number(name);
    const std::vector<std::string> line = find_line(passwd, id ? k_id : 0, name);
    const std::optional<std::uint32_t> known = line.size() > k_id ? number(line[k_id]) : std::nullopt;
    if (!id && !known) return std::nullopt;
    owner.user = id.value_or(known.value_or(0));
    if (line.size() > k_id + 1) owner.group = number(line[k_id + 1]).value_or(0);
  }
  if (group_name.empty()) return owner;
  const std::vector<std::string> line = find_line(group, 0, group_name);
  const std::optional<std::uint32_t> gid = line.size() > k_id ? number(line[k_id]) : number(group_name);
  if (!gid) return std::nullopt;
  owner.group = *gid;
  return owner;
}

}  // namespace hoist::agent

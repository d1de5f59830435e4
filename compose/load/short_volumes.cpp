#include "compose/load/short_volumes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"

namespace hoist::compose {
namespace {

Error bad_volume(std::string_view spec, std::string_view why) {
  Error error(ErrorCode::bad_input, fmt::format("'{}' is not a volume: {}", spec, why));
  return error.with_hint("write it as [SOURCE:]TARGET[:OPTIONS]");
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// One letter, ASCII or not: Docker Compose takes every one for a drive.
bool is_drive(std::string_view part) {
  if (part.empty()) return false;
  const auto lead = static_cast<unsigned char>(part.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return part.size() == length && (lead >= 0x80 || is_letter(part.front()));
}

/// Parts between colons; a colon after a single letter is a drive's, one inside ${...} is a variable's.
std::vector<std::string> parts_of(std::string_view spec) {
  std::vector<std::string> parts(1);
  int braces = 0;
  for (std::size_t i = 0; i < spec.size(); ++i) {
    const char c = spec[i];
    if (c == '$' && i + 1 < spec.size() && spec[i + 1] == '{') ++braces;
    if (c == '}' && braces > 0) --braces;
    std::string& part = parts.back();
    if (c != ':' || braces > 0 || is_drive(part)) {
      part += c;
      continue;
    }
    if (part.empty()) throw bad_volume(spec, "empty section between colons");
    parts.emplace_back();
  }
  if (parts.back().empty()) throw bad_volume(spec, "empty section between colons");
  return parts;
}

bool is_host_path(std::string_view source) {
  if (source.empty()) return false;
  if (std::string_view("./~\\").find(source.front()) != std::string_view::npos) return true;
  return source.size() >= 2 && is_letter(source[0]) && source[1] == ':';
}

void apply_option(Mount& mount, const std::string& option) {
  constexpr std::array<std::string_view, 6> k_propagations{"rprivate", "private", "rshared",
                                                           "shared",   "rslave",  "slave"};
  if (option == "ro") {
    mount.read_only = true;
  } else if (option == "rw") {
    mount.read_only = false;
  } else if (option == "nocopy") {
    mount.volume_nocopy = true;
  } else if (option == "z" || option == "Z") {
    mount.bind_selinux = option;
  } else if (std::ranges::find(k_propagations, option) != k_propagations.end()) {
    mount.bind_propagation = option;
  }
  // Docker Compose passes over what it does not know ("cached", "delegated"): so do we.
}

}  // namespace

Mount parse_volume(std::string_view spec) {
  if (spec.empty()) throw bad_volume(spec, "it is empty");
  Mount mount;
  if (spec.size() <= 2) {
    mount.target = spec;
    return mount;
  }
  const std::vector<std::string> parts = parts_of(spec);
  if (parts.size() > 3) throw bad_volume(spec, "too many colons");
  if (parts.size() == 1) {
    mount.target = parts[0];
    return mount;
  }
  mount.source = parts[0];
  mount.target = parts[1];
  if (parts.size() == 3) {
    for (const std::string& option : split(parts[2], ',')) apply_option(mount, option);
  }
  if (is_host_path(mount.source)) {
    mount.type = Mount::Type::bind;
    mount.bind_create_host_path = true;
  }
  return mount;
}

}  // namespace hoist::compose

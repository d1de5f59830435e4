#include "remote/docker/reference.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"

namespace hoist::remote {
namespace {

constexpr std::string_view k_hub = "docker.io";
constexpr std::string_view k_official = "library/";
constexpr std::size_t k_name_limit = 255;
constexpr std::size_t k_tag_limit = 128;

bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

bool is_image_id(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), is_hex);
}

/// Lower-case letters and digits with `.`, `_`, `__` or dashes between them.
bool is_component(std::string_view text) {
  if (text.empty() || !is_lower_or_digit(text.front()) || !is_lower_or_digit(text.back())) return false;
  for (std::size_t i = 0; i < text.size();) {
    if (is_lower_or_digit(text[i])) {
      ++i;
      continue;
    }
    const char separator = text[i];
    std::size_t run = 0;
    while (text[i + run] == separator) ++run;  // ends: the last character is a letter or digit
    const std::size_t allowed = separator == '-' ? text.size() : separator == '_' ? 2 : separator == '.' ? 1 : 0;
    if (run > allowed || !is_lower_or_digit(text[i + run])) return false;
    i += run;
  }
  return true;
}

bool is_path(std::string_view text) {
  if (text.empty() || text.back() == '/') return false;
  const std::vector<std::string> parts = split(text, '/');
  return std::all_of(parts.begin(), parts.end(), [](const std::string& part) { return is_component(part); });
}

bool is_tag(std::string_view text) {
  if (text.empty() || text.size() > k_tag_limit) return false;
  const auto is_word = [](char c) { return is_lower_or_digit(c) || is_upper(c) || c == '_'; };
  return is_word(text.front()) &&
         std::all_of(text.begin(), text.end(), [is_word](char c) { return is_word(c) || c == '.' || c == '-'; });
}

bool is_digest(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view algorithm = text.substr(0, colon);
  const std::string_view hex = text.substr(colon + 1);
  if (algorithm == "sha256" && hex.size() != 64) return false;
  return hex.size() >= 32 && std::all_of(hex.begin(), hex.end(), is_hex);
}

bool is_domain(std::string_view text) {
  std::string_view host = text;
  if (host.starts_with('[')) {  // an IPv6 address
    const std::size_t end = host.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    host.remove_prefix(end + 1);
    if (host.empty()) return true;
    if (!host.starts_with(':')) return false;
  } else {
    const std::size_t end = std::min(host.find(':'), host.size());
    const std::string_view name = host.substr(0, end);
    const auto is_host = [](char c) { return is_lower_or_digit(c) || is_upper(c) || c == '-' || c == '.'; };
    if (name.empty() || name.front() == '-' || name.front() == '.' || name.back() == '-' || name.back() == '.' ||
        name.find("..") != std::string_view::npos || !std::all_of(name.begin(), name.end(), is_host)) {
      return false;
    }
    if (end == host.size()) return true;
    host.remove_prefix(end);
  }
  const std::string_view port = host.substr(1);
  return !port.empty() && std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// A first component names a registry only when it cannot be a user of the hub.
bool looks_like_domain(std::string_view first) {
  return first.find_first_of(".:") != std::string_view::npos || first == "localhost" ||
         std::any_of(first.begin(), first.end(), is_upper);
}

struct Parsed {
  ImageReference reference;
  std::string fault;  ///< empty = well formed
};

Parsed parse(std::string_view text) {
  Parsed parsed;
  ImageReference& reference = parsed.reference;
  std::string_view rest = text;
  if (const std::size_t at = rest.find('@'); at != std::string_view::npos) {
    reference.digest = rest.substr(at + 1);
    rest = rest.substr(0, at);
    if (!is_digest(reference.digest)) return {{}, "its digest is not of the form sha256:<64 hex digits>"};
  }
  const std::size_t slash = rest.rfind('/');
  const std::size_t colon = rest.rfind(':');
  if (colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash)) {
    reference.tag = rest.substr(colon + 1);
    rest = rest.substr(0, colon);
    if (!is_tag(reference.tag)) {
      return {{}, "a tag has up to 128 letters, digits, '_', '.' or '-' and does not begin with '.' or '-'"};
    }
  }
  if (is_image_id(rest)) return {{}, "it is an image id, not a name"};

  const std::size_t first_end = rest.find('/');
  if (first_end != std::string_view::npos && looks_like_domain(rest.substr(0, first_end))) {
    reference.domain = rest.substr(0, first_end);
    reference.path = rest.substr(first_end + 1);
    if (!is_domain(reference.domain)) return {{}, fmt::format("'{}' is no registry address", reference.domain)};
  } else {
    reference.domain = k_hub;
    reference.path = rest;
  }
  if (reference.domain == "index.docker.io") reference.domain = k_hub;
  if (!is_path(reference.path)) {
    if (std::any_of(reference.path.begin(), reference.path.end(), is_upper)) {
      return {{}, fmt::format("names are in lower case: '{}'", to_lower(reference.path))};
    }
    return {{}, "a name has lower-case letters and digits, with '.', '_', '-' or '/' between them"};
  }
  if (reference.domain == k_hub && reference.path.find('/') == std::string::npos) {
    reference.path.insert(0, k_official);
  }
  if (reference.repository().size() > k_name_limit) return {{}, "a name has at most 255 characters"};
  if (reference.tag.empty() && reference.digest.empty()) reference.tag = "latest";
  return parsed;
}

}  // namespace

std::string ImageReference::repository() const {
  return domain + '/' + path;
}

std::string ImageReference::to_string() const {
  std::string out = repository();
  if (!tag.empty()) out += ':' + tag;
  if (!digest.empty()) out += '@' + digest;
  return out;
}

std::string ImageReference::familiar_repository() const {
  if (domain != k_hub) return repository();
  std::string_view rest(path);
  if (rest.starts_with(k_official) && rest.find('/', k_official.size()) == std::string_view::npos) {
    rest.remove_prefix(k_official.size());
  }
  // Without its domain such a path would be read as something else: a registry's, or an image id.
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos ? is_image_id(rest) : looks_like_domain(rest.substr(0, slash))) {
    return repository();
  }
  return std::string(rest);
}

std::string ImageReference::familiar() const {
  std::string out = familiar_repository();
  if (!tag.empty()) out += ':' + tag;
  if (!digest.empty()) out += '@' + digest;
  return out;
}

std::optional<ImageReference> find_reference(std::string_view text) {
  Parsed parsed = parse(text);
  if (!parsed.fault.empty()) return std::nullopt;
  return std::move(parsed.reference);
}

ImageReference parse_reference(std::string_view text) {
  Parsed parsed = parse(text);
  if (!parsed.fault.empty()) {
    throw Error(ErrorCode::bad_input, fmt::format("'{}' is no image name: {}", strip_control(text), parsed.fault));
  }
  return std::move(parsed.reference);
}

}  // namespace hoist::remote

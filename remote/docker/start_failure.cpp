#include "remote/docker/start_failure.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "compose/base/text.hpp"

namespace hoist::remote {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Reads "0.0.0.0:8080", ":8080", "[::]:8080/tcp" or "0.0.0.0:8080:172.18.0.2:80/tcp".
std::optional<PortClash> parse_address(std::string_view text) {
  PortClash clash;
  text = text.substr(0, text.find_first_of(" ,;"));
  while (text.ends_with(':') || text.ends_with('.')) text.remove_suffix(1);
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) clash.protocol = to_lower(text.substr(slash + 1, 3));
  text = text.substr(0, slash);
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    clash.host_ip = text.substr(1, close - 1);
    text.remove_prefix(close + 1);
  } else {
    const std::size_t colon = text.starts_with("::") ? 2 : text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    clash.host_ip = text.substr(0, colon);
    text.remove_prefix(colon);
  }
  if (!text.starts_with(':')) return std::nullopt;
  text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), clash.port);
  if (error != std::errc{} || clash.port == 0) return std::nullopt;
  return clash;
}

}  // namespace

std::optional<PortClash> find_port_clash(std::string_view message) {
  if (!contains(message, "port is already allocated") && !contains(message, "address already in use")) {
    return std::nullopt;
  }
  constexpr std::array<std::string_view, 8> k_markers{"Bind for ",
                                                      "failed to bind host port for ",
                                                      "failed to bind host port ",
                                                      "listen tcp4 ",
                                                      "listen tcp6 ",
                                                      "listen tcp ",
                                                      "listen udp4 ",
                                                      "listen udp "};
  for (const std::string_view marker : k_markers) {
    const std::size_t at = message.find(marker);
    if (at == std::string_view::npos) continue;
    std::optional<PortClash> clash = parse_address(message.substr(at + marker.size()));
    if (!clash) continue;
    if (contains(marker, "udp")) clash->protocol = "udp";
    return clash;
  }
  return std::nullopt;
}

std::string clean_start_failure(std::string_view message) {
  std::string_view text = trim(message);
  // Each layer puts its own name before what the one below it said; the last of these is nearest to the
  // cause.
  constexpr std::array<std::string_view, 7> k_prefixes{"OCI runtime create failed: ",
                                                       "runc create failed: ",
                                                       "unable to start container process: ",
                                                       "starting container process caused: ",
                                                       "error during container init: ",
                                                       "failed to set up container networking: ",
                                                       "crun: "};
  for (const std::string_view prefix : k_prefixes) {
    const std::size_t at = text.rfind(prefix);
    if (at != std::string_view::npos) text.remove_prefix(at + prefix.size());
  }
  constexpr std::array<std::string_view, 4> k_suffixes{": unknown",
                                                       ": OCI runtime attempted to invoke a command that was not found",
                                                       ": OCI permission denied", ": OCI runtime error"};
  for (const std::string_view suffix : k_suffixes) {
    if (text.ends_with(suffix)) text.remove_suffix(suffix.size());
  }
  return strip_control(text);
}

std::string start_failure_hint(std::string_view cleaned, const std::string& service) {
  const std::string text = to_lower(cleaned);
  // runc says "executable file not found in $PATH", crun "executable file `x` not found in $PATH".
  if (contains(text, "not found in $path") || contains(text, "no such file or directory")) {
    return fmt::format("check 'command', 'entrypoint' and 'working_dir' of service '{}' against what its image holds",
                       service);
  }
  if (contains(text, "permission denied")) {
    return fmt::format("is what service '{}' runs marked as executable in its image?", service);
  }
  return {};
}

}  // namespace hoist::remote

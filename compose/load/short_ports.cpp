#include "compose/load/short_ports.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"

namespace hoist::compose {
namespace {

struct Range {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::uint32_t count() const { return last - first + 1; }
};

Error bad_port(std::string_view spec, std::string_view why) {
  Error error(ErrorCode::bad_input, fmt::format("'{}' is not a port: {}", spec, why));
  return error.with_hint("write it as [IP:][HOST:]CONTAINER[/PROTOCOL]");
}

std::optional<std::uint32_t> parse_number(std::string_view text) {
  std::uint32_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (text.empty() || failure != std::errc() || stop != end || value > 65535) return std::nullopt;
  return value;
}

Range parse_range(std::string_view text, std::string_view what, std::string_view spec) {
  const std::size_t dash = text.find('-');
  const std::optional<std::uint32_t> first = parse_number(text.substr(0, dash));
  const std::optional<std::uint32_t> last =
      dash == std::string_view::npos ? first : parse_number(text.substr(dash + 1));
  if (!first || !last) throw bad_port(spec, fmt::format("invalid {} port '{}'", what, text));
  if (*last < *first) throw bad_port(spec, fmt::format("the {} range '{}' runs backwards", what, text));
  return {*first, *last};
}

}  // namespace

bool is_ip_address(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return false;  // inet_pton would stop there
  const std::string copy(text);
  in6_addr ignored{};
  return ::inet_pton(AF_INET, copy.c_str(), &ignored) == 1 || ::inet_pton(AF_INET6, copy.c_str(), &ignored) == 1;
}

std::vector<PortMapping> parse_ports(std::string_view spec) {
  const std::size_t slash = spec.find('/');
  const std::string_view addresses = spec.substr(0, slash);
  std::string protocol = slash == std::string_view::npos ? "tcp" : to_lower(spec.substr(slash + 1));
  if (protocol.empty()) protocol = "tcp";
  if (protocol != "tcp" && protocol != "udp" && protocol != "sctp") {
    throw bad_port(spec, fmt::format("unknown protocol '{}'", protocol));
  }

  // The container port is after the last colon, the host's between the last two, the rest is an address.
  const std::size_t last_colon = addresses.rfind(':');
  const std::string_view target = last_colon == std::string_view::npos ? addresses : addresses.substr(last_colon + 1);
  std::string_view published;
  std::string_view ip;
  if (last_colon != std::string_view::npos) {
    const std::string_view before = addresses.substr(0, last_colon);
    const std::size_t colon = before.rfind(':');
    published = colon == std::string_view::npos ? before : before.substr(colon + 1);
    if (colon != std::string_view::npos) ip = before.substr(0, colon);
  }
  if (ip.starts_with('[') && ip.ends_with(']')) ip = ip.substr(1, ip.size() - 2);
  if (!ip.empty() && !is_ip_address(ip)) throw bad_port(spec, fmt::format("'{}' is not an IP address", ip));
  if (target.empty()) throw bad_port(spec, "no container port");

  const Range targets = parse_range(target, "container", spec);
  if (targets.first == 0) throw bad_port(spec, "0 is no container port");
  std::optional<Range> host;
  if (!published.empty()) host = parse_range(published, "host", spec);
  if (host && host->count() != targets.count() && targets.count() != 1) {
    throw bad_port(spec, "the ranges differ in length");
  }

  std::vector<PortMapping> ports;
  // As texts: 10 before 9.
  std::vector<std::pair<std::string, std::uint32_t>> order;
  order.reserve(targets.count());
  for (std::uint32_t i = 0; i < targets.count(); ++i) order.emplace_back(std::to_string(targets.first + i), i);
  std::ranges::sort(order);
  ports.reserve(order.size());
  for (const auto& [text, i] : order) {
    PortMapping port;
    port.host_ip = ip;
    port.target = static_cast<std::uint16_t>(targets.first + i);
    port.protocol = protocol;
    if (host && targets.count() == 1 && host->count() > 1) {
      port.published = fmt::format("{}-{}", host->first, host->last);
    } else if (host) {
      port.published = fmt::format("{}", host->first + i);
    }
    ports.push_back(std::move(port));
  }
  return ports;
}

}  // namespace hoist::compose

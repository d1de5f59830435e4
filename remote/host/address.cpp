#include "remote/host/address.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"

namespace hoist::remote {
namespace {

constexpr std::string_view k_plain_port = "2375";

Error unclear(std::string_view text, const std::string& origin, std::string_view why) {
  Error error(ErrorCode::bad_input,
              fmt::format("{}: '{}' is not an engine's address: {}", origin, strip_control(text), why));
  error.with_hint("write unix:///path/to/socket or tcp://host:port");
  return error;
}

HttpEndpoint parse_tcp(std::string_view text, std::string_view rest, const std::string& origin) {
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find_first_of("/?#") != std::string_view::npos) throw unclear(text, origin, "a path cannot be given");
  if (rest.find('@') != std::string_view::npos) throw unclear(text, origin, "a user name cannot be given");
  std::string_view host = rest;
  std::string_view port = k_plain_port;
  const std::size_t colon = rest.rfind(':');
  if (rest.starts_with('[')) {
    const std::size_t end = rest.find(']');
    if (end == std::string_view::npos) throw unclear(text, origin, "']' is missing");
    host = rest.substr(1, end - 1);
    const std::string_view after = rest.substr(end + 1);
    if (!after.empty() && after.front() != ':') throw unclear(text, origin, "only a port may follow ']'");
    if (!after.empty()) port = after.substr(1);
  } else if (colon != std::string_view::npos) {
    host = rest.substr(0, colon);
    port = rest.substr(colon + 1);
  }
  if (host.empty()) throw unclear(text, origin, "the host is missing");
  if (!rest.starts_with('[') && host.find(':') != std::string_view::npos) {
    throw unclear(text, origin, "an IPv6 address stands in brackets");
  }
  const bool digits = !port.empty() && port.size() <= 5 &&
                      std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || std::stoi(std::string(port)) < 1 || std::stoi(std::string(port)) > 65535) {
    throw unclear(text, origin, "the port is not a number from 1 to 65535");
  }
  return {.socket_path = {}, .host = std::string(host), .port = std::string(port)};
}

}  // namespace

HttpEndpoint parse_engine_address(std::string_view text, const std::string& origin) {
  const std::size_t mark = text.find("://");
  if (mark == std::string_view::npos) {
    if (text.starts_with('/')) throw unclear(text, origin, "the scheme 'unix://' is missing");
    return parse_tcp(text, text, origin);
  }
  const std::string scheme = to_lower(text.substr(0, mark));
  const std::string_view rest = text.substr(mark + 3);
  if (scheme == "unix") {
    if (!rest.starts_with('/')) throw unclear(text, origin, "the socket's path must begin with '/'");
    return {.socket_path = std::string(rest), .host = {}, .port = {}};
  }
  if (scheme == "tcp" || scheme == "http") return parse_tcp(text, rest, origin);
  if (scheme == "ssh") {
    Error error(ErrorCode::bad_input, fmt::format("{}: ssh:// addresses are not supported", origin));
    error.with_hint(
        fmt::format("forward the socket: 'ssh -nNT -L /tmp/engine.sock:/var/run/docker.sock {}', then set "
                    "DOCKER_HOST=unix:///tmp/engine.sock",
                    strip_control(rest.substr(0, rest.find('/')))));
    throw error;
  }
  if (scheme == "https") {
    Error error(ErrorCode::bad_input, fmt::format("{}: engines behind TLS (https://) are not supported", origin));
    error.with_hint("forward the engine's Unix socket with ssh -L and set DOCKER_HOST=unix:///path/to/it");
    throw error;
  }
  throw unclear(text, origin, fmt::format("unknown scheme '{}://'", strip_control(scheme)));
}

}  // namespace hoist::remote

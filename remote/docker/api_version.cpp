#include "remote/docker/api_version.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "compose/base/error.hpp"

namespace hoist::remote {
namespace {

std::optional<int> parse_number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

}  // namespace

std::string ApiVersion::to_string() const {
  return fmt::format("{}.{}", major, minor);
}

std::optional<ApiVersion> parse_api_version(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::optional<int> major = parse_number(text.substr(0, dot));
  const std::optional<int> minor = parse_number(text.substr(dot + 1));
  if (!major || !minor) return std::nullopt;
  return ApiVersion{*major, *minor};
}

ApiVersion negotiate(ApiVersion server) {
  if (server < k_oldest_api) {
    throw Error(ErrorCode::unavailable, fmt::format("the engine speaks API {} at most, at least {} is needed",
                                                    server.to_string(), k_oldest_api.to_string()))
        .with_hint("update the engine to Docker 20.10, Podman 4.3 or newer");
  }
  return std::min(server, k_newest_api);
}

}  // namespace hoist::remote

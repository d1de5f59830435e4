#include "remote/host/docker_context.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "compose/base/environment.hpp"
#include "compose/base/error.hpp"
#include "compose/base/file.hpp"
#include "compose/base/sha256.hpp"
#include "compose/base/text.hpp"

namespace hoist::remote {
namespace {

using nlohmann::json;

/// The JSON object in a file; nothing when there is no such file.
std::optional<json> find_object(const std::filesystem::path& path) {
  const std::optional<std::string> text = find_file(path);
  if (!text) return std::nullopt;
  json value = json::parse(*text, nullptr, false);
  if (!value.is_object()) {
    throw Error(ErrorCode::bad_input, fmt::format("'{}' does not hold a JSON object", path.string()));
  }
  return value;
}

/// The text at `pointer`; "" when there is none.
std::string text_at(const json& value, const char* pointer) {
  const json::json_pointer where(pointer);
  if (!value.contains(where)) return {};
  const json& found = value.at(where);
  return found.is_string() ? found.get<std::string>() : std::string();
}

}  // namespace

std::optional<DockerContext> find_docker_context(const std::map<std::string, std::string>& environment,
                                                 const std::filesystem::path& home) {
  const std::string config = value_or_empty(environment, "DOCKER_CONFIG");
  const std::filesystem::path directory = config.empty() ? home / ".docker" : std::filesystem::path(config);
  std::string name = value_or_empty(environment, "DOCKER_CONTEXT");
  const bool from_environment = !name.empty();
  if (!from_environment) {
    const std::optional<json> settings = find_object(directory / "config.json");
    if (settings) name = text_at(*settings, "/currentContext");
  }
  if (name.empty() || name == "default") return std::nullopt;

  const std::string shown = strip_control(name);
  const std::string folder = sha256_hex(name);
  const std::filesystem::path path = directory / "contexts" / "meta" / folder / "meta.json";
  const std::optional<json> meta = find_object(path);
  if (!meta) {
    Error error(ErrorCode::bad_input, fmt::format("docker context '{}' does not exist: no '{}'", shown, path.string()));
    error.with_hint(from_environment ? "unset DOCKER_CONTEXT, or see 'docker context ls'"
                                     : "'docker context use default' goes back to the default");
    throw error;
  }
  DockerContext context{.name = name, .host = text_at(*meta, "/Endpoints/docker/Host"), .with_tls = false};
  if (context.host.empty()) {
    throw Error(
        ErrorCode::bad_input,
        fmt::format("docker context '{}' names no engine ('{}' has no Endpoints.docker.Host)", shown, path.string()));
  }
  std::error_code ignored;
  context.with_tls = std::filesystem::exists(directory / "contexts" / "tls" / folder / "docker", ignored);
  return context;
}

}  // namespace hoist::remote

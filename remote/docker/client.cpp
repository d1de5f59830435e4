#include "remote/docker/client.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "compose/base/clock.hpp"
#include "compose/base/error.hpp"
#include "compose/base/text.hpp"

namespace hoist::remote {
namespace {

using nlohmann::json;

bool is_ok(int status) {
  return (status >= 200 && status < 300) || status == 304;
}

std::string header(const HttpResponse& response, const std::string& name) {
  const auto found = response.headers.find(name);
  return found == response.headers.end() ? std::string() : found->second;
}

ErrorCode code_of(int status) {
  switch (status) {
    case 401:
    case 403:
      return ErrorCode::denied;
    case 404:
      return ErrorCode::not_found;
    case 409:
      return ErrorCode::conflict;
    case 502:
    case 503:
    case 504:
      return ErrorCode::unavailable;
    default:
      return ErrorCode::failed;
  }
}

/// Podman answers 500 while a container is being removed: gone is gone.
void tell_gone_by_status(HttpResponse& response) {
  if (response.status != 500) return;
  const json body = json::parse(response.body, nullptr, false);
  if (body.is_object() && body.value("cause", json()) == "no such container") response.status = 404;
}

/// Podman answers 500 to a look at a container whose process ends at that moment; the next look is answered.
bool met_an_ending_process(const HttpResponse& response) {
  return response.status == 500 && engine_message(response, "").find("no such process") != std::string::npos;
}

json body_of(const HttpResponse& response, std::string_view what) {
  if (response.status == 304 || trim(response.body).empty()) return nullptr;
  return parse_engine_json(response.body, what);
}

}  // namespace

std::string engine_message(const HttpResponse& response, std::string_view fallback) {
  const json body = json::parse(response.body, nullptr, false);
  std::string text;
  if (body.is_object()) {
    for (const char* key : {"message", "cause", "error"}) {
      const auto found = body.find(key);
      if (found != body.end() && found->is_string()) text = found->get<std::string>();
      if (!text.empty()) break;
    }
  } else if (body.is_discarded()) {
    text = response.body;
  }
  text = strip_control(trim(text));
  constexpr std::size_t k_longest = 4000;
  if (text.size() > k_longest) text = text.substr(0, k_longest) + "...";
  return text.empty() ? std::string(fallback) : text;
}

void throw_unless_ok(const HttpResponse& response) {
  if (is_ok(response.status)) return;
  throw Error(code_of(response.status),
              engine_message(response, fmt::format("the engine answered with status {}", response.status)));
}

json parse_engine_json(std::string_view text, std::string_view what) {
  json parsed = json::parse(text, nullptr, false);
  if (parsed.is_discarded()) {
    throw Error(ErrorCode::unavailable, fmt::format("the engine's answer to '{}' is not JSON", what));
  }
  return parsed;
}

DockerClient::DockerClient(HttpEndpoint address) : DockerClient(make_http_client(address), address.to_string()) {}

DockerClient::DockerClient(std::unique_ptr<HttpClient> http, std::string address)
    : http_(std::move(http)), address_(std::move(address)) {}

DockerClient::~DockerClient() = default;

EnginePing DockerClient::ping(std::stop_token stop) {
  // Two threads may both ask the first time: harmless, and neither waits for the other's frozen request.
  const std::optional<EnginePing> known = ping_.with([](const std::optional<EnginePing>& value) { return value; });
  if (known) return *known;
  const HttpResponse response = http_->send({.target = "/_ping", .head_timeout = std::chrono::seconds{10}}, stop);
  throw_unless_ok(response);
  const std::optional<ApiVersion> server = parse_api_version(header(response, "api-version"));
  if (!server) {
    throw Error(ErrorCode::unavailable, fmt::format("what answers at '{}' is no Docker Engine API", address_))
        .with_hint("check DOCKER_HOST and the current docker context");
  }
  const EnginePing fresh{.api = negotiate(*server),
                         .podman = response.headers.contains("libpod-api-version"),
                         .windows = header(response, "ostype") == "windows",
                         .prefers_buildkit = header(response, "builder-version") == "2"};
  ping_.with([&fresh](std::optional<EnginePing>& value) { value = fresh; });
  return fresh;
}

void DockerClient::add_version(HttpRequest& request, const std::stop_token& stop) {
  request.target = fmt::format("/v{}{}", api(stop).to_string(), request.target);
}

HttpResponse DockerClient::send_raw(HttpRequest request, std::stop_token stop) {
  add_version(request, stop);
  HttpResponse response = http_->send(request, stop);
  tell_gone_by_status(response);
  return response;
}

HttpResponse DockerClient::send(HttpRequest request, std::stop_token stop) {
  HttpResponse response = send_raw(std::move(request), stop);
  throw_unless_ok(response);
  return response;
}

HttpResponse DockerClient::stream_raw(HttpRequest request, const std::function<bool(std::string_view)>& on_chunk,
                                      std::stop_token stop) {
  add_version(request, stop);
  HttpResponse response = http_->stream(request, on_chunk, stop);
  tell_gone_by_status(response);
  return response;
}

HttpResponse DockerClient::stream(HttpRequest request, const std::function<bool(std::string_view)>& on_chunk,
                                  std::stop_token stop) {
  HttpResponse response = stream_raw(std::move(request), on_chunk, stop);
  throw_unless_ok(response);
  return response;
}

std::unique_ptr<ByteStream> DockerClient::hijack(HttpRequest request, std::stop_token stop) {
  add_version(request, stop);
  HttpClient::Hijacked taken = http_->hijack(request, stop);
  if (!taken.stream) {
    throw_unless_ok(taken.response);
    throw Error(ErrorCode::unavailable, fmt::format("the engine did not hand over the connection for '{}' (status {})",
                                                    request.target, taken.response.status));
  }
  return std::move(taken.stream);
}

HttpResponse DockerClient::look(const std::string& path, std::optional<std::chrono::milliseconds> head_timeout,
                                const std::stop_token& stop) {
  constexpr int k_looks = 5;
  constexpr std::chrono::milliseconds k_pause{10};
  for (int left = k_looks;; --left) {
    HttpResponse response = send_raw({.target = path, .head_timeout = head_timeout}, stop);
    if (left == 1 || !met_an_ending_process(response)) return response;
    if (!SystemClock().sleep_for(k_pause, stop)) throw Error(ErrorCode::cancelled, "interrupted");
  }
}

json DockerClient::get(const std::string& path, std::stop_token stop,
                       std::optional<std::chrono::milliseconds> head_timeout) {
  const HttpResponse response = look(path, head_timeout, stop);
  throw_unless_ok(response);
  return body_of(response, path);
}

std::optional<json> DockerClient::find(const std::string& path, std::stop_token stop) {
  const HttpResponse response = look(path, k_quick_answer, stop);
  if (response.status == 404) return std::nullopt;
  throw_unless_ok(response);
  return body_of(response, path);
}

HttpResponse DockerClient::post_raw(const std::string& path, const json& body, std::stop_token stop,
                                    std::optional<std::chrono::milliseconds> head_timeout) {
  HttpRequest request{.method = "POST", .target = path, .head_timeout = head_timeout};
  if (!body.is_null()) {
    request.headers.emplace_back("Content-Type", "application/json");
    // Names and values come from files: bytes that are no UTF-8 must not throw here.
    request.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  }
  return send_raw(std::move(request), stop);
}

json DockerClient::post(const std::string& path, const json& body, std::stop_token stop,
                        std::optional<std::chrono::milliseconds> head_timeout) {
  const HttpResponse response = post_raw(path, body, stop, head_timeout);
  throw_unless_ok(response);
  return body_of(response, path);
}

json DockerClient::del(const std::string& path, std::stop_token stop,
                       std::optional<std::chrono::milliseconds> head_timeout) {
  return body_of(send({.method = "DELETE", .target = path, .head_timeout = head_timeout}, stop), path);
}

}  // namespace hoist::remote

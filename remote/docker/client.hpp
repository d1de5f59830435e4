#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "compose/base/sync_value.hpp"
#include "remote/docker/api_version.hpp"
#include "remote/http/client.hpp"

namespace hoist::remote {

/// Limit for the head of an answer that an engine gives from memory or disk (lists, inspect, create).
inline constexpr std::chrono::milliseconds k_quick_answer = std::chrono::seconds{30};

/// What an engine said of itself when first asked.
struct EnginePing {
  ApiVersion api;        ///< negotiated
  bool podman = false;   ///< some answers differ; see README.md
  bool windows = false;  ///< runs containers of Windows
  /// The engine would rather build with BuildKit (header Builder-Version: 2).
  bool prefers_buildkit = false;

  bool operator==(const EnginePing&) const = default;
};

/// Requests to a Docker Engine API in its negotiated version. Paths are given without version:
/// "/containers/json".
///
/// Thread: any, several at once.
/// Errors: as HttpClient; a status outside 2xx (and 304, "already so") becomes an Error with the engine's
/// message: not_found (404), conflict (409), denied (401, 403), unavailable (502, 503, 504), failed (all
/// else).
class DockerClient {
 public:
  explicit DockerClient(HttpEndpoint address);
  /// For an endpoint that is reached by other means; `address` is only for texts.
  DockerClient(std::unique_ptr<HttpClient> http, std::string address);
  ~DockerClient();

  /// What the engine said when first asked; asks once.
  EnginePing ping(std::stop_token stop);
  ApiVersion api(std::stop_token stop) { return ping(stop).api; }
  /// "unix:///var/run/docker.sock"
  const std::string& address() const { return address_; }

  /// GET; null when the answer has no body. `head_timeout` nothing = wait as long as it takes.
  nlohmann::json get(const std::string& path, std::stop_token stop,
                     std::optional<std::chrono::milliseconds> head_timeout = k_quick_answer);
  /// As `get`, but a 404 is nothing.
  std::optional<nlohmann::json> find(const std::string& path, std::stop_token stop);
  /// POST of `body` (null = none); null when the answer has no body.
  nlohmann::json post(const std::string& path, const nlohmann::json& body, std::stop_token stop,
                      std::optional<std::chrono::milliseconds> head_timeout = k_quick_answer);
  /// DELETE; null when the answer has no body.
  nlohmann::json del(const std::string& path, std::stop_token stop,
                     std::optional<std::chrono::milliseconds> head_timeout = k_quick_answer);

  /// As `post`; the answer whatever its status.
  HttpResponse post_raw(const std::string& path, const nlohmann::json& body, std::stop_token stop,
                        std::optional<std::chrono::milliseconds> head_timeout = k_quick_answer);
  /// `request` with the version put before its target; the answer whatever its status.
  HttpResponse send_raw(HttpRequest request, std::stop_token stop);
  /// `request` with the version put before its target.
  HttpResponse send(HttpRequest request, std::stop_token stop);
  /// As `stream`, but the answer is returned whatever its status; the body of one outside 2xx is in it.
  HttpResponse stream_raw(HttpRequest request, const std::function<bool(std::string_view)>& on_chunk,
                          std::stop_token stop);
  /// As `send`; the body goes to `on_chunk`, which returns false to end the transfer.
  HttpResponse stream(HttpRequest request, const std::function<bool(std::string_view)>& on_chunk, std::stop_token stop);
  /// Takes over the connection after an upgrade; the stream is never null.
  std::unique_ptr<ByteStream> hijack(HttpRequest request, std::stop_token stop);

 private:
  /// GET, whatever the status.
  HttpResponse look(const std::string& path, std::optional<std::chrono::milliseconds> head_timeout,
                    const std::stop_token& stop);
  void add_version(HttpRequest& request, const std::stop_token& stop);

  std::unique_ptr<HttpClient> http_;
  std::string address_;
  SyncValue<std::optional<EnginePing>> ping_;
};

/// What an engine's error body says: its message on one line without control characters; `fallback` when it
/// has none.
std::string engine_message(const HttpResponse& response, std::string_view fallback);

/// Throws the Error that a status outside 2xx and 304 stands for.
void throw_unless_ok(const HttpResponse& response);

/// The JSON in `text`. Errors: Error{unavailable} naming `what` when it is none.
nlohmann::json parse_engine_json(std::string_view text, std::string_view what);

}  // namespace hoist::remote

#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compose/base/byte_stream.hpp"

namespace hoist::remote {

/// Produces the next piece of a request body; an empty result ends it.
using BodySource = std::function<std::string()>;

struct HttpRequest {
  std::string method = "GET";
  std::string target;                                        ///< path and query, already escaped
  std::vector<std::pair<std::string, std::string>> headers;  ///< Host, lengths and encodings are set by the client
  std::string body;
  BodySource body_source;  ///< when set, sent chunked in place of `body`
  /// Limit for connecting and for the response head; nothing = none. The body has no limit.
  std::optional<std::chrono::milliseconds> head_timeout;
  /// Called when the answer's head is here, before its body and whatever its status. Not for `hijack`.
  std::function<void()> on_head;
};

struct HttpResponse {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

/// A keep-alive HTTP/1.1 client to one endpoint. Connections are kept and reused; as many are open as
/// requests are under way.
///
/// Thread: any, several at once.
/// Errors: Error{unavailable} when the endpoint does not answer or breaks off, Error{cancelled} within 100 ms
/// of a stop request, Error{timed_out}. A status is never an error here.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  /// The whole response. A GET, HEAD or DELETE that failed on a reused connection before any byte of the answer
  /// came is sent again once on a fresh one; any other request only if no byte of it had gone out.
  virtual HttpResponse send(const HttpRequest& request, std::stop_token stop) = 0;
  /// As `send`, but a 2xx body goes to `on_chunk` piece by piece; other bodies are collected in the response.
  /// `on_chunk` returns false to end the transfer.
  virtual HttpResponse stream(const HttpRequest& request, const std::function<bool(std::string_view)>& on_chunk,
                              std::stop_token stop) = 0;
  struct Hijacked {
    HttpResponse response;               ///< with its body when refused
    std::unique_ptr<ByteStream> stream;  ///< null unless the status is 101 or 200
  };
  /// Sends an upgrade request and takes over the connection.
  virtual Hijacked hijack(const HttpRequest& request, std::stop_token stop) = 0;
};

/// Where an endpoint is.
struct HttpEndpoint {
  std::string socket_path;  ///< Unix socket; empty = TCP
  std::string host;
  std::string port;

  bool operator==(const HttpEndpoint&) const = default;
  /// "unix:///var/run/docker.sock", "tcp://host:2375"
  std::string to_string() const;
};

/// A client for a Unix socket or plain TCP. Connects at the first request.
std::unique_ptr<HttpClient> make_http_client(HttpEndpoint endpoint);

/// `text` with everything but unreserved characters percent-encoded.
std::string escape_query(std::string_view text);

}  // namespace hoist::remote

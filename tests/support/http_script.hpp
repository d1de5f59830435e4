#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "compose/base/file.hpp"
#include "compose/base/sync_value.hpp"
#include "remote/http/client.hpp"
#include "tests/support/temp_dir.hpp"

namespace hoist::test {

/// A request as it arrived.
struct HttpScriptRequest {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;                            ///< without its chunks
};

/// The server's end of one connection. Every call blocks; one that cannot go on because the client or the
/// test has ended leaves the dialogue.
class HttpScriptPeer {
 public:
  HttpScriptPeer(int fd, SyncValue<std::vector<HttpScriptRequest>>& requests) : fd_(fd), requests_(requests) {}

  /// The next request with its body.
  HttpScriptRequest read_request();
  /// The next request without reading its body.
  HttpScriptRequest read_head();
  /// Exactly `size` bytes.
  std::string read_bytes(std::size_t size);
  /// Everything until the client closes its side.
  std::string read_to_end();
  void send(std::string_view bytes);
  /// Sends in pieces, each a write of its own.
  void send_in_pieces(std::string_view bytes, std::size_t size);
  /// Closes our side for writing; reading goes on.
  void close_write();
  /// Does nothing until the client closes or the test ends.
  void stall();

 private:
  bool fill();
  HttpScriptRequest next_head();
  void record(const HttpScriptRequest& request);

  int fd_;
  SyncValue<std::vector<HttpScriptRequest>>& requests_;
  std::string unread_;
};

/// An HTTP server whose every connection follows a script: bytes as the test writes them, right or wrong.
///
/// Thread: the script runs in threads of its own. The connection is closed when its dialogue returns.
class HttpScript {
 public:
  enum class Transport { unix_socket, tcp };
  using Dialogue = std::function<void(HttpScriptPeer&)>;

  /// The first connection follows the first dialogue and so on; the last dialogue serves all that come later.
  explicit HttpScript(std::vector<Dialogue> dialogues, Transport transport = Transport::unix_socket);
  /// As above, on a Unix socket at `path`.
  HttpScript(std::vector<Dialogue> dialogues, const std::filesystem::path& path);
  ~HttpScript();
  HttpScript(const HttpScript&) = delete;
  HttpScript& operator=(const HttpScript&) = delete;

  const remote::HttpEndpoint& endpoint() const { return endpoint_; }
  /// How many connections came.
  int connections() const { return connections_; }
  /// The requests so far, in the order in which they were read.
  std::vector<HttpScriptRequest> requests() const;

  /// A dialogue that gives the same answer to every request.
  static Dialogue always(std::string answer);

 private:
  void listen_on_unix(const std::string& path);
  void listen_on_tcp();
  void accept_loop(const std::stop_token& stop);

  struct Served {
    Fd fd;
    std::jthread thread;
  };

  TempDir directory_;
  std::vector<Dialogue> dialogues_;
  remote::HttpEndpoint endpoint_;
  Fd listener_;
  std::atomic<int> connections_{0};
  SyncValue<std::vector<HttpScriptRequest>> requests_;
  std::list<Served> served_;  ///< touched by the accepting thread, and after its end
  std::jthread acceptor_;
};

}  // namespace hoist::test

#include "remote/http/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http.hpp>
#include <chrono>
#include <cstdint>
#include <limits>

#include "compose/base/error.hpp"
#include "compose/base/sync_value.hpp"
#include "compose/base/text.hpp"
#include "remote/http/socket.hpp"

namespace hoist::remote {
namespace {

namespace http = boost::beast::http;

constexpr std::uint32_t k_head_limit = 64U << 10U;
constexpr std::size_t k_collected_limit = 256U << 20U;
constexpr std::size_t k_block = 64U << 10U;

/// Thrown inside this file only: a kept connection ended before a byte of the answer came.
struct NothingAnswered {
  bool sent = true;  ///< false = the other end had closed before a byte of the request went out
};

/// Whether asking twice does no more than asking once: the first may have been carried out unanswered.
bool is_repeatable(const HttpRequest& request) {
  return request.method == "GET" || request.method == "HEAD" || request.method == "DELETE";
}

/// Takes the body's bytes from the parser as they come, decoded.
struct BodySink {
  std::function<bool(std::string_view)> take;
  bool ended_by_taker = false;
};

/// A body type for Beast that hands pieces to a BodySink.
struct SinkBody {
  using value_type = BodySink;
  class reader {
   public:
    template <bool isRequest, class Fields>
    reader(http::header<isRequest, Fields>&, value_type& sink) : sink_(sink) {}
    void init(const boost::optional<std::uint64_t>&, boost::system::error_code& ec) { ec = {}; }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, boost::system::error_code& ec) {
      ec = {};
      std::size_t taken = 0;
      for (auto it = boost::asio::buffer_sequence_begin(buffers); it != boost::asio::buffer_sequence_end(buffers);
           ++it) {
        const boost::asio::const_buffer piece(*it);
        taken += piece.size();
        if (!sink_.ended_by_taker && !sink_.take({static_cast<const char*>(piece.data()), piece.size()})) {
          sink_.ended_by_taker = true;
        }
      }
      return taken;
    }
    void finish(boost::system::error_code& ec) { ec = {}; }

   private:
    value_type& sink_;
  };
};

/// "lab:2375", "[::1]:2375"
std::string authority(const HttpEndpoint& endpoint) {
  const bool v6 = endpoint.host.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", endpoint.host, endpoint.port) : fmt::format("{}:{}", endpoint.host, endpoint.port);
}

/// A line end inside a line would begin another header, or another request.
void require_one_line(std::string_view text) {
  const bool clean = std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == 0; });
  if (!clean) throw Error(ErrorCode::bad_input, fmt::format("'{}' holds a line end", strip_control(text)));
}

std::string head_of(const HttpRequest& request, const HttpEndpoint& endpoint, bool upgrade) {
  require_one_line(request.target);
  for (const auto& [name, value] : request.headers) {
    require_one_line(name);
    require_one_line(value);
  }
  std::string head = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: hoist\r\n", request.method, request.target,
                                 endpoint.socket_path.empty() ? authority(endpoint) : "localhost");
  for (const auto& [name, value] : request.headers) head += fmt::format("{}: {}\r\n", name, value);
  if (upgrade) head += "Connection: Upgrade\r\nUpgrade: tcp\r\n";
  if (request.body_source) {
    head += "Transfer-Encoding: chunked\r\n";
  } else if (!request.body.empty() || (request.method != "GET" && request.method != "HEAD")) {
    head += fmt::format("Content-Length: {}\r\n", request.body.size());
  }
  return head + "\r\n";
}

/// "POST /v1.41/containers/create"
std::string shown(const HttpRequest& request) {
  return strip_control(fmt::format("{} {}", request.method, request.target.substr(0, request.target.find('?'))));
}

/// One connection: sends a request, parses the response.
class Connection {
 public:
  Connection(Socket socket, bool fresh) : socket_(std::move(socket)), fresh_(fresh) {}

  bool fresh() const { return fresh_; }
  bool reusable() const { return reusable_ && unread_.empty() && !socket_.is_stale(); }
  void mark_used() { fresh_ = false; }

  /// Sends the request. Stops early when the other end answers before it has all of the body.
  void send(const HttpRequest& request, const std::string& head, const std::stop_token& stop) {
    // A small body goes into the same packet as the head, a large one is not copied.
    const bool together = !request.body_source && request.body.size() <= k_block;
    const std::string with_body = together ? head + request.body : std::string();
    std::string_view first = together ? with_body : head;
    if (!fresh_) {
      const std::size_t put = socket_.write_unless_readable(first, stop);
      if (put == 0) throw NothingAnswered{.sent = false};
      first.remove_prefix(put);
    }
    // What breaks here on a kept connection may have been closed before it was used: `exchange` decides.
    try {
      socket_.write(first, stop);
      if (!together && !request.body_source) socket_.write(request.body, stop);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::unavailable && !fresh_) throw NothingAnswered{};
      throw;
    }
    if (!request.body_source) return;
    while (true) {
      const std::string piece = request.body_source();
      const std::string chunk = piece.empty() ? "0\r\n\r\n" : fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
      for (std::string_view left = chunk; !left.empty();) {
        const std::size_t put = socket_.write_unless_readable(left, stop);
        if (put == 0) {
          reusable_ = false;
          return;
        }
        left.remove_prefix(put);
      }
      if (piece.empty()) return;
    }
  }

  using Parser = http::response_parser<SinkBody>;

  /// Reads up to the end of the head. Bytes after it stay in `unread_`.
  void read_head(Parser& parser, std::optional<std::chrono::milliseconds> timeout, const std::stop_token& stop) {
    std::optional<std::chrono::steady_clock::time_point> deadline;
    if (timeout) deadline = std::chrono::steady_clock::now() + *timeout;
    parser.header_limit(k_head_limit);
    parser.body_limit(std::numeric_limits<std::uint64_t>::max());
    parser.eager(false);
    while (!parser.is_header_done()) {
      if (!feed(parser)) fill(parser, deadline, stop);
    }
  }

  /// Reads to the end of the body or until the taker has had enough.
  void read_body(Parser& parser, const std::stop_token& stop) {
    parser.eager(true);
    while (!parser.is_done() && !parser.get().body().ended_by_taker) {
      if (!feed(parser)) fill(parser, std::nullopt, stop);
    }
    if (!parser.is_done() || !parser.keep_alive()) reusable_ = false;
  }

  std::string take_unread() { return std::exchange(unread_, {}); }
  Socket take_socket() { return std::move(socket_); }

 private:
  /// Parses what is there. Returns false when more bytes are needed.
  bool feed(Parser& parser) {
    if (unread_.empty()) return false;
    boost::system::error_code ec;
    const std::size_t used = parser.put(boost::asio::const_buffer(unread_.data(), unread_.size()), ec);
    unread_.erase(0, used);
    if (ec == http::error::need_more) return used > 0 && !unread_.empty() && parser.is_header_done();
    if (ec) {
      reusable_ = false;
      throw Error(ErrorCode::unavailable,
                  fmt::format("the answer of {} is not HTTP: {}", socket_.peer(), strip_control(ec.message())));
    }
    return true;
  }

  void fill(Parser& parser, const std::optional<std::chrono::steady_clock::time_point>& deadline,
            const std::stop_token& stop) {
    char block[k_block];
    std::size_t got = 0;
    // As in `send`: an end before the first byte of the answer is for `exchange` to judge.
    try {
      got = socket_.read_until(block, deadline, stop);
    } catch (const Error& error) {
      reusable_ = false;
      if (error.code() == ErrorCode::unavailable && !fresh_ && !parser.got_some()) throw NothingAnswered{};
      throw;
    }
    if (got > 0) {
      unread_.append(block, got);
      return;
    }
    reusable_ = false;
    if (!fresh_ && !parser.got_some() && unread_.empty()) throw NothingAnswered{};
    boost::system::error_code ec;
    if (parser.got_some()) parser.put_eof(ec);
    if (ec || !parser.is_done()) {
      throw Error(ErrorCode::unavailable,
                  fmt::format("the connection to {} ended in the middle of an answer", socket_.peer()));
    }
  }

  Socket socket_;
  bool fresh_;
  bool reusable_ = true;
  std::string unread_;
};

HttpResponse head_to_response(const Connection::Parser& parser) {
  HttpResponse response;
  response.status = static_cast<int>(parser.get().result_int());
  for (const auto& field : parser.get()) {
    response.headers[to_lower({field.name_string().data(), field.name_string().size()})] =
        std::string(field.value().data(), field.value().size());
  }
  return response;
}

/// A connection that changed hands: first what was read past the head, then the socket.
class TakenStream final : public ByteStream {
 public:
  TakenStream(Socket socket, std::string first) : socket_(std::move(socket)), first_(std::move(first)) {}
  std::size_t read(std::span<char> into, std::stop_token stop) override {
    if (first_.empty()) return socket_.read(into, stop);
    const std::size_t size = first_.copy(into.data(), into.size());
    first_.erase(0, size);
    return size;
  }
  void write(std::string_view bytes, std::stop_token stop) override { socket_.write(bytes, stop); }
  void close_write() override { socket_.close_write(); }

 private:
  Socket socket_;
  std::string first_;
};

class SocketHttpClient final : public HttpClient {
 public:
  explicit SocketHttpClient(HttpEndpoint endpoint) : endpoint_(std::move(endpoint)) {}

  HttpResponse send(const HttpRequest& request, std::stop_token stop) override {
    return exchange(request, nullptr, stop);
  }
  HttpResponse stream(const HttpRequest& request, const std::function<bool(std::string_view)>& on_chunk,
                      std::stop_token stop) override {
    return exchange(request, &on_chunk, stop);
  }

  Hijacked hijack(const HttpRequest& request, std::stop_token stop) override {
    Connection connection = open(request, stop);
    connection.send(request, head_of(request, endpoint_, true), stop);
    std::optional<Connection::Parser> holder;
    Connection::Parser& parser = read_final_head(connection, holder, request, stop);
    std::string body;
    parser.get().body().take = [&body](std::string_view piece) {
      body += piece;
      return body.size() <= k_collected_limit;
    };
    HttpResponse response = head_to_response(parser);
    if (response.status == 101 || response.status == 200) {
      std::string first = connection.take_unread();
      return {std::move(response), std::make_unique<TakenStream>(connection.take_socket(), std::move(first))};
    }
    connection.read_body(parser, stop);
    response.body = std::move(body);
    return {std::move(response), nullptr};
  }

 private:
  using OnChunk = std::function<bool(std::string_view)>;

  Connection open(const HttpRequest& request, const std::stop_token& stop) const {
    return {Socket::connect(endpoint_, request.head_timeout, stop), true};
  }

  /// An idle connection that still looks alive, else a fresh one.
  Connection acquire(const HttpRequest& request, const std::stop_token& stop) {
    while (true) {
      std::optional<Connection> kept = idle_.with([](std::vector<Connection>& idle) {
        std::optional<Connection> taken;
        if (!idle.empty()) {
          taken.emplace(std::move(idle.back()));
          idle.pop_back();
        }
        return taken;
      });
      if (!kept) return open(request, stop);
      if (kept->reusable()) return std::move(*kept);
    }
  }

  /// Reads heads until one is not interim ("100 Continue"). The parser comes to be in `holder`.
  static Connection::Parser& read_final_head(Connection& connection, std::optional<Connection::Parser>& holder,
                                             const HttpRequest& request, const std::stop_token& stop) {
    while (true) {
      Connection::Parser& parser = holder.emplace();
      if (request.method == "HEAD") parser.skip(true);
      connection.read_head(parser, request.head_timeout, stop);
      const unsigned status = parser.get().result_int();
      if (status >= 200 || status == 101) return parser;
    }
  }

  HttpResponse exchange(const HttpRequest& request, const OnChunk* on_chunk, const std::stop_token& stop) {
    // A body source cannot be asked twice, so it never meets a kept connection that the server has just
    // closed.
    Connection connection = request.body_source ? open(request, stop) : acquire(request, stop);
    try {
      return exchange_on(connection, request, on_chunk, stop);
    } catch (const NothingAnswered& end) {
      // Once more, on a fresh connection, unless that could carry the request out twice.
      if (end.sent && !is_repeatable(request)) {
        throw Error(ErrorCode::unavailable,
                    fmt::format("the connection to {} ended before '{}' was answered; it may have been carried out",
                                endpoint_.to_string(), shown(request)));
      }
    }
    Connection fresh = open(request, stop);
    return exchange_on(fresh, request, on_chunk, stop);
  }

  HttpResponse exchange_on(Connection& connection, const HttpRequest& request, const OnChunk* on_chunk,
                           const std::stop_token& stop) {
    connection.send(request, head_of(request, endpoint_, false), stop);
    std::optional<Connection::Parser> holder;
    Connection::Parser& parser = read_final_head(connection, holder, request, stop);
    HttpResponse response = head_to_response(parser);
    if (request.on_head) request.on_head();
    const bool to_taker = on_chunk != nullptr && response.status >= 200 && response.status < 300;
    parser.get().body().take = [&response, on_chunk, to_taker](std::string_view piece) {
      if (to_taker) return (*on_chunk)(piece);
      if (response.body.size() + piece.size() > k_collected_limit) {
        throw Error(ErrorCode::failed, "the answer is too large");
      }
      response.body += piece;
      return true;
    };
    connection.read_body(parser, stop);
    if (connection.reusable()) {
      connection.mark_used();
      idle_.with([&connection](std::vector<Connection>& idle) { idle.push_back(std::move(connection)); });
    }
    return response;
  }

  HttpEndpoint endpoint_;
  SyncValue<std::vector<Connection>> idle_;
};

}  // namespace

std::string HttpEndpoint::to_string() const {
  return socket_path.empty() ? "tcp://" + authority(*this) : "unix://" + socket_path;
}

std::unique_ptr<HttpClient> make_http_client(HttpEndpoint endpoint) {
  return std::make_unique<SocketHttpClient>(std::move(endpoint));
}

std::string escape_query(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace hoist::remote

#include "tests/support/http_script.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "compose/base/text.hpp"

namespace hoist::test {
namespace {

/// Ends a dialogue whose other end is gone.
struct Gone {};

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), std::string("http script: ") + what);
}

HttpScriptRequest parse_head(const std::string& head) {
  HttpScriptRequest request;
  std::size_t at = head.find("\r\n");
  const std::vector<std::string> words = split(head.substr(0, at), ' ');
  if (words.size() != 3) throw std::runtime_error("http script: no request line in '" + head + "'");
  request.method = words[0];
  request.target = words[1];
  while (at + 2 < head.size()) {
    const std::size_t end = head.find("\r\n", at + 2);
    const std::string line = head.substr(at + 2, end - at - 2);
    const std::size_t colon = line.find(':');
    if (colon != std::string::npos) request.headers[to_lower(line.substr(0, colon))] = trim(line.substr(colon + 1));
    at = end == std::string::npos ? head.size() : end;
  }
  return request;
}

}  // namespace

bool HttpScriptPeer::fill() {
  char block[1U << 16U];
  while (true) {
    const ssize_t got = ::recv(fd_, block, sizeof block, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    unread_.append(block, static_cast<std::size_t>(got));
    return true;
  }
}

std::string HttpScriptPeer::read_bytes(std::size_t size) {
  while (unread_.size() < size) {
    if (!fill()) throw Gone{};
  }
  std::string out = unread_.substr(0, size);
  unread_.erase(0, size);
  return out;
}

HttpScriptRequest HttpScriptPeer::next_head() {
  while (unread_.find("\r\n\r\n") == std::string::npos) {
    if (!fill()) throw Gone{};
  }
  return parse_head(read_bytes(unread_.find("\r\n\r\n") + 4));
}

void HttpScriptPeer::record(const HttpScriptRequest& request) {
  requests_.with([&](std::vector<HttpScriptRequest>& all) { all.push_back(request); });
}

HttpScriptRequest HttpScriptPeer::read_head() {
  HttpScriptRequest request = next_head();
  record(request);
  return request;
}

HttpScriptRequest HttpScriptPeer::read_request() {
  HttpScriptRequest request = next_head();
  if (request.headers["transfer-encoding"] == "chunked") {
    for (std::size_t size = 1; size > 0;) {
      while (unread_.find("\r\n") == std::string::npos) {
        if (!fill()) throw Gone{};
      }
      const std::string line = read_bytes(unread_.find("\r\n") + 2);
      size = std::stoul(line, nullptr, 16);
      request.body += read_bytes(size);
      read_bytes(2);
    }
  } else if (request.headers.contains("content-length")) {
    request.body = read_bytes(std::stoul(request.headers["content-length"]));
  }
  record(request);
  return request;
}

std::string HttpScriptPeer::read_to_end() {
  while (fill()) {
  }
  return std::exchange(unread_, {});
}

void HttpScriptPeer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) throw Gone{};
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
}

void HttpScriptPeer::send_in_pieces(std::string_view bytes, std::size_t size) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) {
    send(bytes.substr(0, size));
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
}

void HttpScriptPeer::close_write() {
  ::shutdown(fd_, SHUT_WR);
}

void HttpScriptPeer::stall() {
  read_to_end();
}

HttpScript::HttpScript(std::vector<Dialogue> dialogues, Transport transport) : dialogues_(std::move(dialogues)) {
  if (transport == Transport::tcp) {
    listen_on_tcp();
  } else {
    listen_on_unix((directory_.path() / "http.sock").string());
  }
  acceptor_ = std::jthread([this](const std::stop_token& stop) { accept_loop(stop); });
}

HttpScript::HttpScript(std::vector<Dialogue> dialogues, const std::filesystem::path& path)
    : dialogues_(std::move(dialogues)) {
  listen_on_unix(path.string());
  acceptor_ = std::jthread([this](const std::stop_token& stop) { accept_loop(stop); });
}

HttpScript::~HttpScript() {
  acceptor_.request_stop();
  ::shutdown(listener_.get(), SHUT_RDWR);  // wakes the acceptor
  acceptor_.join();
  // Wakes every dialogue that still reads or writes.
  for (Served& one : served_) ::shutdown(one.fd.get(), SHUT_RDWR);
  served_.clear();
}

void HttpScript::listen_on_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error("http script: path too long");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  listener_ = Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("bind");
  if (::listen(listener_.get(), 64) != 0) fail("listen");
  endpoint_.socket_path = path;
}

void HttpScript::listen_on_tcp() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  listener_ = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("bind");
  if (::listen(listener_.get(), 64) != 0) fail("listen");
  if (::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) fail("getsockname");
  endpoint_.host = "127.0.0.1";
  endpoint_.port = std::to_string(ntohs(address.sin_port));
}

void HttpScript::accept_loop(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    pollfd watched{listener_.get(), POLLIN, 0};
    if (::poll(&watched, 1, 20) <= 0) continue;
    Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!fd) continue;
    const std::size_t number = static_cast<std::size_t>(connections_++);
    const Dialogue& dialogue = dialogues_.at(std::min(number, dialogues_.size() - 1));
    const int raw = fd.get();
    Served& served = served_.emplace_back(Served{std::move(fd), {}});
    served.thread = std::jthread([this, raw, &dialogue] {
      HttpScriptPeer peer(raw, requests_);
      try {
        dialogue(peer);
      } catch (const Gone&) {
        // The client left: what it did is for the test to judge.
      }
      // The descriptor stays ours until the end, so that its number is not used again meanwhile.
      ::shutdown(raw, SHUT_RDWR);
    });
  }
}

std::vector<HttpScriptRequest> HttpScript::requests() const {
  return requests_.with([](const std::vector<HttpScriptRequest>& all) { return all; });
}

HttpScript::Dialogue HttpScript::always(std::string answer) {
  return [answer = std::move(answer)](HttpScriptPeer& peer) {
    while (true) {
      peer.read_request();
      peer.send(answer);
    }
  };
}

}  // namespace hoist::test

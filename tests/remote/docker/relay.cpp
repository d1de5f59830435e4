#include "tests/remote/docker/relay.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <stdexcept>
#include <thread>
#include <vector>

#include "compose/base/file.hpp"

namespace hoist::test {
namespace {

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error("socket path too long");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

Fd new_socket() {
  return Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

/// One direction of a connection.
struct Lane {
  int from = -1;
  int to = -1;
  bool open = true;
  bool counted = false;
};

struct Pair {
  Fd client;
  Fd engine;
  std::array<Lane, 2> lanes;
};

}  // namespace

class Relay::Loop {
 public:
  Loop(std::string path, std::string target)
      : path_(std::move(path)), target_(std::move(target)), listener_(new_socket()), wake_(::eventfd(0, EFD_CLOEXEC)) {
    const sockaddr_un address = address_of(path_);
    if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_.get(), 64) != 0) {
      throw std::runtime_error("the relay cannot listen on " + path_);
    }
    thread_ = std::jthread([this](std::stop_token stop) { run(stop); });
  }
  ~Loop() {
    thread_.request_stop();
    wake();
  }

  void end() {
    thread_.request_stop();
    wake();
    if (thread_.joinable()) thread_.join();
  }
  void freeze() {
    frozen_ = true;
    wake();
  }
  std::size_t passed() const { return passed_; }

 private:
  void wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t ignored = ::write(wake_.get(), &one, sizeof one);
  }

  void take_connection() {
    Pair pair{.client = Fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)), .engine = new_socket()};
    const sockaddr_un address = address_of(target_);
    if (::connect(pair.engine.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return;
    pair.lanes = {Lane{pair.client.get(), pair.engine.get()},
                  Lane{.from = pair.engine.get(), .to = pair.client.get(), .counted = true}};
    pairs_.push_back(std::move(pair));
  }

  void pass(Lane& lane) {
    std::array<char, 65536> block;
    const ssize_t got = ::recv(lane.from, block.data(), block.size(), 0);
    if (got <= 0) {
      lane.open = false;
      ::shutdown(lane.to, SHUT_WR);
      return;
    }
    if (lane.counted) passed_ += static_cast<std::size_t>(got);
    for (ssize_t sent = 0; sent < got;) {
      const ssize_t put = ::send(lane.to, block.data() + sent, static_cast<std::size_t>(got - sent), MSG_NOSIGNAL);
      if (put <= 0) {
        lane.open = false;
        ::shutdown(lane.from, SHUT_RD);
        return;
      }
      sent += put;
    }
  }

  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      std::vector<pollfd> watched{{wake_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
      std::vector<Lane*> lanes;
      for (Pair& pair : pairs_) {
        for (Lane& lane : pair.lanes) {
          if (!lane.open || frozen_) continue;
          watched.push_back({lane.from, POLLIN, 0});
          lanes.push_back(&lane);
        }
      }
      ::poll(watched.data(), watched.size(), -1);
      if (watched[0].revents != 0) {
        std::uint64_t count = 0;
        [[maybe_unused]] const ssize_t ignored = ::read(wake_.get(), &count, sizeof count);
        continue;
      }
      for (std::size_t i = 0; i < lanes.size(); ++i) {
        if (watched[i + 2].revents != 0) pass(*lanes[i]);
      }
      std::erase_if(pairs_, [](const Pair& pair) { return !pair.lanes[0].open && !pair.lanes[1].open; });
      if (watched[1].revents != 0) take_connection();
    }
    pairs_.clear();
    listener_.reset();
    ::unlink(path_.c_str());
  }

  std::string path_;
  std::string target_;
  Fd listener_;
  Fd wake_;
  std::vector<Pair> pairs_;
  std::atomic<bool> frozen_{false};
  std::atomic<std::size_t> passed_{0};
  std::jthread thread_;  // last: it uses all of the above
};

Relay::Relay(std::string target)
    : loop_(std::make_unique<Loop>((directory_.path() / "engine.sock").string(), std::move(target))) {}

Relay::~Relay() = default;

remote::HttpEndpoint Relay::address() const {
  return {.socket_path = (directory_.path() / "engine.sock").string()};
}

void Relay::kill() {
  loop_->end();
}
void Relay::freeze() {
  loop_->freeze();
}
std::size_t Relay::passed() const {
  return loop_->passed();
}

}  // namespace hoist::test

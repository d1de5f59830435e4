#include "cli/signals.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <thread>

#include "cli/console.hpp"
#include "compose/base/error.hpp"
#include "compose/base/file.hpp"

namespace hoist::cli {
namespace {

constexpr unsigned char k_end = 0;
constexpr std::array k_signals{SIGINT, SIGTERM, SIGHUP, SIGWINCH};

std::atomic<int> signal_pipe{-1};

/// Async-signal-safe: hands the number to the thread.
void forward(int signal) {
  const int saved = errno;
  const auto byte = static_cast<unsigned char>(signal);
  const int pipe = signal_pipe.load();
  if (pipe >= 0) [[maybe_unused]]
    const ssize_t written = ::write(pipe, &byte, 1);
  errno = saved;
}

}  // namespace

struct Signals::State {
  Fd read_end;
  Fd write_end;
  std::stop_source first;
  std::stop_source second;
  std::atomic<bool> second_claimed{false};
  std::array<struct sigaction, k_signals.size()> before{};  ///< what each did before us
  int stops = 0;                                            // touched by `handle` only
  std::mutex mutex;
  std::function<void()> on_resize;
  std::thread thread;

  void handle(int signal);
};

void Signals::State::handle(int signal) {
  if (signal == SIGWINCH) {
    const std::scoped_lock lock(mutex);
    if (on_resize) on_resize();
    return;
  }
  ++stops;
  if (stops == 1) {
    first.request_stop();
  } else if (stops == 2 && second_claimed) {
    second.request_stop();
  } else {
    RawTerminal::restore();
    ::_exit(130);
  }
}

Signals::Signals() : state_(std::make_unique<State>()) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw Error(ErrorCode::unavailable, "the system has no pipe left");
  state_->read_end.reset(ends[0]);
  state_->write_end.reset(ends[1]);
  // First, since it may fail: without it nobody would answer the signals.
  state_->thread = std::thread([this] {
    unsigned char byte = 0;
    while (true) {
      const ssize_t got = ::read(state_->read_end.get(), &byte, 1);
      if (got < 0 && errno == EINTR) continue;
      if (got != 1 || byte == k_end) return;
      state_->handle(byte);
    }
  });
  signal_pipe = ends[1];
  struct sigaction action {};
  action.sa_handler = forward;
  action.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < k_signals.size(); ++i) {
    ::sigaction(k_signals[i], nullptr, &state_->before[i]);
    // Whoever started us with a signal ignored (nohup, a shell's background job) wants it so.
    if (state_->before[i].sa_handler != SIG_IGN) ::sigaction(k_signals[i], &action, nullptr);
  }
}

Signals::~Signals() {
  for (std::size_t i = 0; i < k_signals.size(); ++i) ::sigaction(k_signals[i], &state_->before[i], nullptr);
  signal_pipe = -1;
  [[maybe_unused]] const ssize_t written = ::write(state_->write_end.get(), &k_end, 1);
  state_->thread.join();
}

std::stop_token Signals::first() const {
  return state_->first.get_token();
}

std::stop_token Signals::second() {
  state_->second_claimed = true;
  return state_->second.get_token();
}

void Signals::on_resize(std::function<void()> callback) {
  const std::scoped_lock lock(state_->mutex);
  state_->on_resize = std::move(callback);
}

}  // namespace hoist::cli

#include "cli/interactive.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

#include "cli/session.hpp"
#include "compose/base/error.hpp"
#include "compose/base/file.hpp"

namespace hoist::cli {
namespace {

/// Copies our input to the process until its end, or until `wake` becomes readable.
void feed_input(int input, int wake, compose::AttachedProcess& process, std::stop_token stop) {
  std::array<char, 16384> buffer{};
  while (true) {
    std::array<pollfd, 2> waits{pollfd{input, POLLIN, 0}, pollfd{wake, POLLIN, 0}};
    if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return;
    if (waits[1].revents != 0) return;
    if (waits[0].revents == 0) continue;
    const ssize_t got = ::read(input, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      process.close_stdin();
      return;
    }
    process.write(std::string_view(buffer.data(), static_cast<std::size_t>(got)), stop);
  }
}

/// The thread that feeds input; ends with its owner.
class InputPump {
 public:
  InputPump(int input, compose::AttachedProcess& process, std::stop_token stop)
      : forward_(std::move(stop), [this] { own_.request_stop(); }) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw Error(ErrorCode::unavailable, "the system has no pipe left");
    wake_read_.reset(ends[0]);
    wake_write_.reset(ends[1]);
    thread_ = std::thread([input, wake = wake_read_.get(), &process, own = own_.get_token()] {
      try {
        feed_input(input, wake, process, own);
      } catch (const std::exception&) {
        // No exception may leave a thread. A process that ended no longer takes input; whatever else is wrong with the
        // connection, the reading side meets it too and tells.
      }
    });
  }
  ~InputPump() {
    own_.request_stop();  // ends a write that the process does not take
    wake_write_.reset();  // ends the wait for input
    thread_.join();
  }
  InputPump(const InputPump&) = delete;
  InputPump& operator=(const InputPump&) = delete;

 private:
  Fd wake_read_;
  Fd wake_write_;
  std::stop_source own_;
  std::stop_callback<std::function<void()>> forward_;
  std::thread thread_;
};

/// Passes changes of the terminal's size on for as long as it lives; on a thread of its own, so that an engine that
/// does not answer never holds up the signals.
class ResizeForwarder {
 public:
  ResizeForwarder(Session& session, compose::AttachedProcess& process)
      : session_(session), thread_([this, &process](std::stop_token over) { work(process, over); }) {
    session.signals().on_resize([this] {
      const std::scoped_lock lock(mutex_);
      changed_ = true;
      wake_.notify_all();
    });
  }
  ~ResizeForwarder() { session_.signals().on_resize({}); }
  ResizeForwarder(const ResizeForwarder&) = delete;
  ResizeForwarder& operator=(const ResizeForwarder&) = delete;

 private:
  void work(compose::AttachedProcess& process, const std::stop_token& over) {
    std::unique_lock lock(mutex_);
    while (wake_.wait(lock, over, [this] { return changed_; }) && !over.stop_requested()) {
      changed_ = false;
      lock.unlock();
      try {
        process.resize(session_.console().size(), over);
      } catch (const std::exception&) {
        // No exception may leave a thread. A process that has just ended has no size; nobody is harmed.
      }
      lock.lock();
    }
  }

  Session& session_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  bool changed_ = false;
  std::jthread thread_;  // last: stopped and joined before the rest goes
};

}  // namespace

int join_streams(Session& session, compose::AttachedProcess& process, bool tty, bool stdin_open) {
  return join_streams(session, process, tty, stdin_open, session.stop());
}

int join_streams(Session& session, compose::AttachedProcess& process, bool tty, bool stdin_open, std::stop_token stop) {
  Console& console = session.console();
  std::optional<RawTerminal> raw;
  std::optional<ResizeForwarder> resize;
  std::optional<InputPump> input;
  if (tty) {
    raw.emplace(console.in_descriptor());
    resize.emplace(session, process);
  }
  if (stdin_open) input.emplace(console.in_descriptor(), process, stop);
  while (const std::optional<compose::OutputChunk> chunk = process.read(stop)) {
    if (chunk->stream == compose::OutputStream::out) {
      console.write_out(chunk->text);
    } else {
      console.write_err(chunk->text);
    }
  }
  return process.wait(stop);
}

}  // namespace hoist::cli

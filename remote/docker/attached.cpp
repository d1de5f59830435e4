#include "remote/docker/attached.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "compose/base/clock.hpp"
#include "compose/base/error.hpp"
#include "remote/docker/frame_decoder.hpp"
#include "remote/docker/json_access.hpp"
#include "remote/docker/observe_json.hpp"
#include "remote/docker/query.hpp"

namespace hoist::remote {
namespace {

using compose::OutputChunk;
using compose::OutputStream;
using compose::TerminalSize;
using nlohmann::json;

/// How long a command may neither run nor have an exit code.
constexpr std::chrono::seconds k_code_limit{5};

/// Waits for `span`. Errors: Error{cancelled}.
void pause_for(std::chrono::milliseconds span, std::stop_token stop) {
  if (!SystemClock().sleep_for(span, stop)) throw Error(ErrorCode::cancelled, "cancelled");
}

/// Whether a command has ended: there is no exit code before it has begun.
bool has_ended(const json& exec) {
  const auto code = exec.find("ExitCode");
  return !flag_at(exec, "Running") && code != exec.end() && code->is_number_integer();
}

/// The output of a hijacked connection: raw on a terminal, in frames otherwise.
class OutputReader {
 public:
  OutputReader(ByteStream& stream, bool tty) : stream_(stream), tty_(tty) {}

  std::optional<OutputChunk> read(const std::stop_token& stop) {
    while (ready_.empty()) {
      const std::size_t size = stream_.read(buffer_, stop);
      if (size == 0) {
        if (decoder_.at_boundary()) return std::nullopt;
        throw Error(ErrorCode::unavailable, "the engine broke off in the middle of a container's output");
      }
      const std::string_view bytes(buffer_.data(), size);
      if (tty_) return OutputChunk{OutputStream::out, std::string(bytes)};
      decoder_.feed(bytes, [this](OutputStream from, std::string_view piece) {
        ready_.push_back({from, std::string(piece)});
      });
    }
    OutputChunk chunk = std::move(ready_.front());
    ready_.pop_front();
    return chunk;
  }

 private:
  ByteStream& stream_;
  bool tty_;
  FrameDecoder decoder_;
  std::array<char, 32768> buffer_{};
  std::deque<OutputChunk> ready_;  // what one read held
};

std::string size_query(TerminalSize size) {
  return fmt::format("/resize?h={}&w={}", size.rows, size.columns);
}

class ExecProcess final : public compose::AttachedProcess {
 public:
  ExecProcess(DockerClient& client, std::string id, std::unique_ptr<ByteStream> stream, bool tty)
      : client_(client), id_(std::move(id)), stream_(std::move(stream)), output_(*stream_, tty) {}

  std::optional<OutputChunk> read(std::stop_token stop) override { return output_.read(stop); }
  void write(std::string_view bytes, std::stop_token stop) override { stream_->write(bytes, stop); }
  void close_stdin() override { stream_->close_write(); }

  void resize(TerminalSize size, std::stop_token stop) override {
    // The connection is ours a moment before the process runs; Podman refuses a size until then.
    constexpr int k_attempts = 25;
    for (int attempt = 0; attempt < k_attempts; ++attempt) {
      const HttpResponse response = client_.post_raw("/exec/" + id_ + size_query(size), nullptr, stop);
      if (response.status < 400 || !is_running(stop)) return;
      pause_for(std::chrono::milliseconds{20}, stop);
    }
  }

  int wait(std::stop_token stop) override {
    std::chrono::milliseconds pause{2};
    std::optional<std::chrono::steady_clock::time_point> idle_since;
    while (true) {
      const json answer = client_.get("/exec/" + id_ + "/json", stop);
      if (has_ended(answer)) return static_cast<int>(number_at(answer, "ExitCode"));
      const auto now = std::chrono::steady_clock::now();
      if (flag_at(answer, "Running")) {
        idle_since.reset();
      } else if (now - idle_since.emplace(idle_since.value_or(now)) >= k_code_limit) {
        throw Error(ErrorCode::unavailable, "the engine does not tell how the command ended");
      }
      pause_for(pause, stop);
      pause = std::min(pause * 2, std::chrono::milliseconds{100});
    }
  }

 private:
  bool is_running(const std::stop_token& stop) {
    const std::optional<json> answer = client_.find("/exec/" + id_ + "/json", stop);
    return answer && !has_ended(*answer);
  }

  DockerClient& client_;
  std::string id_;
  std::unique_ptr<ByteStream> stream_;
  OutputReader output_;
};

/// Waits for a container's end from its construction on, so that one that is removed at its end is not missed.
class ExitWatch {
 public:
  /// Returns once the engine has taken the wait: a container that is started after it is waited for.
  ExitWatch(DockerClient& client, const std::string& container, bool running, const std::stop_token& stop)
      : thread_([this, &client, container, running](std::stop_token own) { run(client, container, running, own); }) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, k_quick_answer, [this] { return taken_ || done_; });
    if (stop.stop_requested()) throw Error(ErrorCode::cancelled, "cancelled");
  }

  int get(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [this] { return done_; })) throw Error(ErrorCode::cancelled, "cancelled");
    if (error_) std::rethrow_exception(error_);
    return code_;
  }

 private:
  void run(DockerClient& client, const std::string& container, bool running, const std::stop_token& own) {
    int code = 0;
    std::exception_ptr error;
    try {
      const std::string target =
          container_path(container, running ? "/wait?condition=not-running" : "/wait?condition=next-exit");
      // Engines send the head when they begin to wait, the body at the end.
      const HttpResponse answer =
          client.send({.method = "POST", .target = target, .on_head = [this] { taken(); }}, own);
      code = static_cast<int>(number_at(parse_engine_json(answer.body, target), "StatusCode"));
    } catch (...) {
      // An exception must not leave a thread: it is carried to whoever asks for the code.
      error = std::current_exception();
    }
    const std::scoped_lock lock(mutex_);
    code_ = code;
    error_ = error;
    done_ = true;
    changed_.notify_all();
  }

  void taken() {
    const std::scoped_lock lock(mutex_);
    taken_ = true;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool taken_ = false;
  bool done_ = false;
  int code_ = 0;
  std::exception_ptr error_;
  std::jthread thread_;  // last: it uses all of the above
};

class ContainerProcess final : public compose::AttachedProcess {
 public:
  ContainerProcess(DockerClient& client, const compose::ContainerDetail& detail, std::unique_ptr<ByteStream> stream,
                   const std::stop_token& stop)
      : client_(client),
        id_(detail.observed.id),
        stream_(std::move(stream)),
        output_(*stream_, detail.tty),
        exit_(client, id_, detail.observed.state == compose::ContainerState::running, stop) {}

  std::optional<OutputChunk> read(std::stop_token stop) override { return output_.read(stop); }
  void write(std::string_view bytes, std::stop_token stop) override { stream_->write(bytes, stop); }
  void close_stdin() override { stream_->close_write(); }
  /// A size that comes before the start or after the end has nobody to go to.
  void resize(TerminalSize size, std::stop_token stop) override {
    client_.post_raw(container_path(id_, size_query(size)), nullptr, stop);
  }
  int wait(std::stop_token stop) override { return exit_.get(stop); }

 private:
  DockerClient& client_;
  std::string id_;
  std::unique_ptr<ByteStream> stream_;
  OutputReader output_;
  ExitWatch exit_;
};

std::string create_exec(DockerClient& client, const compose::ExecRequest& request, bool attached,
                        const std::stop_token& stop) {
  json body{{"AttachStdin", attached && request.stdin_open},
            {"AttachStdout", attached},
            {"AttachStderr", attached},
            {"Tty", request.tty},
            {"Cmd", request.argv},
            {"Privileged", request.privileged}};
  if (!request.environment.empty()) body["Env"] = request.environment;
  if (!request.user.empty()) body["User"] = request.user;
  if (!request.working_dir.empty()) body["WorkingDir"] = request.working_dir;
  if (request.size && client.api(stop) >= ApiVersion{1, 42}) {
    body["ConsoleSize"] = {request.size->rows, request.size->columns};
  }
  return text_at(client.post(container_path(request.container, "/exec"), body, stop), "Id");
}

}  // namespace

std::unique_ptr<compose::AttachedProcess> start_exec(DockerClient& client, const compose::ExecRequest& request,
                                                     std::stop_token stop) {
  const std::string id = create_exec(client, request, true, stop);
  const json body{{"Detach", false}, {"Tty", request.tty}};
  std::unique_ptr<ByteStream> stream = client.hijack({.method = "POST",
                                                      .target = "/exec/" + id + "/start",
                                                      .headers = {{"Content-Type", "application/json"}},
                                                      .body = body.dump(),
                                                      .head_timeout = k_quick_answer},
                                                     stop);
  auto process = std::make_unique<ExecProcess>(client, id, std::move(stream), request.tty);
  if (request.tty && request.size) process->resize(*request.size, stop);
  return process;
}

void start_exec_detached(DockerClient& client, const compose::ExecRequest& request, std::stop_token stop) {
  const std::string id = create_exec(client, request, false, stop);
  client.post("/exec/" + id + "/start", {{"Detach", true}, {"Tty", request.tty}}, stop);
}

std::unique_ptr<compose::AttachedProcess> attach_container(DockerClient& client, const compose::AttachRequest& request,
                                                           std::stop_token stop) {
  const compose::ContainerDetail detail =
      detail_from_inspect(client.get(container_path(request.container, "/json"), stop));
  const std::string query = fmt::format("/attach?stream=1&stdout=1&stderr=1&stdin={}&logs={}",
                                        request.stdin_open ? 1 : 0, request.logs ? 1 : 0);
  std::unique_ptr<ByteStream> stream = client.hijack(
      {.method = "POST", .target = container_path(detail.observed.id, query), .head_timeout = k_quick_answer}, stop);
  return std::make_unique<ContainerProcess>(client, detail, std::move(stream), stop);
}

int wait_container(DockerClient& client, const std::string& container, std::stop_token stop) {
  const json answer = client.post(container_path(container, "/wait"), nullptr, stop, std::nullopt);
  return static_cast<int>(number_at(answer, "StatusCode"));
}

}  // namespace hoist::remote

#include "compose/base/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <thread>

#include "compose/base/environment.hpp"
#include "compose/base/error.hpp"
#include "compose/base/file.hpp"
#include "compose/base/text.hpp"

// posix_spawn and not Boost.Process 1.74: its pipes are made without O_CLOEXEC, so that two children started
// at once hold each other's pipe ends and end of file never comes. Here every descriptor is born
// closed-on-exec, and the child closes whatever another library left open.

namespace hoist {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::chrono::milliseconds k_grace{2000};     ///< between SIGTERM and SIGKILL
constexpr std::chrono::milliseconds k_look_again{10};  ///< where the kernel has no pidfd
constexpr std::size_t k_block = 64U << 10U;
constexpr int k_after_exit_blocks = 32;  ///< what is read at most once the child is gone

/// The descriptor at 3 or above, so that it cannot collide with the child's standard streams.
Fd above_standard(Fd fd) {
  if (!fd || fd.get() > STDERR_FILENO) return fd;
  Fd above(::fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!above) throw Error(ErrorCode::failed, "cannot duplicate a file descriptor: " + system_text(errno));
  return above;
}

struct Pipe {
  Fd read_end;
  Fd write_end;
};

Pipe make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw Error(ErrorCode::failed, "cannot make a pipe: " + system_text(errno));
  Pipe pipe;
  pipe.read_end.reset(ends[0]);
  pipe.write_end.reset(ends[1]);
  pipe.read_end = above_standard(std::move(pipe.read_end));
  pipe.write_end = above_standard(std::move(pipe.write_end));
  return pipe;
}

void set_nonblocking(const Fd& fd) {
  ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
}

std::optional<std::string> find_in(std::string_view path, std::string_view program) {
  for (const std::string& part : split(path, ':')) {
    const std::string candidate = (part.empty() ? "." : part) + "/" + std::string(program);
    struct stat info {};
    if (::stat(candidate.c_str(), &info) == 0 && S_ISREG(info.st_mode) && ::access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
  }
  return std::nullopt;
}

constexpr std::string_view k_default_path = "/usr/local/bin:/usr/bin:/bin";

/// The file to execute. A relative place in PATH would mean another one after the change of directory.
std::string resolve(const ProcessRequest& request) {
  if (request.argv.empty() || request.argv.front().empty()) throw Error(ErrorCode::bad_input, "no program to run");
  const std::string& program = request.argv.front();
  if (program.find('/') != std::string::npos) return program;
  const auto own = request.environment.find("PATH");
  const std::string path = own != request.environment.end()
                               ? own->second
                               : environment_variable("PATH").value_or(std::string(k_default_path));
  const std::optional<std::string> found = find_in(path, program);
  if (!found) throw Error(ErrorCode::not_found, fmt::format("program '{}' is not in PATH", program));
  return std::filesystem::absolute(*found).string();
}

/// Our environment with the additions, as NAME=value.
std::vector<std::string> environment_of(const ProcessRequest& request) {
  std::vector<std::string> all;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    const std::string_view entry(*at);
    const std::string name(entry.substr(0, entry.find('=')));
    const bool hidden = std::ranges::find(request.unset, name) != request.unset.end();
    if (!hidden && !request.environment.contains(name)) all.emplace_back(entry);
  }
  for (const auto& [name, value] : request.environment) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

/// What posix_spawn wants to know, freed at the end.
class SpawnPlan {
 public:
  SpawnPlan() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  /// Starts the program with these as its standard streams. Returns its pid.
  pid_t start(const ProcessRequest& request, std::array<int, 3> streams, short extra_flags) {
    if (request.directory) {
      struct stat info {};
      if (::stat(request.directory->c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
        throw Error(ErrorCode::not_found, fmt::format("no such directory '{}'", *request.directory));
      }
      ::posix_spawn_file_actions_addchdir_np(&actions_, request.directory->c_str());
    }
    for (int number = 0; number < 3; ++number) {
      ::posix_spawn_file_actions_adddup2(&actions_, streams[static_cast<std::size_t>(number)], number);
    }
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
    // The child starts with ordinary signals, whatever we ignore or block: SIGTERM must reach it.
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setflags(&attributes_,
                               static_cast<short>(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | extra_flags));
    const std::string file = resolve(request);
    std::vector<std::string> argv = request.argv;
    std::vector<std::string> environment = environment_of(request);
    pid_t pid = -1;
    const int failure =
        ::posix_spawn(&pid, file.c_str(), &actions_, &attributes_, pointers(argv).data(), pointers(environment).data());
    if (failure == 0) return pid;
    const ErrorCode code = failure == ENOENT || failure == ENOTDIR ? ErrorCode::not_found
                           : failure == EACCES || failure == EPERM ? ErrorCode::denied
                                                                   : ErrorCode::failed;
    throw Error(code, fmt::format("cannot run '{}': {}", request.argv.front(), system_text(failure)));
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// A child of ours; ended and reaped at the latest when this goes.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid), handle_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}
  ~Child() {
    if (reaped_) return;
    if (!is_lost()) ::kill(pid_, SIGKILL);
    reap();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Readable once the child has ended; -1 where the kernel has no such thing.
  int handle() const { return handle_.get(); }
  /// The pid stays ours until `reap`: no signal can reach a stranger.
  void signal(int number) const { ::kill(pid_, number); }
  bool has_ended() const {
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0) return errno == ECHILD;
    return info.si_pid == pid_;
  }
  /// Waits for the end; to be called once. Nothing when the exit code went to someone else: where SIGCHLD is ignored
  /// the kernel throws it away.
  std::optional<ExitStatus> reap() {
    int raw = 0;
    reaped_ = true;
    while (::waitpid(pid_, &raw, 0) != pid_) {
      if (errno != EINTR) return std::nullopt;
    }
    if (WIFSIGNALED(raw)) return ExitStatus{128 + WTERMSIG(raw), WTERMSIG(raw)};
    return ExitStatus{WEXITSTATUS(raw), 0};
  }

 private:
  /// True once the pid is ours no more.
  bool is_lost() const {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 && errno == ECHILD;
  }

  pid_t pid_;
  Fd handle_;
  bool reaped_ = false;
};

/// Blocks SIGPIPE for this thread, and swallows the one that a write brought.
class NoBrokenPipe {
 public:
  NoBrokenPipe() {
    sigset_t pending;
    ::sigpending(&pending);
    was_pending_ = ::sigismember(&pending, SIGPIPE) == 1;
    ::sigemptyset(&pipe_);
    ::sigaddset(&pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoBrokenPipe() {
    const timespec now{0, 0};
    while (!was_pending_ && ::sigtimedwait(&pipe_, nullptr, &now) < 0 && errno == EINTR) {
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoBrokenPipe(const NoBrokenPipe&) = delete;
  NoBrokenPipe& operator=(const NoBrokenPipe&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

using TakeBytes = std::function<void(std::string_view)>;

/// Our ends of a child's standard streams.
struct Talk {
  Fd input;
  Fd out;
  Fd err;
  std::string_view left;  ///< of the input

  void write_some() {
    const NoBrokenPipe guard;
    const ssize_t put = ::write(input.get(), left.data(), left.size());
    if (put > 0) left.remove_prefix(static_cast<std::size_t>(put));
    // A program may end without reading its input; its exit code tells what that means.
    if (left.empty() || (put < 0 && errno != EAGAIN && errno != EINTR)) input.reset();
  }

  /// Returns false when nothing is there now or ever again.
  static bool read_some(Fd& from, const TakeBytes& take) {
    if (!from) return false;
    char block[k_block];
    const ssize_t got = ::read(from.get(), block, sizeof block);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (got <= 0) {
      from.reset();
      return false;
    }
    take({block, static_cast<std::size_t>(got)});
    return true;
  }
};

/// Feeds and listens until the child has ended. Grandchildren that hold the pipes open are not waited for.
/// Returns true when a stop request ended it.
bool converse(Child& child, Talk& talk, const TakeBytes& take_out, const TakeBytes& take_err,
              const std::stop_token& stop) {
  Fd wake;
  if (stop.stop_possible()) {
    wake = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake) throw Error(ErrorCode::failed, "cannot wait for a stop request: " + system_text(errno));
  }
  const std::stop_callback on_stop(stop, [&wake] {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t ignored = ::write(wake.get(), &one, sizeof one);
  });
  std::optional<SteadyTime> kill_at;
  bool killed = false;
  while (!child.has_ended()) {
    int timeout = child.handle() >= 0 ? -1 : static_cast<int>(k_look_again.count());
    if (stop.stop_requested() && !kill_at) {
      child.signal(SIGTERM);
      kill_at = std::chrono::steady_clock::now() + k_grace;
    }
    if (kill_at && !killed) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*kill_at - std::chrono::steady_clock::now());
      if (left.count() <= 0) {
        child.signal(SIGKILL);
        killed = true;
      } else if (timeout < 0) {
        timeout = static_cast<int>(left.count());
      }
    }
    pollfd watched[] = {{child.handle(), POLLIN, 0},
                        {kill_at ? -1 : wake.get(), POLLIN, 0},
                        {talk.input.get(), POLLOUT, 0},
                        {talk.out.get(), POLLIN, 0},
                        {talk.err.get(), POLLIN, 0}};
    if (::poll(watched, std::size(watched), timeout) < 0 && errno != EINTR) {
      throw Error(ErrorCode::failed, "poll: " + system_text(errno));
    }
    if (watched[2].revents != 0) talk.write_some();
    if (watched[3].revents != 0) talk.read_some(talk.out, take_out);
    if (watched[4].revents != 0) talk.read_some(talk.err, take_err);
  }
  for (int block = 0; block < k_after_exit_blocks && talk.read_some(talk.out, take_out); ++block) {
  }
  for (int block = 0; block < k_after_exit_blocks && talk.read_some(talk.err, take_err); ++block) {
  }
  return kill_at.has_value();
}

ExitStatus run_child(const ProcessRequest& request, const TakeBytes& take_out, const TakeBytes& take_err,
                     const std::stop_token& stop) {
  if (stop.stop_requested()) throw Error(ErrorCode::cancelled, "interrupted");
  Pipe input = make_pipe();
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  Child child(SpawnPlan().start(request, {input.read_end.get(), out.write_end.get(), err.write_end.get()}, 0));
  input.read_end.reset();
  out.write_end.reset();
  err.write_end.reset();
  Talk talk{std::move(input.write_end), std::move(out.read_end), std::move(err.read_end), request.input};
  for (const Fd* fd : {&talk.input, &talk.out, &talk.err}) set_nonblocking(*fd);
  if (talk.left.empty()) talk.input.reset();
  const bool stopped = converse(child, talk, take_out, take_err, stop);
  const std::optional<ExitStatus> status = child.reap();
  if (stopped) throw Error(ErrorCode::cancelled, fmt::format("'{}' was interrupted", request.argv.front()));
  if (!status) {
    throw Error(ErrorCode::failed,
                fmt::format("how '{}' ended is not known: its exit code went to someone else", request.argv.front()));
  }
  return *status;
}

/// Cuts a stream of bytes into lines, without their line ends.
class LineCutter {
 public:
  explicit LineCutter(const std::function<void(std::string_view)>& on_line) : on_line_(on_line) {}
  void take(std::string_view bytes) {
    for (std::size_t end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
      rest_ += bytes.substr(0, end);
      bytes.remove_prefix(end + 1);
      flush();
    }
    rest_ += bytes;
  }
  /// Hands out a last line that had no line end.
  void finish() {
    if (!rest_.empty()) flush();
  }

 private:
  void flush() {
    if (!rest_.empty() && rest_.back() == '\r') rest_.pop_back();
    on_line_(rest_);
    rest_.clear();
  }

  const std::function<void(std::string_view)>& on_line_;
  std::string rest_;
};

Fd open_log(const std::string& path) {
  Fd log = above_standard(Fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)));
  if (!log) throw Error(ErrorCode::denied, fmt::format("cannot write '{}': {}", path, system_text(errno)));
  return log;
}

}  // namespace

ProcessResult SystemProcessRunner::run(const ProcessRequest& request, std::stop_token stop) {
  ProcessResult result;
  result.status = run_child(
      request, [&result](std::string_view bytes) { result.out += bytes; },
      [&result](std::string_view bytes) { result.err += bytes; }, stop);
  return result;
}

ProcessResult SystemProcessRunner::run_lines(const ProcessRequest& request,
                                             const std::function<void(std::string_view)>& on_line,
                                             std::stop_token stop) {
  LineCutter out(on_line);
  LineCutter err(on_line);
  ProcessResult result;
  result.status = run_child(
      request, [&out](std::string_view bytes) { out.take(bytes); }, [&err](std::string_view bytes) { err.take(bytes); },
      stop);
  out.finish();
  err.finish();
  return result;
}

int SystemProcessRunner::spawn_detached(const ProcessRequest& request, const std::string& log_file) {
  const Fd nothing = above_standard(Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC)));
  if (!nothing) throw Error(ErrorCode::failed, "cannot open '/dev/null': " + system_text(errno));
  const Fd log = open_log(log_file);
  const pid_t pid = SpawnPlan().start(request, {nothing.get(), log.get(), log.get()}, POSIX_SPAWN_SETSID);
  // Should it end before us, this reaps it; should we end first, init does.
  std::thread([pid] {
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
  }).detach();
  return pid;
}

std::optional<std::string> find_program(std::string_view program) {
  return find_in(environment_variable("PATH").value_or(std::string(k_default_path)), program);
}

}  // namespace hoist

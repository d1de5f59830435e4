#include "cli/console.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <utility>

#include "compose/base/environment.hpp"
#include "compose/base/error.hpp"
#include "compose/base/file.hpp"
#include "compose/base/text.hpp"

namespace hoist::cli {
namespace {

bool is_terminal(std::FILE* stream) {
  const int descriptor = stream == nullptr ? -1 : ::fileno(stream);
  return descriptor >= 0 && ::isatty(descriptor) == 1;
}

termios saved_settings;  // written before raw_descriptor, read after it
std::atomic<int> raw_descriptor{-1};

}  // namespace

Console::Console(std::FILE* in, std::FILE* out, std::FILE* err)
    : in_(in),
      out_(out),
      err_(err),
      in_terminal_(is_terminal(in)),
      out_terminal_(is_terminal(out)),
      err_terminal_(is_terminal(err)) {}

compose::TerminalSize Console::size() const {
  for (std::FILE* stream : {err_, out_, in_}) {
    winsize size{};
    if (is_terminal(stream) && ::ioctl(::fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
      return {size.ws_row, size.ws_col};
    }
  }
  return {24, 80};
}

int Console::in_descriptor() const {
  return ::fileno(in_);
}

Console::BeforeBrokenPipe::BeforeBrokenPipe(Console& console, std::function<void()> act) : console_(console) {
  console_.before_broken_pipe_.with([&act](std::function<void()>& last) { last = std::move(act); });
}

Console::BeforeBrokenPipe::~BeforeBrokenPipe() {
  console_.before_broken_pipe_.with([](std::function<void()>& last) { last = {}; });
}

void Console::write(std::FILE* stream, std::string_view text) {
  ::flockfile(stream);
  const bool whole = std::fwrite(text.data(), 1, text.size(), stream) == text.size() && std::fflush(stream) == 0;
  const int fault = errno;
  ::funlockfile(stream);
  if (whole) return;
  if (stream == out_ && fault != EPIPE) {
    out_fault_ = fault;
    out_lost_.request_stop();
  }
  if (fault == EPIPE) {
    const auto last_act = before_broken_pipe_.with([](std::function<void()>& act) { return std::exchange(act, {}); });
    if (last_act) last_act();
    RawTerminal::restore();
    std::signal(SIGPIPE, SIG_DFL);
    std::raise(SIGPIPE);
  }
}

void Console::write_out(std::string_view text) {
  write(out_, text);
}

void Console::write_err(std::string_view text) {
  write(err_, text);
}

std::optional<std::string> Console::read_line(std::stop_token stop) {
  const Fd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) throw Error(ErrorCode::unavailable, "the system has no file descriptor left");
  const std::stop_callback on_stop(stop, [&wake] {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t ignored = ::write(wake.get(), &one, sizeof one);
  });
  std::string line;
  while (true) {
    std::array<pollfd, 2> waits{pollfd{in_descriptor(), POLLIN, 0}, pollfd{wake.get(), POLLIN, 0}};
    if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return std::nullopt;
    if (stop.stop_requested()) throw Error(ErrorCode::cancelled, "interrupted");
    if (waits[0].revents == 0) continue;
    char c = 0;  // one by one: what follows the line is somebody else's
    const ssize_t got = ::read(in_descriptor(), &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return line.empty() ? std::nullopt : std::optional(line);
    if (c == '\n') return line;
    line += c;
  }
}

Styling decide_styling(Ansi mode, const Console& console, const compose::StringMap& environment) {
  Styling styling;
  const bool dumb = value_or_empty(environment, "TERM") == "dumb";
  const bool refused = !value_or_empty(environment, "NO_COLOR").empty() || dumb;
  styling.out_colour = mode == Ansi::always || (mode == Ansi::automatic && console.out_is_terminal() && !refused);
  styling.err_colour = mode == Ansi::always || (mode == Ansi::automatic && console.err_is_terminal() && !refused);
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string locale = to_lower(value_or_empty(environment, name));
    if (locale.empty()) continue;
    styling.unicode = locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
    break;
  }
  return styling;
}

RawTerminal::RawTerminal(int descriptor) {
  if (::tcgetattr(descriptor, &saved_settings) != 0) return;
  termios raw = saved_settings;
  ::cfmakeraw(&raw);
  raw_descriptor = descriptor;
  ::tcsetattr(descriptor, TCSADRAIN, &raw);
}

RawTerminal::~RawTerminal() {
  restore();
}

void RawTerminal::restore() noexcept {
  const int descriptor = raw_descriptor.exchange(-1);
  if (descriptor >= 0) ::tcsetattr(descriptor, TCSADRAIN, &saved_settings);
}

}  // namespace hoist::cli

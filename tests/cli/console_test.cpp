#include "cli/console.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <future>
#include <thread>

#include "compose/base/error.hpp"
#include "compose/base/file.hpp"

namespace hoist::cli {
namespace {

/// A console whose input is a pipe.
class PipedConsole {
 public:
  PipedConsole() = default;
  ~PipedConsole() { std::fclose(in_); }
  PipedConsole(const PipedConsole&) = delete;
  PipedConsole& operator=(const PipedConsole&) = delete;

  void type(std::string_view text) const {
    REQUIRE(::write(writer.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }

  Fd writer;

 private:
  static std::FILE* open_pipe(Fd& write_end) {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    write_end.reset(ends[1]);
    return ::fdopen(ends[0], "r");
  }

  std::FILE* in_ = open_pipe(writer);

 public:
  Console console{in_, stdout, stderr};
};

TEST_CASE("a line ends at its end, or with the input", "[cli][console]") {
  PipedConsole piped;
  piped.type("yes\nno");
  CHECK(piped.console.read_line({}) == "yes");
  piped.writer.reset();
  CHECK(piped.console.read_line({}) == "no");
  CHECK_FALSE(piped.console.read_line({}));
}

TEST_CASE("a stop request ends a question that nobody answers", "[cli][console]") {
  PipedConsole piped;
  std::stop_source stop;
  std::promise<void> asking;
  const std::jthread interrupter([&] {
    asking.get_future().wait();
    stop.request_stop();
  });
  asking.set_value();
  CHECK_THROWS_AS(piped.console.read_line(stop.get_token()), Error);
}

TEST_CASE("colours are for terminals that want them, unless the user says otherwise", "[cli][console]") {
  PipedConsole piped;
  CHECK_FALSE(decide_styling(Ansi::automatic, piped.console, {}).out_colour);
  CHECK(decide_styling(Ansi::always, piped.console, {{"NO_COLOR", "1"}}).err_colour);
  CHECK(decide_styling(Ansi::automatic, piped.console, {{"LANG", "C.UTF-8"}}).unicode);
  CHECK_FALSE(decide_styling(Ansi::automatic, piped.console, {{"LC_ALL", "C"}, {"LANG", "C.UTF-8"}}).unicode);
}

}  // namespace
}  // namespace hoist::cli

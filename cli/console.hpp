#pragma once

#include <atomic>
#include <cstdio>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "compose/base/sync_value.hpp"
#include "compose/model/service.hpp"
#include "compose/plan/engine.hpp"

namespace hoist::cli {

/// Whether escape sequences are wanted.
enum class Ansi { automatic, never, always };

/// What of colours and cursor moves to use.
struct Styling {
  bool out_colour = false;
  bool err_colour = false;
  bool unicode = true;  ///< the locale says UTF-8

  bool operator==(const Styling&) const = default;
};

/// The three standard streams and what is known of them: results go to `out`, talk and progress to `err`.
///
/// Thread: writes are whole: two threads never mix inside one call.
class Console {
 public:
  /// Facts are found by asking the descriptors behind the streams.
  Console(std::FILE* in, std::FILE* out, std::FILE* err);

  bool in_is_terminal() const { return in_terminal_; }
  bool out_is_terminal() const { return out_terminal_; }
  bool err_is_terminal() const { return err_terminal_; }
  /// What of colours and cursor moves to use; none until it is set. Set before threads write.
  const Styling& styling() const { return styling_; }
  void set_styling(Styling styling) { styling_ = styling; }
  /// The size of the terminal that progress is shown on; 80 x 24 when it does not say.
  compose::TerminalSize size() const;

  /// While it lives, `act` is what is done last when the reader of our output has gone away.
  /// Thread: `act` runs in the thread that writes. It must not throw and not print.
  class BeforeBrokenPipe {
   public:
    BeforeBrokenPipe(Console& console, std::function<void()> act);
    ~BeforeBrokenPipe();
    BeforeBrokenPipe(const BeforeBrokenPipe&) = delete;
    BeforeBrokenPipe& operator=(const BeforeBrokenPipe&) = delete;

   private:
    Console& console_;
  };

  /// Prints results. When the reader has gone away the process ends as by SIGPIPE.
  void write_out(std::string_view text);
  /// Prints talk and progress.
  void write_err(std::string_view text);
  /// The errno of a result that could not be written; 0 while all is well. Never thrown: talk goes on.
  int out_fault() const { return out_fault_; }
  /// Requested once a result could not be written: who has nothing to do but print ends then.
  std::stop_token out_lost() const { return out_lost_.get_token(); }
  std::FILE* in() const { return in_; }
  int in_descriptor() const;
  /// The next line from `in` without its end; nothing at the end of input.
  /// Errors: Error{cancelled} when `stop` is requested meanwhile.
  std::optional<std::string> read_line(std::stop_token stop);

 private:
  void write(std::FILE* stream, std::string_view text);

  std::FILE* in_;
  std::FILE* out_;
  std::FILE* err_;
  bool in_terminal_ = false;
  bool out_terminal_ = false;
  bool err_terminal_ = false;
  Styling styling_;
  std::atomic<int> out_fault_{0};
  std::stop_source out_lost_;
  SyncValue<std::function<void()>> before_broken_pipe_;
};

/// `mode` and the environment (NO_COLOR, TERM, LC_ALL, LC_CTYPE, LANG) decide. Pure.
Styling decide_styling(Ansi mode, const Console& console, const compose::StringMap& environment);

/// Puts the terminal behind `descriptor` into raw mode for as long as it lives. A signal that ends the process
/// through `Signals` restores it too.
class RawTerminal {
 public:
  explicit RawTerminal(int descriptor);
  ~RawTerminal();
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;

  /// Restores what a live `RawTerminal` changed, if there is one. Safe at any time.
  static void restore() noexcept;
};

}  // namespace hoist::cli

#pragma once

#include <functional>
#include <memory>
#include <stop_token>

namespace hoist::cli {

/// What Ctrl-C, SIGTERM, a closed terminal (SIGHUP) and a changed terminal size do while a command works. A signal that
/// was ignored before stays so; the end of this object restores what was.
///
/// The first SIGINT, SIGTERM or SIGHUP requests a stop, the second ends the process with 130 at once. A command that
/// has something to do on the second one claims it: then the third ends the process.
///
/// Thread: callbacks run on a thread of this object. One object per process at a time.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// Stop requested by the first signal.
  std::stop_token first() const;
  /// Stop requested by the second signal; asking for it claims that signal.
  std::stop_token second();
  /// Calls `on_resize` whenever the terminal changes its size; an empty function ends that.
  void on_resize(std::function<void()> callback);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hoist::cli

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "cli/render/log_printer.hpp"
#include "compose/base/error.hpp"
#include "compose/plan/engine.hpp"

namespace hoist::cli {

/// Reads the output of containers, each on a thread of its own, into one printer.
///
/// Thread: all calls from one thread, the owner's; the destructor stops and joins all.
class LogFollower {
 public:
  /// What to do when the output of `source` cannot be read; called on the reader's thread, at once. A stop is no
  /// failure.
  using OnFailure = std::function<void(const std::string& source, const Error& error)>;

  LogFollower(compose::ContainerAccess& containers, LogPrinter& printer, OnFailure on_failure);
  ~LogFollower();
  LogFollower(const LogFollower&) = delete;
  LogFollower& operator=(const LogFollower&) = delete;

  /// Starts to read `request.container` under the name `source`. While an earlier request for that container is
  /// being read, this one waits for its end.
  void follow(const std::string& source, compose::LogRequest request);
  /// Waits until every reader has come to its end, or a stop is requested.
  void wait(std::stop_token stop);
  /// Waits until `container` is not being read, at most `limit`.
  void wait_for(const std::string& container, std::chrono::milliseconds limit);
  /// Ends all readers; what they hold is printed.
  void end();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// "1700000000.000000000": a moment in nanoseconds as LogRequest::since takes it.
std::string log_moment(std::int64_t nanoseconds);

}  // namespace hoist::cli

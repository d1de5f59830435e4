#pragma once

#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace hoist {

/// How a child process ended.
struct ExitStatus {
  int code = 0;    ///< exit code; 128 + signal when a signal ended it
  int signal = 0;  ///< 0 = exited by itself

  bool success() const { return code == 0; }
  bool operator==(const ExitStatus&) const = default;
};

/// What to run. The program is found in PATH unless it holds a slash. Secrets go to `input`, never to `argv`.
struct ProcessRequest {
  std::vector<std::string> argv;
  std::string input;                               ///< written to its standard input, then closed
  std::map<std::string, std::string> environment;  ///< added to our own
  std::vector<std::string> unset = {};             ///< variables of our own that it does not get
  std::optional<std::string> directory;
};

struct ProcessResult {
  ExitStatus status;
  std::string out;
  std::string err;
};

/// Runs other programs.
class ProcessRunner {
 public:
  virtual ~ProcessRunner() = default;
  /// Runs to the end and returns what it printed.
  /// Errors: Error{not_found} when there is no such program; Error{cancelled} after a stop request (the child is
  /// ended); Error{failed} when its exit code cannot be had, as where SIGCHLD is ignored.
  virtual ProcessResult run(const ProcessRequest& request, std::stop_token stop) = 0;
  /// As `run`, but hands each line of both outputs to `on_line` as it comes; out and err stay empty.
  virtual ProcessResult run_lines(const ProcessRequest& request, const std::function<void(std::string_view)>& on_line,
                                  std::stop_token stop) = 0;
  /// Starts a program in a session of its own that outlives us, its output appended to `log_file`. Returns its pid.
  virtual int spawn_detached(const ProcessRequest& request, const std::string& log_file) = 0;
};

/// The real thing.
class SystemProcessRunner final : public ProcessRunner {
 public:
  ProcessResult run(const ProcessRequest& request, std::stop_token stop) override;
  ProcessResult run_lines(const ProcessRequest& request, const std::function<void(std::string_view)>& on_line,
                          std::stop_token stop) override;
  int spawn_detached(const ProcessRequest& request, const std::string& log_file) override;
};

/// Where `program` lies in PATH; nothing when it is not there.
std::optional<std::string> find_program(std::string_view program);

}  // namespace hoist

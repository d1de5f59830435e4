#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compose/base/process.hpp"
#include "compose/base/sync_value.hpp"

namespace hoist::test {

/// Programs that answer from a table instead of running.
///
/// A command is known by the start of its words joined by spaces; the longest known start wins. A command
/// that no answer fits is a program that is not there: Error{not_found}. Thread: any.
class FakeProcessRunner final : public ProcessRunner {
 public:
  /// What a program does: from a request to a result. May throw as a real run may.
  using Behaviour = std::function<ProcessResult(const ProcessRequest&)>;

  /// Commands that start with `command` print `out` and `err` and exit with `code`.
  void answer(const std::string& command, std::string out, int code = 0, std::string err = {});
  /// Commands that start with `command` do this. For `spawn_detached` the result is dropped.
  void behave(const std::string& command, Behaviour behaviour);

  ProcessResult run(const ProcessRequest& request, std::stop_token stop) override;
  ProcessResult run_lines(const ProcessRequest& request, const std::function<void(std::string_view)>& on_line,
                          std::stop_token stop) override;
  int spawn_detached(const ProcessRequest& request, const std::string& log_file) override;

  /// Everything that was run or started, oldest first.
  std::vector<ProcessRequest> requests() const;
  /// The same as text: "podman info --format json".
  std::vector<std::string> commands() const;

 private:
  ProcessResult act(const ProcessRequest& request);

  struct State {
    std::map<std::string, Behaviour> behaviours;
    std::vector<ProcessRequest> requests;
    int next_pid = 1000;
  };
  SyncValue<State> state_;
};

}  // namespace hoist::test

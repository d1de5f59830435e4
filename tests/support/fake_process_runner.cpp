#include "tests/support/fake_process_runner.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"

namespace hoist::test {
namespace {

std::string joined(const ProcessRequest& request) {
  return fmt::format("{}", fmt::join(request.argv, " "));
}

/// True when `start` is the first words of `command`, whole words only.
bool begins(const std::string& command, const std::string& start) {
  return command.starts_with(start) && (command.size() == start.size() || command[start.size()] == ' ');
}

void require_running(const std::stop_token& stop) {
  if (stop.stop_requested()) throw Error(ErrorCode::cancelled, "interrupted");
}

}  // namespace

void FakeProcessRunner::answer(const std::string& command, std::string out, int code, std::string err) {
  behave(command,
         [result = ProcessResult{{code, 0}, std::move(out), std::move(err)}](const ProcessRequest&) { return result; });
}

void FakeProcessRunner::behave(const std::string& command, Behaviour behaviour) {
  state_.with([&](State& state) { state.behaviours[command] = std::move(behaviour); });
}

ProcessResult FakeProcessRunner::act(const ProcessRequest& request) {
  const std::string command = joined(request);
  const Behaviour behaviour = state_.with([&](State& state) {
    state.requests.push_back(request);
    const std::pair<const std::string, Behaviour>* best = nullptr;
    for (const auto& entry : state.behaviours) {
      if (begins(command, entry.first) && (best == nullptr || entry.first.size() > best->first.size())) best = &entry;
    }
    return best == nullptr ? Behaviour() : best->second;
  });
  if (!behaviour) throw Error(ErrorCode::not_found, fmt::format("program '{}' is not in PATH", request.argv.at(0)));
  return behaviour(request);
}

ProcessResult FakeProcessRunner::run(const ProcessRequest& request, std::stop_token stop) {
  require_running(stop);
  return act(request);
}

ProcessResult FakeProcessRunner::run_lines(const ProcessRequest& request,
                                           const std::function<void(std::string_view)>& on_line, std::stop_token stop) {
  require_running(stop);
  const ProcessResult result = act(request);
  for (const std::string* text : {&result.out, &result.err}) {
    std::vector<std::string> lines = split(*text, '\n');
    if (!lines.empty() && lines.back().empty()) lines.pop_back();
    for (const std::string& line : lines) on_line(line);
  }
  return {result.status, {}, {}};
}

int FakeProcessRunner::spawn_detached(const ProcessRequest& request, const std::string&) {
  act(request);
  return state_.with([](State& state) { return state.next_pid++; });
}

std::vector<ProcessRequest> FakeProcessRunner::requests() const {
  return state_.with([](const State& state) { return state.requests; });
}

std::vector<std::string> FakeProcessRunner::commands() const {
  std::vector<std::string> out;
  for (const ProcessRequest& request : requests()) out.push_back(joined(request));
  return out;
}

}  // namespace hoist::test

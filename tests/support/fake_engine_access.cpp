#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "compose/base/error.hpp"
#include "compose/plan/labels.hpp"
#include "tests/support/fake_engine.hpp"

namespace hoist::test {

using namespace compose;

namespace {

constexpr std::int64_t k_second = 1'000'000'000;

/// "12.000000000" in nanoseconds; nothing for any other form.
std::optional<std::int64_t> moment(const std::string& text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string::npos || text.size() != dot + 10) return std::nullopt;
  return std::stoll(text.substr(0, dot)) * k_second + std::stoll(text.substr(dot + 1));
}

}  // namespace

/// A process whose output is read from where the reader has come to.
class FakeEngine::FakeAttached final : public AttachedProcess {
 public:
  /// `input` also takes what is written; may be the process itself.
  FakeAttached(FakeEngine& engine, std::shared_ptr<Inside> process, std::shared_ptr<Inside> input, std::size_t from)
      : engine_(engine), process_(std::move(process)), input_(std::move(input)), next_(from) {}

  std::optional<OutputChunk> read(std::stop_token stop) override {
    Lock lock(engine_.mutex_);
    engine_.wait_until(
        lock, [this] { return next_ < process_->output.size() || process_->has_ended(); }, stop);
    if (next_ >= process_->output.size()) return std::nullopt;
    return process_->output[next_++];
  }

  void write(std::string_view bytes, std::stop_token) override {
    const std::scoped_lock lock(engine_.mutex_);
    input_->input += bytes;
    if (!process_->echo) return;
    process_->output.push_back({.text = std::string(bytes)});
    engine_.changed_.notify_all();
  }

  void close_stdin() override {
    const std::scoped_lock lock(engine_.mutex_);
    if (!process_->echo || !process_->running) return;
    for (ObservedContainer& container : engine_.state_.containers) {
      if (engine_.inside_of(container) != process_) continue;
      engine_.ended(container, 0);
      return;
    }
    process_->running = false;
    engine_.changed_.notify_all();
  }

  void resize(TerminalSize, std::stop_token) override {}

  int wait(std::stop_token stop) override {
    Lock lock(engine_.mutex_);
    engine_.wait_until(
        lock, [this] { return process_->has_ended(); }, stop);
    return process_->exit_code;
  }

 private:
  FakeEngine& engine_;
  std::shared_ptr<Inside> process_;
  std::shared_ptr<Inside> input_;
  std::size_t next_;
};

void FakeEngine::logs(const LogRequest& request, const std::function<void(OutputChunk)>& on_chunk,
                      std::stop_token stop) {
  Lock lock(mutex_);
  const ObservedContainer& container = get(request.container);
  if (const auto fault = mute_.find(container.name); fault != mute_.end()) std::rethrow_exception(fault->second);
  const std::shared_ptr<Inside> inside = inside_of(container);
  std::size_t next = 0;
  if (request.tail && *request.tail < inside->output.size()) next = inside->output.size() - *request.tail;
  if (const std::optional<std::int64_t> since = moment(request.since)) {
    const auto run = inside->runs.lower_bound(*since);
    next = std::max(next, run == inside->runs.end() ? inside->output.size() : run->second);
  }
  const std::size_t run = inside->runs.size();
  // A reader never goes beyond the run it began in.
  const auto end = [&inside, run] {
    return inside->runs.size() == run ? inside->output.size()
                                      : std::next(inside->runs.begin(), static_cast<std::ptrdiff_t>(run))->second;
  };
  while (true) {
    while (next < end()) {
      OutputChunk chunk = inside->output[next++];
      if (request.timestamps) chunk.text.insert(0, "2026-01-01T00:00:00.000000000Z ");
      lock.unlock();
      on_chunk(std::move(chunk));
      lock.lock();
    }
    const auto ended = [&inside, run] { return !inside->running || inside->runs.size() != run; };
    if (!request.follow || ended()) return;
    const auto any = [&inside, &next, &ended] { return next < inside->output.size() || ended(); };
    if (!changed_.wait(lock, stop, any)) return;
  }
}

std::unique_ptr<AttachedProcess> FakeEngine::exec(const ExecRequest& request, std::stop_token) {
  const std::scoped_lock lock(mutex_);
  const ObservedContainer& container = get(request.container);
  if (container.state != ContainerState::running) {
    throw Error(ErrorCode::conflict, fmt::format("container '{}' is not running", container.name));
  }
  execs_.push_back(request);
  const std::string command = fmt::format("{}", fmt::join(request.argv, " "));
  FakeProcess process{.output = {{OutputStream::err, fmt::format("exec: {}: not found\n", command)}}, .exit_code = 127};
  if (const auto found = exec_scripts_.find(command); found != exec_scripts_.end()) process = found->second;
  const auto inside = std::make_shared<Inside>(Inside{.output = process.output,
                                                      .echo = process.echo,
                                                      .exit_code = process.exit_code.value_or(0),
                                                      .begun = true,
                                                      .running = process.echo && !process.exit_code});
  return std::make_unique<FakeAttached>(*this, inside, inside_of(container), 0);
}

void FakeEngine::exec_detached(const ExecRequest& request, std::stop_token stop) {
  exec(request, std::move(stop));
}

std::unique_ptr<AttachedProcess> FakeEngine::attach(const AttachRequest& request, std::stop_token) {
  const std::scoped_lock lock(mutex_);
  const std::shared_ptr<Inside> inside = inside_of(get(request.container));
  return std::make_unique<FakeAttached>(*this, inside, inside, request.logs ? 0 : inside->output.size());
}

ContainerDetail FakeEngine::inspect(const std::string& container, std::stop_token) {
  const std::scoped_lock lock(mutex_);
  const ObservedContainer& found = get(container);
  const std::shared_ptr<Inside> inside = inside_of(found);
  return {.observed = found, .tty = inside->service && inside->service->tty};
}

int FakeEngine::wait(const std::string& container, std::stop_token stop) {
  Lock lock(mutex_);
  const std::shared_ptr<Inside> inside = inside_of(get(container));
  wait_until(
      lock, [&inside] { return !inside->running; }, stop);
  return inside->exit_code;
}

std::int64_t FakeEngine::now(std::stop_token) {
  const std::scoped_lock lock(mutex_);
  return static_cast<std::int64_t>(made_) * k_second;
}

void FakeEngine::watch(const std::string& project, std::int64_t since,
                       const std::function<void(const ContainerEvent&)>& on_event, std::stop_token stop) {
  Lock lock(mutex_);
  std::size_t next = 0;
  while (next < history_.size() && is_before(history_[next], since)) ++next;
  while (changed_.wait(lock, stop, [this, &next] { return next < history_.size(); })) {
    const ContainerEvent event = history_[next++];
    const std::string owner = label_of(event.labels, k_label_project);
    if (owner.empty() || (!project.empty() && owner != project)) continue;
    lock.unlock();
    on_event(event);
    lock.lock();
  }
}

}  // namespace hoist::test

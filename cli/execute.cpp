#include "cli/execute.hpp"

#include <fmt/format.h>

#include <charconv>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/run_main.hpp"
#include "cli/session.hpp"
#include "compose/base/error.hpp"
#include "compose/run/executor.hpp"

namespace hoist::cli {
namespace {

using compose::Plan;
using compose::PlanNode;

/// Leaves out the details of images that nobody wants to see.
class TerseSink final : public EventSink {
 public:
  TerseSink(EventSink& next, const Plan& plan, const ExecuteHow& how) : next_(next) {
    for (const PlanNode& node : plan.nodes) {
      const bool pull = how.quiet_pull && std::holds_alternative<compose::PullImage>(node.op);
      const bool build = how.quiet_build && std::holds_alternative<compose::BuildImage>(node.op);
      if (pull || build) terse_.insert(compose::target_of(node.op).to_string());
    }
  }

  void emit(Event event) noexcept override {
    const bool detail = !event.part.empty() || event.phase == Event::Phase::output;
    if (!detail || !terse_.contains(event.resource)) next_.emit(std::move(event));
  }

 private:
  EventSink& next_;
  std::set<std::string> terse_;
};

int parallel_limit(Session& session) {
  if (session.globals().parallel) return *session.globals().parallel;
  const std::optional<std::string> text = session.variable("COMPOSE_PARALLEL_LIMIT");
  if (!text) return compose::ExecuteOptions{}.parallel;
  int limit = 0;
  const char* end = text->data() + text->size();
  const std::from_chars_result read = std::from_chars(text->data(), end, limit);
  if (read.ec != std::errc() || read.ptr != end) {
    throw Error(ErrorCode::bad_input, fmt::format("COMPOSE_PARALLEL_LIMIT must be a number, not '{}'", *text));
  }
  return limit;
}

/// Prints every failure but the first, which is thrown.
void throw_faults(Session& session, const compose::Execution& execution) {
  bool first = true;
  for (const auto& [id, outcome] : execution.outcomes) {
    const compose::Failed* failed = std::get_if<compose::Failed>(&outcome);
    if (failed == nullptr || std::exchange(first, false)) continue;
    session.console().write_err(describe(as_error(failed->cause), {.colour = session.styling().err_colour}));
  }
  execution.throw_if_failed();
}

std::string progress_mode(Session& session) {
  const std::string& given = session.globals().progress;
  return given.empty() ? session.variable("COMPOSE_PROGRESS").value_or("auto") : given;
}

}  // namespace

void check(Session& session, const Plan& plan) {
  if (plan.empty()) return;
  compose::PlanFindings found = session.engine().check(plan, session.stop());
  if (!found.faults.empty()) throw Error(std::move(found.faults));
  const std::string group =
      session.group_unsupported(std::move(found.gaps), "this engine does not know these attributes, they are left out");
  const std::string mode = progress_mode(session);
  if (group.empty() || mode == "quiet") return;
  if (mode == "json") {
    session.make_renderer()->emit({.phase = Event::Phase::warning, .text = group});
  } else {
    session.warn(group);
  }
}

void execute(Session& session, const Plan& plan, const ExecuteHow& how) {
  check(session, plan);
  if (session.globals().dry_run) {
    session.print(compose::to_string(plan));
    return;
  }
  if (plan.empty() && plan.warnings.empty()) return;
  const std::string mode = progress_mode(session);
  const bool live = mode.empty() || mode == "auto" || mode == "tty";
  const std::unique_ptr<Renderer> renderer = how.lines && live && !how.quiet
                                                 ? make_renderer("plain", session.console(), session.styling())
                                                 : session.make_renderer(how.quiet);
  for (const std::string& warning : plan.warnings) {
    renderer->emit({.resource = {}, .phase = Event::Phase::warning, .text = warning});
  }
  TerseSink sink(*renderer, plan, how);
  compose::Execution execution;
  if (!plan.empty()) {
    compose::Executor executor(session.engine(), sink, {.parallel = parallel_limit(session)});
    execution = executor.run(plan, how.stop ? *how.stop : session.stop());
  }
  renderer->finish();
  throw_faults(session, execution);
}

Plan joined(Plan first, const Plan& second) {
  const int offset = static_cast<int>(first.nodes.size());
  for (PlanNode node : second.nodes) {
    node.id += offset;
    for (compose::NodeId& id : node.after) id += offset;
    first.nodes.push_back(std::move(node));
  }
  first.warnings.insert(first.warnings.end(), second.warnings.begin(), second.warnings.end());
  return first;
}

void tell(Session& session, const std::string& sentence) {
  const std::string mode = progress_mode(session);
  if (mode != "quiet" && mode != "json") session.console().write_err(sentence + "\n");
}

struct Deadline::State {
  explicit State(std::stop_token other) : forward(std::move(other), [this] { source.request_stop(); }) {}

  std::stop_source source;
  std::stop_callback<std::function<void()>> forward;
  std::mutex mutex;
  std::condition_variable_any wake;
  bool passed = false;
  std::jthread timer;  // last: joined before the rest goes
};

Deadline::Deadline(std::chrono::seconds limit, std::stop_token other)
    : state_(std::make_unique<State>(std::move(other))) {
  state_->timer = std::jthread([state = state_.get(), limit](std::stop_token over) {
    std::unique_lock lock(state->mutex);
    state->wake.wait_for(lock, over, limit, [&over] { return over.stop_requested(); });
    if (over.stop_requested()) return;
    state->passed = true;
    lock.unlock();
    state->source.request_stop();
  });
}

Deadline::~Deadline() = default;

std::stop_token Deadline::stop() const {
  return state_->source.get_token();
}

bool Deadline::passed() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->passed;
}

void within(Session& session, std::optional<int> limit_seconds, const std::function<void(std::stop_token)>& body) {
  if (!limit_seconds || *limit_seconds <= 0) {
    body(session.stop());
    return;
  }
  const Deadline deadline(std::chrono::seconds(*limit_seconds), session.stop());
  try {
    body(deadline.stop());
  } catch (const Error& error) {
    if (error.code() != ErrorCode::cancelled || !deadline.passed()) throw;
    throw Error(ErrorCode::timed_out, fmt::format("the services were not ready within {} s", *limit_seconds))
        .with_hint("see 'hoist ps -a' and 'hoist logs'");
  }
}

std::optional<std::chrono::seconds> seconds(std::optional<int> number) {
  if (!number) return std::nullopt;
  return std::chrono::seconds(*number);
}

bool switched_on(Session& session, const std::string& variable) {
  std::optional<std::string> text = session.variable(variable);
  if (!text) {
    const compose::Project* project = session.find_project();
    if (project == nullptr) return false;
    const auto found = project->environment.find(variable);
    if (found == project->environment.end() || found->second.empty()) return false;
    text = found->second;
  }
  if (const std::optional<bool> value = parse_bool(*text)) return *value;
  throw Error(ErrorCode::bad_input, fmt::format("{} must be true or false, not '{}'", variable, *text));
}

}  // namespace hoist::cli

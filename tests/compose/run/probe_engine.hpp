#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compose/plan/engine.hpp"

namespace hoist::test {

/// An engine that only notes what is applied and when; what an operation does is given by the test.
class ProbeEngine final : public compose::Engine {
 public:
  using Behaviour = std::function<void(const compose::Operation&, EventSink&, std::stop_token)>;

  explicit ProbeEngine(Behaviour behaviour = {}) : behaviour_(std::move(behaviour)) {}

  compose::EngineInfo info(std::stop_token) override { return {}; }
  compose::ObservedState observe(const compose::ObserveRequest&, std::stop_token) override { return {}; }
  compose::PlanFindings check(const compose::Plan&, std::stop_token) override { return {}; }
  void apply(const compose::Operation& operation, EventSink& events, std::stop_token stop) override {
    const bool counts = !std::holds_alternative<compose::AwaitCondition>(operation);
    note(operation, true, counts);
    const Ending ending{*this, operation, counts};
    if (behaviour_) behaviour_(operation, events, std::move(stop));
  }

  /// Begins and ends in the order in which they happened: resource, whether it began.
  std::vector<std::pair<std::string, bool>> history() const {
    const std::scoped_lock lock(mutex_);
    return history_;
  }
  /// The most operations, waits not counted, that ran at once.
  int most_at_once() const {
    const std::scoped_lock lock(mutex_);
    return most_;
  }

 private:
  struct Ending {
    ProbeEngine& engine;
    const compose::Operation& operation;
    bool counts;
    ~Ending() { engine.note(operation, false, counts); }
  };

  void note(const compose::Operation& operation, bool begins, bool counts) {
    const std::scoped_lock lock(mutex_);
    history_.emplace_back(target_of(operation).to_string(), begins);
    if (!counts) return;
    running_ += begins ? 1 : -1;
    most_ = std::max(most_, running_);
  }

  Behaviour behaviour_;
  mutable std::mutex mutex_;
  std::vector<std::pair<std::string, bool>> history_;
  int running_ = 0;
  int most_ = 0;
};

/// Blocks until a stop is requested, then throws as an engine does.
void block_until_stopped(const std::stop_token& stop);

}  // namespace hoist::test

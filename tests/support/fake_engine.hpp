#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compose/plan/engine.hpp"

namespace hoist::test {

/// What a container's main process, or an exec, does.
struct FakeProcess {
  std::vector<compose::OutputChunk> output;           ///< printed at the start, one line each
  std::optional<int> exit_code;                       ///< ends at once with it; nothing = runs on
  compose::Health health = compose::Health::healthy;  ///< right after the start, where a healthcheck is
  bool echo = false;                                  ///< prints what it is given, ends with 0 at the end of it
};

/// An engine over memory that behaves as a real one: what is applied changes what is observed next.
///
/// Faults as of a real engine: a missing image, network or container, a name or a port in use. More can be
/// injected with `fail`.
/// Thread: any.
class FakeEngine final : public compose::Engine, public compose::ContainerAccess {
 public:
  // What the world is like.
  // -------------------------------------------------------------------------------------

  /// Makes an image known under its reference, with an id made from both.
  void add_image(const std::string& reference, int version = 1);
  /// What pulling or building `reference` gives from now on; 1 for all that was never set.
  void publish_image(const std::string& reference, int version);
  /// How main processes of `service` behave that start from now on.
  void script(const std::string& service, FakeProcess process);
  /// How an exec of `command` (its words joined by spaces) behaves. Unknown commands end with 127.
  void script_exec(const std::string& command, FakeProcess process);
  /// Changes anything by hand, as another program would.
  void edit(const std::function<void(compose::ObservedState&)>& change);
  void set_health(const std::string& container, compose::Health health);
  /// Lets the main process print.
  void print(const std::string& container, compose::OutputChunk chunk);
  /// Lets the main process end by itself.
  void end(const std::string& container, int exit_code);
  /// Operations on `key` throw from now on, before they change anything; `mend` ends it.
  void fail(const compose::ResourceKey& key, const std::string& message = "injected failure");
  void mend(const compose::ResourceKey& key);
  /// Operations on `key` throw `fault`, which need not be an Error.
  void fail(const compose::ResourceKey& key, std::exception_ptr fault);
  /// Reading the output of `container` throws `fault` from now on.
  void fail_output(const std::string& container, std::exception_ptr fault);
  /// From now on every check of a plan that is not empty finds this.
  void refuse(Diagnostic fault);
  /// Every plan with a step has this gap.
  void leave_out(Diagnostic gap);
  /// Operations on `key` block from now on until `release` or a stop request.
  void hold(const compose::ResourceKey& key);
  void release(const compose::ResourceKey& key);

  // What has happened.
  // ------------------------------------------------------------------------------------------

  /// Everything there is, whoever owns it.
  compose::ObservedState state() const;
  /// Operations that were carried out, in the order of their ends: "create container shop-web-1".
  std::vector<std::string> applied() const;
  void forget_applied();
  std::vector<compose::ExecRequest> execs() const;
  /// All that was written to the main process of a container, or to its execs.
  std::string input_of(const std::string& container) const;

  // The ports.
  // --------------------------------------------------------------------------------------------------

  compose::EngineInfo info(std::stop_token stop) override;
  compose::ObservedState observe(const compose::ObserveRequest& request, std::stop_token stop) override;
  compose::PlanFindings check(const compose::Plan& plan, std::stop_token stop) override;
  void apply(const compose::Operation& operation, EventSink& events, std::stop_token stop) override;

  void logs(const compose::LogRequest& request, const std::function<void(compose::OutputChunk)>& on_chunk,
            std::stop_token stop) override;
  std::unique_ptr<compose::AttachedProcess> exec(const compose::ExecRequest& request, std::stop_token stop) override;
  void exec_detached(const compose::ExecRequest& request, std::stop_token stop) override;
  std::unique_ptr<compose::AttachedProcess> attach(const compose::AttachRequest& request,
                                                   std::stop_token stop) override;
  compose::ContainerDetail inspect(const std::string& container, std::stop_token stop) override;
  int wait(const std::string& container, std::stop_token stop) override;
  std::int64_t now(std::stop_token stop) override;
  void watch(const std::string& project, std::int64_t since,
             const std::function<void(const compose::ContainerEvent&)>& on_event, std::stop_token stop) override;

 private:
  class Carry;
  class FakeAttached;
  using Lock = std::unique_lock<std::mutex>;

  /// What a real engine knows of a container beyond what it shows.
  struct Inside {
    std::shared_ptr<const compose::Service> service;  ///< null when put in by `edit`
    bool auto_remove = false;
    std::vector<compose::OutputChunk> output;
    std::string input;
    bool echo = false;
    int exit_code = 0;
    bool begun = false;  ///< started at least once
    bool running = false;
    std::map<std::int64_t, std::size_t> runs;  ///< time of a start -> how much was printed before

    bool has_ended() const { return begun && !running; }
  };

  // All with the lock held.
  compose::ObservedContainer* find(const std::string& id_or_name);
  compose::ObservedContainer& get(const std::string& id_or_name);
  std::shared_ptr<Inside> inside_of(const compose::ObservedContainer& container);
  void record(const compose::ObservedContainer& container, const std::string& action);
  void ended(compose::ObservedContainer& container, int exit_code);
  /// By value: the id of a container ends with it.
  void removed(std::string id, bool volumes);
  /// Waits until `ready` holds. Errors: Error{cancelled}.
  void wait_until(Lock& lock, const std::function<bool()>& ready, const std::stop_token& stop) const;

  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  compose::ObservedState state_;
  std::map<std::string, std::shared_ptr<Inside>> inside_;  ///< by container id
  std::map<std::string, int> published_images_;
  std::map<std::string, FakeProcess> scripts_;
  std::map<std::string, FakeProcess> exec_scripts_;
  std::map<compose::ResourceKey, std::exception_ptr> failing_;
  std::map<std::string, std::exception_ptr> mute_;  ///< by container name: what reading its output throws
  std::set<compose::ResourceKey> held_;
  std::vector<Diagnostic> refused_;
  std::vector<Diagnostic> left_out_;
  std::vector<std::string> applied_;
  std::vector<compose::ExecRequest> execs_;
  std::vector<compose::ContainerEvent> history_;
  std::uint64_t made_ = 0;  ///< things, for ids and times
};

}  // namespace hoist::test

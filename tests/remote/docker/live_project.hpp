#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/base/event.hpp"
#include "compose/base/process.hpp"
#include "compose/base/sync_value.hpp"
#include "remote/docker/engine.hpp"

namespace hoist::test {

/// The engine under test, from DOCKER_HOST (unix:///path); it must hold busybox:latest.
/// Errors: Error{bad_input} when there is none, which ctest takes for "skip".
remote::HttpEndpoint live_address();

/// Remembers events.
class EventLog final : public EventSink {
 public:
  void emit(Event event) noexcept override;
  std::vector<Event> all() const;
  /// The first event that `wanted` holds for; nothing when there is none.
  std::optional<Event> find(const std::function<bool(const Event&)>& wanted) const;

 private:
  SyncValue<std::vector<Event>> events_;
};

/// A project of its own on the engine, with a network; what it leaves behind is removed.
class LiveProject {
 public:
  /// At another address than the engine's own, when something stands between.
  explicit LiveProject(remote::HttpEndpoint address = live_address());
  ~LiveProject();
  LiveProject(const LiveProject&) = delete;
  LiveProject& operator=(const LiveProject&) = delete;

  void apply(const compose::Operation& operation, std::stop_token stop = {});
  compose::ObservedState state();
  /// The project's container, which must be the only one.
  compose::ObservedContainer only_container();

  /// A service of busybox that joins the project's network and ends at once when told to.
  compose::Service service(const std::string& service_name, std::vector<std::string> command) const;
  compose::ContainerSpec spec(const compose::Service& service, int number = 1) const;
  /// Creates and starts; returns the container's name.
  std::string up(const compose::Service& service);
  /// All that a container printed, each piece after "O:" or "E:".
  std::string all_logs(const std::string& container);

  bool is_podman() const { return info.product.find("Podman") != std::string::npos; }

  std::string name;
  SystemProcessRunner processes;
  std::unique_ptr<remote::DockerEngine> engine;
  compose::EngineInfo info;
  EventLog events;
};

/// All output of a process.
std::string read_all(compose::AttachedProcess& process);

/// Checks that `body` ends with an error of this kind. Returns the error's text.
std::string failure(const std::function<void()>& body, ErrorCode code);

}  // namespace hoist::test

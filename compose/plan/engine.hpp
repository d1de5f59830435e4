#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/base/event.hpp"
#include "compose/plan/observed.hpp"
#include "compose/plan/plan.hpp"

namespace hoist::compose {

/// Who answers at the far end.
struct EngineInfo {
  std::string product;      ///< "Docker Engine", "Podman Engine"
  std::string version;      ///< "20.10.24"
  std::string api_version;  ///< negotiated: "1.41"
  std::string os;
  std::string architecture;
  std::string address;  ///< "unix:///var/run/docker.sock"

  bool operator==(const EngineInfo&) const = default;
};

/// What to look for. With an empty project: all projects.
struct ObserveRequest {
  std::string project;
  bool one_offs = false;              ///< include containers of `run`
  std::vector<std::string> networks;  ///< names to look up whoever owns them
  std::vector<std::string> volumes;
  std::vector<std::string> images;  ///< references to resolve to ids
  bool containers_only = false;     ///< skip networks, volumes and images
};

/// What an engine knows of a plan before its first step.
struct PlanFindings {
  std::vector<Diagnostic> faults;  ///< what must fail
  std::vector<Diagnostic> gaps;    ///< attributes that it does not know and would be told nothing of

  bool operator==(const PlanFindings&) const = default;
};

/// The engine as the plan sees it: state in, operations out.
///
/// Thread: every method from any thread, several at once.
/// Errors: Error{unavailable} when the engine is gone, Error{cancelled} within 100 ms of a stop request.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual EngineInfo info(std::stop_token stop) = 0;
  virtual ObservedState observe(const ObserveRequest& request, std::stop_token stop) = 0;
  /// What of `plan` must fail here, known before anything is touched: missing build contexts, what no engine can do.
  /// And what of the files would be left out. Errors: Error{conflict} when others hold ports that it needs.
  virtual PlanFindings check(const Plan& plan, std::stop_token stop) = 0;
  /// Carries out one operation and returns when it is done. Events name the operation's resource and
  /// its steps; the final `done` or `failed` event is the executor's.
  /// Repeating an operation that was done already is not an error (remove what is gone, start what runs).
  virtual void apply(const Operation& operation, EventSink& events, std::stop_token stop) = 0;
};

enum class OutputStream { out, err };

/// A piece of a container's output, not necessarily a whole line.
struct OutputChunk {
  OutputStream stream = OutputStream::out;
  std::string text;

  bool operator==(const OutputChunk&) const = default;
};

struct LogRequest {
  std::string container;
  bool follow = false;
  bool timestamps = false;
  std::string since;  ///< RFC 3339, a duration ("10m") or seconds; empty = from the start
  std::string until;
  std::optional<std::uint64_t> tail;  ///< lines; nothing = all
};

struct TerminalSize {
  int rows = 0;
  int columns = 0;

  bool operator==(const TerminalSize&) const = default;
};

struct ExecRequest {
  std::string container;
  std::vector<std::string> argv;
  std::vector<std::string> environment;  ///< "KEY=value"
  std::string user;
  std::string working_dir;
  bool tty = false;
  bool stdin_open = false;
  bool privileged = false;
  std::optional<TerminalSize> size;
};

struct AttachRequest {
  std::string container;
  bool stdin_open = false;
  bool logs = false;  ///< first what was printed before
};

/// A process in a container whose input and output are ours.
///
/// Thread: one reader and one writer at a time, which may be different threads.
class AttachedProcess {
 public:
  virtual ~AttachedProcess() = default;
  /// The next piece of output; nothing when the process has closed it.
  virtual std::optional<OutputChunk> read(std::stop_token stop) = 0;
  virtual void write(std::string_view bytes, std::stop_token stop) = 0;
  virtual void close_stdin() = 0;
  virtual void resize(TerminalSize size, std::stop_token stop) = 0;
  /// Waits for the end. Returns the exit code.
  virtual int wait(std::stop_token stop) = 0;
};

/// Something that happened to a container of the project.
struct ContainerEvent {
  std::string container;  ///< id
  std::string name;
  std::string service;
  std::string action;  ///< "start", "die", "health_status: healthy", ...
  std::optional<int> exit_code;
  std::int64_t time_nanoseconds = 0;
  StringMap labels;
};

/// Whether `event` is older than a moment of the engine's clock. An engine that tells whole seconds may have
/// cut off up to one.
inline bool is_before(const ContainerEvent& event, std::int64_t nanoseconds) {
  constexpr std::int64_t k_second = 1'000'000'000;
  const bool whole = event.time_nanoseconds % k_second == 0;
  return event.time_nanoseconds + (whole ? k_second - 1 : 0) < nanoseconds;
}

/// A container's life in full.
struct ContainerDetail {
  ObservedContainer observed;
  bool tty = false;
  std::string user;   ///< of its processes, as the image or the service says: "", "app", "1000:1000"
  std::string error;  ///< the engine's words on why it did not start
  bool out_of_memory = false;
  std::string last_health_output;
};

/// Containers as a person at a terminal needs them. Thread and errors: as Engine.
class ContainerAccess {
 public:
  virtual ~ContainerAccess() = default;
  /// Hands over the output until its end (or, with `follow`, until the container ends or a stop is
  /// requested).
  virtual void logs(const LogRequest& request, const std::function<void(OutputChunk)>& on_chunk,
                    std::stop_token stop) = 0;
  virtual std::unique_ptr<AttachedProcess> exec(const ExecRequest& request, std::stop_token stop) = 0;
  /// Starts a command and leaves it running.
  virtual void exec_detached(const ExecRequest& request, std::stop_token stop) = 0;
  /// Attaches to the main process; attach before the start to miss nothing.
  virtual std::unique_ptr<AttachedProcess> attach(const AttachRequest& request, std::stop_token stop) = 0;
  virtual ContainerDetail inspect(const std::string& container, std::stop_token stop) = 0;
  /// Waits until the container is not running. Returns its exit code.
  virtual int wait(const std::string& container, std::stop_token stop) = 0;
  /// The engine's own clock: nanoseconds since 1970. It need not agree with ours.
  virtual std::int64_t now(std::stop_token stop) = 0;
  /// Hands over events of the project's containers until a stop is requested: those since `since` (what `now`
  /// told), and all to come. Some of the second before may be told again.
  virtual void watch(const std::string& project, std::int64_t since,
                     const std::function<void(const ContainerEvent&)>& on_event, std::stop_token stop) = 0;
};

}  // namespace hoist::compose

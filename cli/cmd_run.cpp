#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>

#include "cli/commands.hpp"
#include "cli/execute.hpp"
#include "cli/interactive.hpp"
#include "cli/run_service.hpp"
#include "cli/session.hpp"
#include "cli/up_options.hpp"
#include "compose/base/error.hpp"
#include "compose/base/file.hpp"
#include "compose/base/text.hpp"
#include "compose/load/dotenv.hpp"
#include "compose/plan/labels.hpp"
#include "compose/plan/plan_run.hpp"

namespace hoist::cli {
namespace {

struct Options {
  RunChanges changes;
  UpOptions up;
  std::vector<std::string> env_files;
  std::string name;
  std::string service;
  bool detach = false;
  bool no_tty = false;
  bool tty = true;
  bool interactive = true;
  bool remove = false;
  bool use_aliases = false;
  bool quiet = false;
};

/// The variables of --env-from-file; those of --env come after them and win.
std::vector<std::string> variables(const compose::Project& project, const Options& options) {
  std::vector<std::string> words;
  const compose::EnvLookup lookup = [&project](const std::string& name) -> std::optional<std::string> {
    const auto found = project.environment.find(name);
    return found == project.environment.end() ? std::nullopt : std::optional(found->second);
  };
  for (const std::string& file : options.env_files) {
    const auto name = std::make_shared<const std::string>(file);
    for (const auto& [key, value] : compose::parse_dotenv(read_file(file), name, lookup)) {
      words.push_back(value ? key + "=" + *value : key);
    }
  }
  words.insert(words.end(), options.changes.environment.begin(), options.changes.environment.end());
  return words;
}

/// Passes the first Ctrl-C on to the container for as long as it lives.
class InterruptForwarder {
 public:
  InterruptForwarder(Session& session, compose::KillContainer kill)
      : thread_([&session, kill = std::move(kill)](std::stop_token over) {
          std::mutex mutex;
          std::condition_variable_any wake;
          const std::stop_callback stopped(session.stop(), [&mutex, &wake] {
            const std::scoped_lock lock(mutex);
            wake.notify_all();
          });
          std::unique_lock lock(mutex);
          wake.wait(lock, over, [&session] { return session.stop().stop_requested(); });
          lock.unlock();
          if (over.stop_requested()) return;
          NullSink nobody;
          try {
            session.engine().apply(kill, nobody, over);
          } catch (const std::exception&) {
            // No exception may leave a thread. It has ended by itself meanwhile: its exit code tells the rest.
          }
        }) {}

 private:
  std::jthread thread_;
};

bool is_there(Session& session, const std::string& name, const std::stop_token& stop) {
  try {
    session.containers().inspect(name, stop);
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
    return false;
  }
}

/// Returns when the container is there, or gone when it shall not be, or after `patience`.
void await_presence(Session& session, const std::string& name, bool wanted, std::chrono::milliseconds patience,
                    const std::stop_token& stop) {
  constexpr std::chrono::milliseconds k_between{10};
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (is_there(session, name, stop) != wanted && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(k_between);
  }
}

/// After a fault: nothing stays behind that was to be removed at its end, and nothing runs on unseen. Never throws an
/// Error: the first one is what counts.
void discard(Session& session, const std::string& name, const compose::RunRequest& request) {
  const std::stop_token never;  // after Ctrl-C too; a further one ends the process
  NullSink nobody;
  try {
    // An interrupted creation is not taken back: the engine may still be at it.
    constexpr std::chrono::seconds k_still_at_it{2};
    if (session.stop().stop_requested()) await_presence(session, name, true, k_still_at_it, never);
    const compose::ObservedContainer found = session.containers().inspect(name, never).observed;
    // Somebody else's container may have the name: that may be the very fault.
    if (compose::label_of(found.labels, compose::k_label_slug) != request.slug) return;
    if (request.auto_remove) {
      session.engine().apply(compose::RemoveContainer{found.id, name, request.service.name, true, true}, nobody, never);
    } else if (session.stop().stop_requested()) {
      session.engine().apply(compose::KillContainer{found.id, name, request.service.name, "SIGKILL"}, nobody, never);
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) {
      session.warn(fmt::format("container '{}' may be left behind: {}", name, error.what()));
    }
  }
}

/// After the reader of the output has gone: the container ends, and the engine removes it once we are gone too. To
/// remove it here would be to wait for output that nobody takes any more.
void end_unread(Session& session, const std::string& name, const compose::RunRequest& request) {
  NullSink nobody;
  try {
    session.engine().apply(compose::KillContainer{name, name, request.service.name, "SIGKILL"}, nobody, {});
  } catch (const Error&) {
    // Nobody is left to be told.
  }
}

/// Starts the container that was created and lives with it. Returns its exit code.
int start_and_join(Session& session, const std::string& name, const compose::RunRequest& request) {
  const std::stop_token forced = session.signals().second();
  NullSink nobody;
  const compose::Service& service = request.service;
  const std::unique_ptr<compose::AttachedProcess> process =
      session.containers().attach({.container = name, .stdin_open = service.stdin_open}, session.stop());
  session.engine().apply(compose::StartContainer{name, name, service.name}, nobody, session.stop());
  if (service.tty) process->resize(session.console().size(), session.stop());
  const Console::BeforeBrokenPipe last_act(session.console(), [&session, &name, &request] {
    if (request.auto_remove) end_unread(session, name, request);
  });
  const InterruptForwarder forwarder(session, {name, name, service.name, "SIGINT"});
  const int code = join_streams(session, *process, service.tty, service.stdin_open, forced);
  // Engines remove it a moment after its end is told; who runs the next command counts on it being gone.
  constexpr std::chrono::seconds k_removed_within{10};
  if (request.auto_remove) await_presence(session, name, false, k_removed_within, forced);
  return code;
}

int run(Session& session, const Options& options) {
  check_conflicts(options.up);
  const compose::Project& project = session.project_to_make({options.service});
  Console& console = session.console();
  const bool attached = !options.detach;
  RunChanges changes = options.changes;
  changes.environment = variables(project, options);
  changes.tty = attached && options.tty && !options.no_tty && console.in_is_terminal() && console.out_is_terminal();
  changes.stdin_open = attached && options.interactive;
  const compose::RunRequest request{.service = service_for_run(project, project.get_service(options.service), changes,
                                                               session.current_directory().string()),
                                    .name = options.name,
                                    .slug = random_hex(32),
                                    .dependencies = !options.up.no_dependencies,
                                    .remove_orphans = options.up.remove_orphans,
                                    .auto_remove = options.remove,
                                    .use_aliases = options.use_aliases};

  compose::EnsureImagesRequest images = images_request(options.up);
  images.services = {options.service};
  const ExecuteHow how{
      .quiet = options.quiet, .quiet_pull = options.up.quiet_pull, .quiet_build = options.up.quiet_build};
  compose::Plan pending;
  const compose::ObservedState state = ensure_images(
      session, project, images, how,
      [&](const compose::ObservedState& seen) { return compose::plan_run(project, seen, request); }, pending);
  const std::string name = compose::run_container_name(project, request);
  try {
    execute(session, joined(std::move(pending), compose::plan_run(project, state, request)), how);
    if (session.globals().dry_run) return 0;
    if (attached) return start_and_join(session, name, request);
    NullSink nobody;
    session.engine().apply(compose::StartContainer{name, name, options.service}, nobody, session.stop());
  } catch (...) {
    // Not to answer the fault, only to clear away what it would leave behind.
    discard(session, name, request);
    throw;
  }
  session.print(name + "\n");
  return 0;
}

}  // namespace

Action define_run(Arguments& arguments) {
  const auto options = std::make_shared<Options>();
  RunChanges& changes = options->changes;
  arguments.options_first();
  arguments.flag("--rm", options->remove, "remove the container when it has ended");
  arguments.flag("-d,--detach", options->detach, "leave the container running and print its name");
  arguments.list("-e,--env", changes.environment, "NAME=VALUE", "set a variable");
  arguments.list("--env-from-file", options->env_files, "FILE", "set the variables of a file").completes =
      WordKind::file;
  arguments.list("-p,--publish", changes.publish, "PORT", "publish a port, written as in a Compose file");
  arguments.flag("-P,--service-ports", changes.service_ports, "publish the ports of the file");
  arguments.value("--entrypoint", changes.entrypoint, "COMMAND", "use this entrypoint");
  arguments.value("-u,--user", changes.user, "USER", "run as this user");
  arguments.value("-w,--workdir", changes.working_dir, "DIR", "working directory");
  arguments.list("-v,--volume", changes.volumes, "MOUNT", "mount a directory or volume, written as in a Compose file");
  arguments.list("-l,--label", changes.labels, "NAME=VALUE", "set a label");
  arguments.list("--cap-add", changes.cap_add, "CAPABILITY", "add a capability");
  arguments.list("--cap-drop", changes.cap_drop, "CAPABILITY", "drop a capability");
  arguments.value("--name", options->name, "NAME", "name of the container");
  arguments.flag("--no-deps", options->up.no_dependencies, "do not start what the service depends on");
  arguments.flag("--use-aliases", options->use_aliases, "answer to the service's names in its networks");
  arguments.flag("-T,--no-tty", options->no_tty, "no terminal; the default when input or output is none");
  arguments.flag("--build", options->up.build, "build images first, also those that exist");
  arguments.value("--pull", options->up.pull, "POLICY", "pull images: always, missing, never or build");
  arguments.flag("-q,--quiet", options->quiet, "show nothing but the command's output and faults");
  arguments.flag("--quiet-pull", options->up.quiet_pull, "do not show how far pulls are");
  arguments.flag("--quiet-build", options->up.quiet_build, "do not show the output of builds");
  arguments.flag("--remove-orphans", options->up.remove_orphans,
                 "remove containers of services that the file does not have");
  arguments.flag("-i,--interactive", options->interactive, "pass input on (default true)");
  arguments.flag("-t,--tty", options->tty, "use a terminal (default true)").hidden = true;
  arguments.positional("SERVICE", options->service, WordKind::service);
  arguments.positionals("COMMAND", changes.command);
  return [options](Session& session) { return run(session, *options); };
}

}  // namespace hoist::cli

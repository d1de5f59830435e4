#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.hpp"
#include "cli/render/renderer.hpp"
#include "cli/signals.hpp"
#include "compose/base/byte_stream.hpp"
#include "compose/load/load.hpp"
#include "compose/plan/engine.hpp"

namespace hoist::cli {

/// What was given before the command.
struct GlobalOptions {
  std::vector<std::string> files;
  std::optional<std::string> project_name;
  std::optional<std::string> project_directory;
  std::vector<std::string> env_files;
  std::vector<std::string> profiles;
  std::string progress;  ///< empty = COMPOSE_PROGRESS, then auto
  std::string ansi;      ///< empty = COMPOSE_ANSI, then auto
  std::optional<int> parallel;
  bool all_resources = false;
  bool compatibility = false;
  bool dry_run = false;
  bool verbose = false;
  bool offline = false;                          ///< files that lie elsewhere are not fetched
  std::vector<std::string> insecure_registries;  ///< asked for Compose files without TLS
  bool strict = false;                           ///< what is not carried out is an error
};

/// An engine to talk to, and why that one.
struct EngineConnection {
  std::shared_ptr<compose::Engine> engine;
  std::shared_ptr<compose::ContainerAccess> containers;
  std::string address;
  std::string reason;
  /// The release of the Docker Compose beside us; empty when there is none. Asked only by who makes containers.
  std::function<std::string(std::stop_token)> compose_release = {};
  /// Where language models answer. Asked only when services use some. Errors: Error{not_found} without a program that
  /// runs models, Error{unavailable}.
  std::function<std::string(std::stop_token)> model_endpoint = {};
  /// Names of images with their digests, by name: what their registries have now. Errors: Error{bad_input} for what is
  /// no name, Error{not_found}, Error{denied} and Error{unavailable} with the registry's answer.
  std::function<std::map<std::string, std::string>(const std::vector<std::string>& images, std::stop_token)>
      pin_images = {};
  /// An agent of ours in a running container: what sync speaks with. Errors: Error{conflict} for a machine that there
  /// is no agent for; as the engine when it cannot be put there or started.
  std::function<std::unique_ptr<ByteStream>(const std::string& container, std::stop_token)> start_agent = {};
};

using Connect = std::function<EngineConnection(std::stop_token)>;

/// How files that lie elsewhere may be fetched.
struct FetchLimits {
  bool offline = false;  ///< only without the network
  std::vector<std::string> insecure_registries;
};

/// Brings a Compose file that lies elsewhere to this machine.
using Fetch = std::function<compose::RemoteFile(const compose::RemoteReference&, const FetchLimits&, std::stop_token)>;

/// What is outside of the program: tests put their own in its place.
struct Surroundings {
  Connect connect;
  Fetch fetch = {};
};

/// One run of a command: what it may ask for, made at the first asking. Nothing is read or opened before.
///
/// Thread: the command's own.
class Session {
 public:
  Session(Console& console, GlobalOptions globals, compose::StringMap environment, Surroundings surroundings);
  ~Session();

  const GlobalOptions& globals() const { return globals_; }
  const compose::StringMap& environment() const { return environment_; }
  /// A variable of the environment; nothing when unset or empty.
  std::optional<std::string> variable(const std::string& name) const;
  Console& console() { return console_; }
  const Styling& styling() const { return console_.styling(); }

  /// The shell's own name of the current directory, which may lead through links; else the real one.
  std::filesystem::path current_directory() const;
  /// The request that the global options and the environment make. `services` switch their profiles on.
  compose::LoadRequest load_request(std::vector<std::string> services = {});
  /// The project of the Compose files; warnings are printed at the first call. Later calls return the same.
  /// Errors: as compose::load, and Error{bad_input} for a service that the project does not have.
  const compose::LoadResult& load(const std::vector<std::string>& services = {});
  const compose::Project& project(const std::vector<std::string>& services = {}) { return load(services).project; }
  /// As `project`, for who makes containers: their labels are those of the Docker Compose of this machine.
  const compose::Project& project_to_make(const std::vector<std::string>& services = {});
  /// As `project`; null when there is no Compose file but a project name was given: the command then works
  /// from what the engine holds.
  const compose::Project* find_project(const std::vector<std::string>& services = {});
  std::string project_name();

  /// Errors: Error{unavailable} when no engine answers.
  compose::Engine& engine() { return *connection().engine; }
  compose::ContainerAccess& containers() { return *connection().containers; }
  const EngineConnection& connection();

  Signals& signals();
  /// Stop requested by the first Ctrl-C.
  std::stop_token stop() { return signals().first(); }

  /// Shows progress in the way that was asked for. `quiet` overrides.
  std::unique_ptr<Renderer> make_renderer(bool quiet = false);
  /// What of these attributes, which are not carried out, was not told yet, as one text under `heading`; empty when
  /// that is nothing. Errors: with `--strict` Error{bad_input} with all of them.
  std::string group_unsupported(std::vector<Diagnostic> unsupported, std::string_view heading);
  /// Tells what the load of the files has found. Errors: as group_unsupported.
  void tell_findings(const compose::LoadResult& loaded);
  /// "warning: ..." on the error stream.
  void warn(const std::string& text);
  void print(std::string_view text) { console_.write_out(text); }
  /// A yes or no question on the terminal. Precondition: `console().in_is_terminal()`.
  bool confirm(const std::string& question);

 private:
  const compose::LoadResult& load_as(const compose::LoadRequest& request);

  Console& console_;
  GlobalOptions globals_;
  compose::StringMap environment_;
  Surroundings surroundings_;
  std::optional<compose::LoadResult> loaded_;
  std::optional<EngineConnection> connection_;
  std::unique_ptr<Signals> signals_;
  std::set<std::string> told_unsupported_;
};

}  // namespace hoist::cli

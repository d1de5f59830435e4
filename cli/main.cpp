#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/console.hpp"
#include "cli/program.hpp"
#include "cli/run_main.hpp"
#include "compose/base/environment.hpp"
#include "compose/base/error.hpp"
#include "compose/base/process.hpp"
#include "remote/agent/image.hpp"
#include "remote/docker/auth.hpp"
#include "remote/docker/engine.hpp"
#include "remote/docker/models.hpp"
#include "remote/fetch/remote_files.hpp"
#include "remote/host/compose_release.hpp"
#include "remote/host/endpoint.hpp"
#include "remote/host/engine_search.hpp"

namespace {

/// A standard stream that is closed would be the next file or socket that is opened. What is written to a closed
/// output is lost and shall fail, so it is opened for reading.
void open_standard_streams() {
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) < 0) ::open("/dev/null", descriptor == STDOUT_FILENO ? O_RDONLY : O_RDWR);
  }
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_streams();
  // Sockets and pipes report a closed end by themselves; standard output is treated in Console.
  std::signal(SIGPIPE, SIG_IGN);
  // A parent that ignores it hands that on to us, and the exit codes of our children would be lost.
  std::signal(SIGCHLD, SIG_DFL);
  hoist::cli::Console console(stdin, stdout, stderr);
  return hoist::cli::run_main(console, [&console, argc, argv] {
    hoist::SystemProcessRunner processes;
    const auto connect = [&processes](std::stop_token stop) {
      const hoist::remote::EngineEndpoint endpoint = hoist::remote::find_engine(processes, stop);
      const std::shared_ptr<hoist::remote::DockerEngine> engine =
          hoist::remote::make_docker_engine(endpoint.address, processes);
      const auto compose_release = [&processes](std::stop_token until) {
        return hoist::remote::docker_compose_release(hoist::remote::plugin_search_of_this_machine(), processes,
                                                     std::move(until));
      };
      const auto model_endpoint = [&processes](std::stop_token until) {
        return hoist::remote::model_endpoint(hoist::remote::plugin_search_of_this_machine(), processes,
                                             std::move(until));
      };
      const auto pin_images = [engine](const std::vector<std::string>& images, std::stop_token until) {
        return engine->pin_images(images, std::move(until));
      };
      const auto start_agent = [engine](const std::string& container, std::stop_token until) {
        const std::string architecture = engine->info(until).architecture;
        const std::string_view image = hoist::agent::agent_image(architecture);
        if (image.empty()) {
          throw hoist::Error(hoist::ErrorCode::conflict,
                             "this hoist has no agent for machines of kind '" + architecture + "'");
        }
        const std::string user = engine->inspect(container, until).user;
        return engine->run_injected(container, {image, hoist::agent::agent_path(image), {"sync", user}},
                                    std::move(until));
      };
      return hoist::cli::EngineConnection{engine,          engine,          endpoint.address.to_string(),
                                          endpoint.reason, compose_release, model_endpoint,
                                          pin_images,      start_agent};
    };
    const auto login = [&processes](const std::string& registry,
                                    std::stop_token stop) -> std::optional<hoist::remote::RegistryLogin> {
      hoist::remote::CredentialStore store(processes, hoist::remote::docker_config_directory());
      const auto found = store.find(registry, std::move(stop));
      if (!found) return std::nullopt;
      return hoist::remote::RegistryLogin{found->username, found->password, found->identity_token};
    };
    const auto fetch = [&processes, login](const hoist::compose::RemoteReference& reference,
                                           const hoist::cli::FetchLimits& limits, std::stop_token stop) {
      const hoist::remote::EngineSearch machine = hoist::remote::search_of_this_machine();
      return hoist::remote::fetch_remote_file(reference,
                                              {.environment = machine.environment,
                                               .home = machine.home,
                                               .offline = limits.offline,
                                               .login = login,
                                               .insecure_registries = limits.insecure_registries},
                                              processes, std::move(stop));
    };
    return hoist::cli::run_program(console, std::vector<std::string>(argv + 1, argv + argc),
                                   hoist::process_environment(), {connect, fetch});
  });
}

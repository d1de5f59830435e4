#include "remote/docker/api_socket.hpp"

#include <algorithm>
#include <memory>
#include <string>

#include "remote/docker/auth.hpp"

namespace hoist::remote {

compose::Definition with_credentials(compose::Definition service, ProcessRunner& processes, std::stop_token stop) {
  if (!service || std::ranges::none_of(service->files, &compose::ContainerFile::credentials)) return service;
  CredentialStore store(processes, docker_config_directory());
  const std::string content = store.config_file(std::move(stop));
  auto filled = std::make_shared<compose::Service>(*service);
  for (compose::ContainerFile& file : filled->files) {
    if (file.credentials) file.content = content;
  }
  return filled;
}

}  // namespace hoist::remote

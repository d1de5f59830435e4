#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "compose/base/process.hpp"
#include "compose/plan/engine.hpp"
#include "remote/docker/injected.hpp"
#include "remote/http/client.hpp"

namespace hoist::remote {

/// The Engine port over the Docker Engine API: Docker 20.10 to 28, Podman 4.3, anything that speaks it.
class DockerEngine : public compose::Engine, public compose::ContainerAccess {
 public:
  /// Names of images with the digests that their registries have; see digests.hpp. Thread and errors: as there.
  virtual std::map<std::string, std::string> pin_images(const std::vector<std::string>& images,
                                                        std::stop_token stop) = 0;
  /// A program of ours in a running container; see injected.hpp. The engine must outlive the stream.
  virtual std::unique_ptr<ByteStream> run_injected(const std::string& container, const InjectedProgram& program,
                                                   std::stop_token stop) = 0;
};

/// An engine at `address`. Nothing is sent before the first call; the API version is negotiated then.
/// `processes` runs credential helpers and `docker buildx`; it must outlive the engine.
std::unique_ptr<DockerEngine> make_docker_engine(HttpEndpoint address, ProcessRunner& processes);

}  // namespace hoist::remote

#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "compose/base/byte_stream.hpp"
#include "remote/docker/client.hpp"

namespace hoist::remote {

/// A program of ours that runs in a container whatever its image holds.
struct InjectedProgram {
  std::string_view bytes;  ///< an executable without needs
  std::string path;        ///< absolute, in the container's root directory: a name that stands for just these bytes
  std::vector<std::string> arguments;
};

/// Puts the program into a running container, unless it is there, and starts it as root; its input and output are the
/// stream. It ends when the stream is closed. The client must outlive it.
///
/// What it says on its error stream, or the engine in its place, is the text of the Error{failed} that a read ends
/// with. Errors: Error{not_found}, Error{denied} for a container that is read-only, Error{conflict} for one that does
/// not run, Error{unavailable}, Error{cancelled}.
std::unique_ptr<ByteStream> run_injected(DockerClient& client, const std::string& container,
                                         const InjectedProgram& program, std::stop_token stop);

}  // namespace hoist::remote

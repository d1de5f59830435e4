#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hoist::remote {

/// What decides which images a Dockerfile takes from elsewhere.
struct DockerfileRequest {
  std::string target;                       ///< stage to build; empty = the last
  std::map<std::string, std::string> args;  ///< build arguments that have a value
};

/// The images that building `dockerfile` needs: bases, sources of COPY and of mounts, the frontend that a `#
/// syntax` line names. Only those of stages that the target needs; sorted, without those that only the build
/// can name.
///
/// Source: Dockerfile reference (parser directives, ARG, FROM, COPY --from, RUN --mount, here-documents).
std::vector<std::string> images_of_dockerfile(std::string_view dockerfile, const DockerfileRequest& request);

}  // namespace hoist::remote

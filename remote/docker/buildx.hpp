#pragma once

#include <stop_token>
#include <string>

#include "compose/base/process.hpp"
#include "compose/plan/plan.hpp"
#include "remote/docker/build_progress.hpp"
#include "remote/docker/build_source.hpp"

namespace hoist::remote {

/// The call of `docker buildx build` that makes the image. No secret and no build argument's value is in its
/// argv unless the tools themselves would read the argument from the environment.
ProcessRequest buildx_request(const compose::BuildImage& build, const BuildSource& source,
                              const std::string& engine_address);

/// Throws unless `docker buildx` can be run. `why` completes "this build needs ...".
/// Errors: Error{not_found} that says what to install.
void require_buildx(ProcessRunner& processes, const std::string& why, std::stop_token stop);

/// True when `docker buildx` can be run.
bool has_buildx(ProcessRunner& processes, std::stop_token stop);

/// Builds with `docker buildx build` and loads the result into the engine. Returns the program's exit status.
ExitStatus run_buildx(ProcessRunner& processes, const ProcessRequest& request, BuildProgress& progress,
                      std::stop_token stop);

}  // namespace hoist::remote

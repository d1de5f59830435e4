#pragma once

#include <string>
#include <vector>

#include "compose/model/project.hpp"
#include "compose/plan/engine.hpp"
#include "compose/plan/observed.hpp"
#include "compose/plan/plan.hpp"

namespace hoist::compose {

/// What `plan_up` and the image plans must know of an engine: one request for the whole project.
ObserveRequest observe_request(const Project& project);

/// Which images `up`, `create` and `run` need before containers are made.
struct EnsureImagesRequest {
  enum class Build { when_missing, always, never };

  std::vector<std::string> services;  ///< empty = all
  bool dependencies = true;           ///< and what they depend on
  Build build = Build::when_missing;
  std::string pull;  ///< --pull: "always", "missing", "never", "build"; empty = each service's own policy
};
/// Pulls and builds what is not there or was asked to be made anew. Empty when nothing is to do.
/// Errors: Error{not_found} for an image that is not there and may neither be pulled nor built;
/// Error{bad_input} for an unknown service or policy.
Plan plan_ensure_images(const Project& project, const ObservedState& observed, const EnsureImagesRequest& request);

struct BuildRequest {
  std::vector<std::string> services;  ///< empty = all that have `build`
  bool dependencies = false;          ///< --with-dependencies
  bool no_cache = false;
  bool pull = false;
  StringMap args;  ///< --build-arg
  bool push = false;
};
/// Errors: Error{bad_input} for an unknown service; a named service without `build` is a warning.
Plan plan_build(const Project& project, const BuildRequest& request);

struct PullRequest {
  std::vector<std::string> services;  ///< empty = all
  bool dependencies = false;          ///< --include-deps
  bool ignore_buildable = false;
  bool ignore_failures = false;
  std::string policy;  ///< "missing" or "always"; empty = always
};
Plan plan_pull(const Project& project, const ObservedState& observed, const PullRequest& request);

struct PushRequest {
  std::vector<std::string> services;  ///< empty = all
  bool dependencies = false;          ///< --include-deps
  bool ignore_failures = false;
};
/// Pushes images of services that have `build` and `image`; others are a warning.
Plan plan_push(const Project& project, const PushRequest& request);

}  // namespace hoist::compose

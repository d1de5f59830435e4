#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/execute.hpp"
#include "compose/plan/plan_images.hpp"
#include "compose/plan/plan_up.hpp"

namespace hoist::cli {

class Session;

/// What `up`, `create` and, of the images, `run` share.
struct UpOptions {
  bool build = false;
  bool no_build = false;
  std::string pull;
  bool quiet_pull = false;
  bool quiet_build = false;
  bool force_recreate = false;
  bool no_recreate = false;
  bool always_recreate_dependencies = false;
  bool renew_volumes = false;
  bool no_dependencies = false;
  bool remove_orphans = false;
  bool yes = false;
  bool lines = false;  ///< no live view, since other output is printed meanwhile
  std::vector<std::string> scale;
  std::optional<int> timeout;
  std::vector<std::string> services;
};

/// Declares what `create` and `up` have in common.
void declare_create_options(Arguments& arguments, UpOptions& options);

/// Errors: Error{bad_input} for options that contradict each other.
void check_conflicts(const UpOptions& options);

/// The requests that the options mean. Errors: Error{bad_input} for a wrong --scale.
compose::UpRequest up_request(Session& session, const UpOptions& options);
compose::EnsureImagesRequest images_request(const UpOptions& options);

/// What an `up` did before it waits or follows.
struct UpResult {
  bool changed = false;
  compose::ObservedState before;
};

/// Brings the project to what its file says: images first, then the rest. `limit_seconds` bounds the latter.
UpResult bring_up(Session& session, const compose::Project& project, const UpOptions& options,
                  const compose::UpRequest& request, std::optional<int> limit_seconds = std::nullopt);

/// What shall be done once the images are there.
using ThenPlan = std::function<compose::Plan(const compose::ObservedState&)>;

/// Pulls and builds what `request` needs, after a look at what comes `then`. Returns what the engine holds afterwards,
/// and in `pending` the plan that a dry run has not carried out.
compose::ObservedState ensure_images(Session& session, const compose::Project& project,
                                     const compose::EnsureImagesRequest& request, const ExecuteHow& how,
                                     const ThenPlan& then, compose::Plan& pending);

/// "{'web': 3}" of {"web=3"}. Errors: Error{bad_input}.
std::map<std::string, int> parse_scale(const std::vector<std::string>& words);

}  // namespace hoist::cli

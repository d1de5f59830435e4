#pragma once

#include <set>
#include <stop_token>
#include <string>

#include "cli/up_options.hpp"
#include "compose/model/project.hpp"

namespace hoist::cli {

class Session;

struct WatchRequest {
  std::set<std::string> services;  ///< that are watched; each has rules
  UpOptions up;                    ///< how they were brought up, and are again
};

/// Carries edits into containers and does what the rules say, until a stop is requested. What goes wrong is told and
/// tried again; nothing but a stop or an engine that is gone ends it.
///
/// Thread: may be another than the session's owner as long as that one only follows output.
/// Errors: as Engine.
void watch_services(Session& session, const compose::Project& project, const WatchRequest& request,
                    std::stop_token stop);

/// Those of `selected` that have rules. Errors: Error{bad_input} for rules that ask for what cannot be.
std::set<std::string> watched_services(const compose::Project& project, const std::set<std::string>& selected);

}  // namespace hoist::cli

#pragma once

#include <set>
#include <stop_token>
#include <string>

#include "compose/model/project.hpp"

namespace hoist::cli {

class Session;

struct WatchRequest {
  std::set<std::string> services;  ///< that are watched; each has rules
  bool quiet_build = false;
};

/// Carries edits into containers and does what the rules say, until a stop is requested. What goes wrong is told and
/// tried again; nothing but a stop, an engine that is gone or a tree that cannot be read at all ends it.
///
/// Thread: may be another than the session's owner as long as that one only follows output.
/// Errors: as Engine, from the first look at the containers.
void watch_services(Session& session, const compose::Project& project, const WatchRequest& request,
                    std::stop_token stop);

/// Those of `selected` that have rules.
std::set<std::string> watched_services(const compose::Project& project, const std::set<std::string>& selected);

}  // namespace hoist::cli

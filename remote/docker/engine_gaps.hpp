#pragma once

#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/plan/plan.hpp"
#include "remote/docker/api_version.hpp"

namespace hoist::remote {

/// What decides which attributes an engine carries out.
struct EngineTraits {
  ApiVersion api;
  bool podman = false;
  bool windows = false;
  /// What its kernel does not limit, by the names of `GET /info`: "SwapLimit", "Swappiness"...
  std::set<std::string> kernel_lacks = {};
};

/// The attributes of a plan's services, builds and networks that the engine does not carry out and that are therefore
/// left out of what it is told: each once, with its place and the reason. Pure.
std::vector<Diagnostic> find_engine_gaps(const compose::Plan& plan, const EngineTraits& traits);

/// Whether `find_engine_gaps` must know `kernel_lacks` for this plan.
bool asks_for_kernel(const compose::Plan& plan);

/// `kernel_lacks` from the answer to `GET /info`.
std::set<std::string> kernel_lacks(const nlohmann::json& info);

}  // namespace hoist::remote

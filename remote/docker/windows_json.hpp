#pragma once

#include <nlohmann/json_fwd.hpp>

#include "compose/model/service.hpp"

namespace hoist::remote {

/// Puts what only containers of Windows have into a body of POST /containers/create: isolation, shares of processors
/// and the managed account. Pure.
void adapt_to_windows(nlohmann::json& body, const compose::Service& service);

}  // namespace hoist::remote

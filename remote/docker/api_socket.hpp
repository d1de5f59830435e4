#pragma once

#include <stop_token>

#include "compose/base/process.hpp"
#include "compose/plan/plan.hpp"

namespace hoist::remote {

/// The service with this machine's credentials in the files that are to hold them; itself where there is none.
/// Errors: as CredentialStore.
compose::Definition with_credentials(compose::Definition service, ProcessRunner& processes, std::stop_token stop);

}  // namespace hoist::remote

#pragma once

#include "sync/core/ignore.hpp"
#include "sync/wire/messages.hpp"

namespace hoist::sync {

/// What both ends of a session leave alone. Errors: Error{bad_input} for a list that is none.
IgnoreRules rules_of(const wire::Hello& hello);

}  // namespace hoist::sync

#pragma once

#include "sync/core/tree.hpp"

namespace hoist::sync {

/// What two sides that never met are taken to have agreed on when the user's side shall count: of `beta` what `alpha`
/// has at the same path and of the same kind. So alpha's content replaces it without a conflict, and what only beta has
/// stays beta's own.
Tree common_ground(const Tree& alpha, const Tree& beta);

}  // namespace hoist::sync

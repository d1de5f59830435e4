#pragma once

#include <optional>
#include <stop_token>

#include "compose/base/byte_stream.hpp"
#include "sync/disk/apply.hpp"

namespace hoist::sync {

/// Serves one session at the far end of `stream`: what its Hello asks for, until the other end closes. A root that is
/// missing is made. What is made belongs to the owner that the Hello names, else to `usual_owner`, else to who runs
/// this.
///
/// What it cannot do it says: a step's fault is an answer, a fault of its own (no such root, another version, a broken
/// stream) is a Fault message and the end. Errors: Error{cancelled}; Error{unavailable} when the stream breaks.
void serve_session(ByteStream& stream, const std::stop_token& stop, std::optional<Owner> usual_owner = std::nullopt);

}  // namespace hoist::sync

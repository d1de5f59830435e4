#pragma once

#include <stop_token>

#include "compose/base/byte_stream.hpp"

namespace hoist::sync {

/// Serves one session at the far end of `stream`: what its Hello asks for, until the other end closes.
///
/// What it cannot do it says: a step's fault is an answer, a fault of its own (no such root, another version, a broken
/// stream) is a Fault message and the end. Errors: Error{cancelled}; Error{unavailable} when the stream breaks.
void serve_session(ByteStream& stream, const std::stop_token& stop);

}  // namespace hoist::sync

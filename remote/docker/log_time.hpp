#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace hoist::remote {

/// A person's time as the engine's log request wants it: "1700000000.000000000". `text` is a duration before
/// `now`
/// ("10m", "1h30m", "1.5s"), seconds since 1970 ("1700000000", "1700000000.5"), or RFC 3339 in whole or in
/// part
/// ("2026-11-24", "2026-11-24T09:00", "2026-11-24T09:00:00.5+01:00"; local time where no zone is given).
/// Errors: Error{bad_input} for any other text.
std::string engine_log_time(std::string_view text, std::chrono::system_clock::time_point now);

}  // namespace hoist::remote

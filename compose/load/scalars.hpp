#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compose/model/service.hpp"

namespace hoist::compose {

/// A Go-style duration ("1h30m", "1.5s") with days and weeks; a bare number other than 0 is refused.
/// Errors: Error{bad_input}. The caller adds the place.
Nanoseconds parse_duration(std::string_view text);

/// The span as Go prints it: "1m30s", "1.001s", "0s".
std::string format_duration(Nanoseconds span);

/// A size with an optional unit (b, k, kb, kib, m ... p; powers of 1024, any case); "-1" = no limit.
/// Errors: Error{bad_input}.
Bytes parse_bytes(std::string_view text);

/// The words of a command as a shell splits them: quotes and backslashes removed, nothing expanded, cut at the
/// first unquoted `;`, `&`, `|`, `<` or `>`.
/// Errors: Error{bad_input} for an open quote.
/// Source: compose-go's shellwords, which Docker Compose uses.
std::vector<std::string> split_command(std::string_view text);

/// "host=address" for each address of "host:address", "host=address" or "host=a,b"; brackets around IPv6 go.
/// Errors: Error{bad_input}.
std::vector<std::string> parse_extra_host(std::string_view text);

}  // namespace hoist::compose

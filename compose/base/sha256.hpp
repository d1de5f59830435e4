#pragma once

#include <string>
#include <string_view>

namespace hoist {

/// The SHA-256 of `data` as 64 lower-case hex digits.
/// Source: FIPS 180-4, as libnettle computes it.
std::string sha256_hex(std::string_view data);

}  // namespace hoist

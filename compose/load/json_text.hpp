#pragma once

#include <string>
#include <string_view>

namespace hoist::compose {

/// `text` as a JSON string with its quotes, byte for byte as Go's encoding/json writes it: `<`, `>` and `&`
/// as \u003c, \u003e and \u0026, bytes that are not UTF-8 as \ufffd. Configuration hashes depend on it.
std::string json_string(std::string_view text);

}  // namespace hoist::compose

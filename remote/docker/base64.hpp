#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hoist::remote {

/// `bytes` in base64 with padding.
std::string encode_base64(std::string_view bytes);

/// `bytes` in the URL-safe alphabet with padding, as Docker's X-Registry headers want it.
std::string encode_base64_url(std::string_view bytes);

/// What `text` stands for, in either alphabet, with or without padding; nothing when it is not base64.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace hoist::remote

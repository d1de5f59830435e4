#pragma once

#include <string_view>

namespace hoist::compose {

/// True for a plain scalar that YAML 1.1 reads as a moment: "2001-12-14", "2001-12-14T21:59:43.10-05:00",
/// "2001-12-14 21:59:43.10". Source: go-yaml v3, which wants a zone after `T`, none after a space, and a day that
/// exists.
bool is_timestamp(std::string_view text);

}  // namespace hoist::compose

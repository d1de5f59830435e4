#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace hoist::compose {

/// The value of a variable; nothing = not set.
using VariableLookup = std::function<std::optional<std::string>(std::string_view name)>;

/// `text` with its variables put in: $V, ${V}, ${V:-default}, ${V-default}, ${V:?message}, ${V?message},
/// ${V:+other}, ${V+other}, nested, and $$ for a dollar. Defaults and messages are looked at only when needed.
///
/// `on_missing` hears of each plain variable that is not set; an empty text stands for it.
/// Errors: Error{bad_input} for a malformed `${`, for a required variable without a value, and for a text that grows by
/// more than 1 MiB (variables that hold themselves twice double it each time).
/// Source: Compose Specification, Interpolation.
std::string substitute(std::string_view text, const VariableLookup& lookup,
                       const std::function<void(std::string_view name)>& on_missing);

}  // namespace hoist::compose

#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compose/load/node.hpp"

namespace hoist::compose {

/// What texts say of one variable.
struct VariableUse {
  std::string name;
  std::optional<std::string> default_value;  ///< of ${V:-default} and ${V-default}
  std::string alternate_value;               ///< of ${V:+other} and ${V+other}
  bool required = false;                     ///< ${V:?message} or ${V?message}
  bool default_if_empty = false;             ///< ${V:-default}: it stands in for an empty value too

  bool operator==(const VariableUse&) const = default;
};

/// Whether the default of `use` stands in for a variable that has this value.
bool takes_default(const VariableUse& use, const std::optional<std::string>& value);

/// The variables of a text in the order of writing, those in defaults, other values and messages after the one that has
/// these. What is malformed is passed over: interpolation reports it.
std::vector<VariableUse> variables_in(std::string_view text);

/// The variables of all values of a document that has not been interpolated, by name. One that is used several times is
/// required as soon as one use requires it, and has the first default and the first alternate value that is given.
/// Source: Docker Compose, `config --variables`.
std::map<std::string, VariableUse> variables_of(const Node& document);

}  // namespace hoist::compose

#pragma once

#include <string>

#include "compose/load/explain.hpp"

namespace hoist::cli {

/// The history of a value for a person: the value, then a line for each step, oldest first, with its place in front.
std::string explanation_text(const compose::Explanation& explanation);

/// The same as JSON: {"path", "value", "steps": [{"kind", "file", "line", "column", "value", "written", "variables",
/// "reasons", "phase"}]}. What a step has not is left out.
std::string explanation_json(const compose::Explanation& explanation);

}  // namespace hoist::cli

#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/load/node.hpp"
#include "compose/load/substitute.hpp"

namespace hoist::compose {

/// What a text at some path becomes after interpolation.
enum class Cast { none, boolean, integer, number };

/// The cast for a path; parts of lists are "[]".
using CastLookup = std::function<Cast(std::span<const std::string_view> path)>;

struct Interpolation {
  VariableLookup lookup;
  std::vector<Diagnostic>* diagnostics = nullptr;  ///< errors and warnings go here, with their places
};

/// Puts variables into all values of a document (never into keys) and casts texts where the language wants
/// a boolean or a number. A variable that is not set is warned of once.
/// Source: Compose Specification, Interpolation; compose-go's interpolation for the casts.
void interpolate(Node& document, const Interpolation& interpolation, const CastLookup& cast_of);

}  // namespace hoist::compose

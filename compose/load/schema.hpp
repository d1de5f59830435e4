#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/load/interpolate.hpp"
#include "compose/load/node.hpp"

namespace hoist::compose {

/// What the text at a path is cast to after interpolation; parts of lists are "[]", keys are the real ones.
/// Source: compose-go's loader, the type casts of interpolation.
Cast cast_at(std::span<const std::string_view> path);

/// Appends all that is wrong with the form of a document: unknown attributes, wrong kinds, missing keys,
/// wrong words, bad names. The document is merged and in the short or the long form. Each finding has its
/// place and path. Source: Compose Specification, the JSON schema that compose-go carries (June 2026).
void check_schema(const Node& document, std::vector<Diagnostic>& findings);

/// Appends a warning of the obsolete `version`.
void warn_obsolete(const Node& document, std::vector<Diagnostic>& findings);

/// Appends what is valid but not carried out on any engine, each with its place and the reason. Extensions (`x-`) are
/// never told.
void find_unsupported(const Node& document, std::vector<Diagnostic>& findings);

/// All that `find_unsupported` can tell, sorted: "services.*.deploy.placement", "services.*.deploy.mode=replicated"
/// when everything but that word is meant.
std::vector<std::string> unsupported_attributes();

}  // namespace hoist::compose

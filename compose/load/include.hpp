#pragma once

#include <string>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/load/node.hpp"
#include "compose/load/paths.hpp"
#include "compose/model/remote_reference.hpp"
#include "compose/model/service.hpp"

namespace hoist::compose {

/// One entry of `include`: a project whose resources become part of this one.
struct Include {
  std::vector<std::string> files;      ///< absolute, in the order of merging
  std::string directory;               ///< absolute: what its paths are relative to
  std::vector<std::string> env_files;  ///< absolute
  SourceLocation location;
  std::string path;  ///< "include[0]"
};

/// The entries of `include`, which is taken out of the document; files that lie elsewhere are fetched. Malformed
/// entries and files that cannot be had are reported. Wants variables to be in. `base`: that of the document. Errors:
/// Error{cancelled} of `fetch`. Source: Compose Specification, include.
std::vector<Include> take_includes(Node& document, const PathBase& base, const FetchRemote& fetch,
                                   std::vector<Diagnostic>& findings);

/// The variables of an included project: those of `parent`, then those of its own env files.
/// Errors: Error{bad_input} with file and line.
StringMap include_environment(const Include& include, const StringMap& parent);

/// Gives variables of services that have no value (`environment: [NAME]`) that of `environment`.
void fill_environment(Node& document, const StringMap& environment);

/// Puts the services, networks, volumes, secrets, configs and models of an included project into a document;
/// what the document says of the same names is merged over them, with findings as `merge_into` has them.
void import_resources(Node& document, Node included, std::vector<Diagnostic>& findings);

}  // namespace hoist::compose

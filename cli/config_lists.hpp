#pragma once

#include <string>
#include <string_view>

#include "compose/load/load.hpp"

/// The parts of a project that `config` prints instead of the whole; names are sorted, one on a line.
namespace hoist::cli {

/// The names in a section of the file; found in the tree, which is there without interpolation too.
std::string names_in(const compose::LoadResult& loaded, std::string_view section);

/// What models run: the `model` of each, in the order of their keys.
std::string models_text(const compose::LoadResult& loaded);

/// "web 0f3c...": for the services in `list`, which is "*" or names with commas between.
/// Errors: Error{bad_input} for a service that the project does not have.
std::string hashes_text(const compose::Project& project, const std::string& list);

/// "NAME=value" for each variable that the files may use.
std::string environment_text(const compose::Project& project);

/// The profiles of all services, those that are switched off too.
std::string profiles_text(const compose::Project& project);

/// The image of each service, in the order of the services' names, followed by those of its `pre_start` hooks that have
/// another one. Source: Docker Compose, `config --images`.
std::string images_text(const compose::LoadResult& loaded);

/// What a tree without interpolation says of its variables, as Docker Compose prints it: a table, or a mapping by name
/// with `format` "json" or "yaml".
std::string variables_text(const compose::Node& tree, std::string_view format);

}  // namespace hoist::cli

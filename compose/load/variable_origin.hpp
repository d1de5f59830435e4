#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compose/base/source_location.hpp"
#include "compose/load/load.hpp"

namespace hoist::compose {

/// What a variable stood for when files were read, and who says so.
struct VariableOrigin {
  enum class Source { unset, shell, file, project_name, default_value };

  std::string name;
  std::optional<std::string> value;
  Source source = Source::unset;
  SourceLocation location;    ///< of the line in the file
  std::string default_value;  ///< as written, where that is the source: then `value` is nothing or empty

  bool operator==(const VariableOrigin&) const = default;
};

/// Where the value that `environment` has of a variable comes from: the shell of the request, or one of `files` of
/// variables, which are in the order of reading. Files that cannot be read are passed over.
VariableOrigin origin_of(const std::string& name, const StringMap& environment, const std::vector<std::string>& files,
                         const LoadRequest& request);

/// The value that a file of variables gives `name`; nothing where it gives none. `environment` is for variables in it;
/// `raw`: it is in the format of parse_env_raw. Errors: as parse_dotenv.
std::optional<std::string> value_in_file(const std::string& text, const std::string& name, const StringMap& environment,
                                         bool raw = false);

/// The line of a file of variables that gives `name` its value, the last where there are several; 0 = none.
int line_of_variable(const std::string& text, const std::string& name);

}  // namespace hoist::compose

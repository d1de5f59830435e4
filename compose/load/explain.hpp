#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compose/load/load.hpp"
#include "compose/load/tree_path.hpp"
#include "compose/load/variable_origin.hpp"

namespace hoist::compose {

/// One thing that made a value what it is.
struct ExplainStep {
  enum class Kind {
    set,         ///< said for the first time
    replaced,    ///< said anew, in the place of what was
    merged,      ///< said, and put together with what was
    removed,     ///< taken away by `!reset`, or by `phase`
    overridden,  ///< taken away by `!override`, for what follows
    implied,     ///< said nowhere: `phase` put it there
    changed,     ///< `phase` put it into another form
  };
  /// Who wanted the file or the service that says it.
  struct Reason {
    std::string extended;  ///< the service that was extended; empty = the file was included
    SourceLocation location;

    bool operator==(const Reason&) const = default;
  };

  Kind kind = Kind::set;
  SourceLocation location;    ///< where it is said; not known where no file says it
  std::optional<Node> value;  ///< what it was from then on; nothing = taken away
  std::string written;        ///< the text in the file, with its variables; empty = as the value is
  std::vector<VariableOrigin> variables;
  std::vector<Reason> reasons;  ///< from the project's own files on; empty = one of the project's own files
  std::string phase;            ///< of README.md; empty = a file says it

  bool operator==(const ExplainStep&) const = default;
};

struct Explanation {
  TreePath path;
  std::optional<Node> value;       ///< nothing = it was taken away in the end
  std::vector<ExplainStep> steps;  ///< oldest first
};

/// Where the value at `path` of the loaded tree comes from. Reads the files twice. Wants interpolation.
/// Errors: as `load`, and Error{bad_input} with the nearest right name when no file says such a value or
/// `path` is empty.
Explanation explain(const LoadRequest& request, std::string_view path);

/// "set", "replaced" ...
std::string_view to_string(ExplainStep::Kind kind);

}  // namespace hoist::compose

#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "compose/base/source_location.hpp"

namespace hoist {

/// One code per reaction that a caller has, not per cause.
enum class ErrorCode {
  bad_input,    ///< wrong use or an invalid file: exit code 2, nothing was touched
  not_found,    ///< the named thing does not exist
  conflict,     ///< something else holds what is needed (name, port, in use)
  denied,       ///< credentials or permissions
  unavailable,  ///< the other end does not answer: trying again later may help
  timed_out,
  cancelled,  ///< a stop was requested: exit code 130
  failed,     ///< the operation was tried and ended badly (exit code, build error)
};

/// One finding in a file: what is wrong, where, and what to do about it.
struct Diagnostic {
  enum class Severity { warning, error };

  Severity severity = Severity::error;
  SourceLocation location;
  std::string path;     ///< attribute path, "services.web.ports[0]"; may be empty
  std::string message;  ///< lower case, the thing in quotes
  std::string hint;     ///< "did you mean 'db'?"; may be empty

  bool operator==(const Diagnostic&) const = default;

  /// "compose.yaml:12:9: services.web.depends_on: unknown service 'dbb'; did you mean 'db'?"
  std::string to_string() const;
};

/// The one exception type for faults. `what()` is the whole first line that a user reads.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, std::string message);
  /// Many findings at once; `diagnostics` must hold at least one error.
  explicit Error(std::vector<Diagnostic> diagnostics);

  ErrorCode code() const { return code_; }
  /// What to do next; printed on a line of its own. Empty = nothing to add.
  const std::string& hint() const { return hint_; }
  /// What was being done, innermost first.
  const std::vector<std::string>& trace() const { return trace_; }
  /// All findings when the fault is an invalid file, else empty.
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }
  const SourceLocation& location() const { return location_; }

  Error& with_hint(std::string hint);
  Error& at(SourceLocation location);
  Error& while_doing(std::string what);

  const char* what() const noexcept override { return text_.c_str(); }

 private:
  ErrorCode code_;
  std::string text_;
  std::string hint_;
  std::vector<std::string> trace_;
  std::vector<Diagnostic> diagnostics_;
  SourceLocation location_;
};

/// The name of a code, for JSON output and logs: "bad_input".
std::string_view to_string(ErrorCode code);

}  // namespace hoist

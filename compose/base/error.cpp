#include "compose/base/error.hpp"

#include <fmt/format.h>

#include <utility>

namespace hoist {

std::string SourceLocation::to_string() const {
  if (!file) return {};
  if (line == 0) return *file;
  return column == 0 ? fmt::format("{}:{}", *file, line) : fmt::format("{}:{}:{}", *file, line, column);
}

std::string Diagnostic::to_string() const {
  std::string out;
  if (location.known()) out += location.to_string() + ": ";
  if (!path.empty()) out += path + ": ";
  out += message;
  if (!hint.empty()) out += "; " + hint;
  return out;
}

Error::Error(ErrorCode code, std::string message)
    : std::runtime_error(message), code_(code), text_(std::move(message)) {}

Error::Error(std::vector<Diagnostic> diagnostics)
    : std::runtime_error("invalid input"), code_(ErrorCode::bad_input), diagnostics_(std::move(diagnostics)) {
  for (const Diagnostic& d : diagnostics_) {
    if (d.severity != Diagnostic::Severity::error) continue;
    text_ = d.to_string();
    location_ = d.location;
    break;
  }
}

Error& Error::with_hint(std::string hint) {
  hint_ = std::move(hint);
  return *this;
}

Error& Error::at(SourceLocation location) {
  location_ = std::move(location);
  if (location_.known()) text_ = fmt::format("{}: {}", location_.to_string(), std::runtime_error::what());
  return *this;
}

Error& Error::while_doing(std::string what) {
  trace_.push_back(std::move(what));
  return *this;
}

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::bad_input:
      return "bad_input";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::conflict:
      return "conflict";
    case ErrorCode::denied:
      return "denied";
    case ErrorCode::unavailable:
      return "unavailable";
    case ErrorCode::timed_out:
      return "timed_out";
    case ErrorCode::cancelled:
      return "cancelled";
    case ErrorCode::failed:
      return "failed";
  }
  return "unknown";
}

}  // namespace hoist

#include "cli/config_errors.hpp"

#include <cstdint>
#include <utility>

#include "compose/load/render.hpp"

namespace hoist::cli {
namespace {

using compose::Node;

Node to_node(const Diagnostic& finding) {
  Node object(Node::Mapping{});
  object.set("severity", finding.severity == Diagnostic::Severity::error ? "error" : "warning");
  if (finding.location.known()) object.set("file", *finding.location.file);
  if (finding.location.line > 0) object.set("line", std::int64_t{finding.location.line});
  if (finding.location.column > 0) object.set("column", std::int64_t{finding.location.column});
  if (!finding.path.empty()) object.set("path", finding.path);
  object.set("message", finding.message);
  if (!finding.hint.empty()) object.set("hint", finding.hint);
  return object;
}

}  // namespace

std::string errors_json(const Error& error) {
  Node::Sequence errors;
  for (const Diagnostic& finding : error.diagnostics()) errors.push_back(to_node(finding));
  if (errors.empty()) {
    errors.push_back(
        to_node({.location = error.location(), .message = error.std::runtime_error::what(), .hint = error.hint()}));
  }
  return compose::to_json(Node(Node::Mapping{{"errors", Node(std::move(errors)), {}}}));
}

}  // namespace hoist::cli

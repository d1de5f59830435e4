#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/load/node.hpp"

namespace hoist::compose {

/// The YAML documents of a file, anchors, aliases and `<<` resolved, every key a text, every node with its place.
///
/// Empty documents between others are left out. Tags that nobody knows have no effect; they are told in `warnings`.
/// Errors: Error{bad_input} with all findings: syntax, duplicate keys, tabs as indentation, unknown aliases,
/// more than 500 000 values or 64 MiB of text once they are expanded, depth, a top level that is no mapping, nothing at
/// all. Source: YAML 1.2 core schema with what go-yaml v3 keeps of 1.1 (octal 010, 0b, underscores, `<<`).
std::vector<Node> parse_documents(std::string_view text, std::shared_ptr<const std::string> file,
                                  std::vector<Diagnostic>* warnings = nullptr);

/// A plain (unquoted) scalar as YAML types it: null, boolean, integer, number or string.
Node plain_scalar(std::string_view text, SourceLocation where = {});

}  // namespace hoist::compose

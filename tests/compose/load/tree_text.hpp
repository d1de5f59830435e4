#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compose/load/parse.hpp"
#include "compose/load/render.hpp"

namespace hoist::compose {

/// The first document of a YAML text.
inline Node tree_of(const std::string& yaml) {
  return parse_documents(yaml, std::make_shared<const std::string>("compose.yaml")).at(0);
}

/// One spelling for equal trees, readable when a check fails.
inline std::string spelled(const std::string& yaml) {
  return to_yaml(tree_of(yaml));
}

/// A tree on one line, its members in their order.
inline std::string flow(const Node& node) {
  if (node.is_null()) return "~";
  if (node.is_scalar()) return node.scalar_text();
  std::string text;
  if (node.is_sequence()) {
    for (const Node& item : node.items()) text += (text.empty() ? "" : ", ") + flow(item);
    return "[" + text + "]";
  }
  for (const Member& member : node.members()) {
    text += (text.empty() ? "" : ", ") + member.key + ": " + flow(member.value);
  }
  return "{" + text + "}";
}

inline std::vector<std::string> lines_of(const std::vector<Diagnostic>& findings) {
  std::vector<std::string> lines;
  for (const Diagnostic& finding : findings) lines.push_back(finding.to_string());
  return lines;
}

}  // namespace hoist::compose

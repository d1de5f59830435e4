#include "compose/load/rule_tree.hpp"

#include <fmt/format.h>

#include "compose/base/text.hpp"

namespace hoist::compose {

std::string Visit::path() const {
  std::string text;
  for (const auto& [key, index] : steps_) {
    if (key.data() == nullptr) {
      text += fmt::format("[{}]", index);
      continue;
    }
    if (!text.empty()) text += '.';
    text += key;
  }
  return text;
}

void Visit::fail(const Node& at, std::string message, std::string hint) {
  report(Diagnostic::Severity::error, at, std::move(message), std::move(hint));
}

void Visit::warn(const Node& at, std::string message, std::string hint) {
  report(Diagnostic::Severity::warning, at, std::move(message), std::move(hint));
}

void Visit::report(Diagnostic::Severity severity, const Node& at, std::string message, std::string hint) {
  findings_.push_back({severity, at.location, path(), std::move(message), std::move(hint)});
}

RuleTree::RuleTree(std::initializer_list<std::pair<std::string_view, Rule>> rules) {
  for (const auto& [pattern, rule] : rules) add(pattern, rule);
}

void RuleTree::add(std::string_view pattern, Rule rule) {
  Branch* branch = &root_;
  for (const std::string& key : split(pattern, '.')) branch = &branch->children[key];
  branch->rule = std::move(rule);
}

const RuleTree::Branch* RuleTree::Branch::child(std::string_view key) const {
  auto found = children.find(key);
  if (found == children.end()) found = children.find("*");
  return found == children.end() ? nullptr : &found->second;
}

void RuleTree::apply(const Branch& branch, Node& node, Visit& visit) {
  if (branch.rule) branch.rule(node, visit);
  if (node.is_mapping()) {
    for (Member& member : node.members()) {
      const Branch* below = branch.child(member.key);
      if (below == nullptr) continue;
      visit.enter(member.key);
      apply(*below, member.value, visit);
      visit.leave();
    }
  } else if (node.is_sequence()) {
    const auto below = branch.children.find("[]");
    if (below == branch.children.end()) return;
    for (std::size_t i = 0; i < node.items().size(); ++i) {
      visit.enter(i);
      apply(below->second, node.items()[i], visit);
      visit.leave();
    }
  }
}

}  // namespace hoist::compose

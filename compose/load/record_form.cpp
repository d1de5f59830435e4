#include "compose/load/record_form.hpp"

#include <algorithm>
#include <optional>

namespace hoist::compose {
namespace {

std::optional<Node> value_form(const Node& value, const FieldRule& rule, HashForm as) {
  const auto unless = [](bool out, Node node) { return out ? std::nullopt : std::optional(std::move(node)); };
  switch (rule.form) {
    case FieldForm::value:
      return unless(value.says_nothing(), value);
    case FieldForm::given:
      return unless(value.is_null(), value);
    case FieldForm::always:
    case FieldForm::command:
      return value;
    case FieldForm::opt_out:
      return unless(value != Node(false), value);
    case FieldForm::record:
      return unless(value.is_null(), record_form(value, *rule.record, as));
    case FieldForm::record_always:
      return record_form(value, *rule.record, as);
    default:
      break;
  }
  if (value.says_nothing()) return std::nullopt;
  Node result = value;
  if (result.is_sequence() && rule.record != nullptr) {
    for (Node& item : result.items()) item = record_form(item, *rule.record, as);
  } else if (result.is_mapping()) {
    std::ranges::sort(result.members(), {}, &Member::key);
    for (Member& member : result.members()) {
      if (rule.record == nullptr || !member.value.is_mapping()) continue;
      member.value = record_form(member.value, *rule.record, as);
    }
  }
  return result;
}

}  // namespace

Node record_form(const Node& node, const RecordRules& rules, HashForm form) {
  Node result(Node::Mapping{}, node.location);
  for (const FieldRule& rule : rules.fields) {
    if (form < rule.since || form > rule.until) continue;
    const Node* found = node.find(rule.key);
    if (found == nullptr && !rule.written.empty()) found = node.find(rule.written);
    if (std::optional<Node> value = value_form(found == nullptr ? Node() : *found, rule, form)) {
      result.members().push_back({std::string(rule.written.empty() ? rule.key : rule.written), std::move(*value), {}});
    }
  }
  return result;
}

}  // namespace hoist::compose

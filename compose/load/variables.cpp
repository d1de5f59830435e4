#include "compose/load/variables.hpp"

#include <utility>

#include "compose/load/variable_syntax.hpp"

namespace hoist::compose {
namespace {

void find_variables(std::string_view text, std::vector<VariableUse>& uses);

/// Reads what stands between braces.
void braced(std::string_view inside, std::vector<VariableUse>& uses) {
  const std::size_t length = variable_name_length(inside);
  if (length == 0) return;
  VariableUse use;
  use.name = inside.substr(0, length);
  std::string_view operand = inside.substr(length);
  const bool or_empty = operand.starts_with(':');
  if (or_empty) operand.remove_prefix(1);
  const char operation = operand.empty() ? '\0' : operand.front();
  if (!operand.empty()) operand.remove_prefix(1);
  if (operation == '-') {
    use.default_value = operand;
    use.default_if_empty = or_empty;
  }
  if (operation == '+') use.alternate_value = operand;
  use.required = operation == '?';
  uses.push_back(std::move(use));
  find_variables(operand, uses);
}

void find_variables(std::string_view text, std::vector<VariableUse>& uses) {
  for (std::size_t dollar = text.find('$'); dollar != std::string_view::npos; dollar = text.find('$')) {
    text.remove_prefix(dollar + 1);
    if (text.starts_with('$')) {
      text.remove_prefix(1);
    } else if (text.starts_with('{')) {
      text.remove_prefix(1);
      const std::size_t end = closing_brace(text);
      if (end == std::string_view::npos) return;
      braced(text.substr(0, end), uses);
      text.remove_prefix(end + 1);
    } else if (const std::size_t length = variable_name_length(text); length > 0) {
      uses.push_back({.name = std::string(text.substr(0, length))});
      text.remove_prefix(length);
    }
  }
}

void collect(const Node& node, std::map<std::string, VariableUse>& all) {
  if (node.is_mapping()) {
    for (const Member& member : node.members()) collect(member.value, all);
  } else if (node.is_sequence()) {
    for (const Node& item : node.items()) collect(item, all);
  } else if (node.is_string()) {
    for (VariableUse& use : variables_in(node.as_string())) {
      const std::string name = use.name;
      VariableUse& known = all.try_emplace(name, use).first->second;
      known.required = known.required || use.required;
      if (known.default_value.value_or("").empty() && use.default_value) {
        known.default_value = std::move(use.default_value);
        known.default_if_empty = use.default_if_empty;
      }
      if (known.alternate_value.empty()) known.alternate_value = std::move(use.alternate_value);
    }
  }
}

}  // namespace

bool takes_default(const VariableUse& use, const std::optional<std::string>& value) {
  return use.default_value && (!value || (use.default_if_empty && value->empty()));
}

std::vector<VariableUse> variables_in(std::string_view text) {
  std::vector<VariableUse> uses;
  find_variables(text, uses);
  return uses;
}

std::map<std::string, VariableUse> variables_of(const Node& document) {
  std::map<std::string, VariableUse> all;
  collect(document, all);
  return all;
}

}  // namespace hoist::compose

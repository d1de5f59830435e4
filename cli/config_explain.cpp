#include "cli/config_explain.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

#include "compose/base/text.hpp"
#include "compose/load/render.hpp"

namespace hoist::cli {
namespace {

using compose::ExplainStep;
using compose::Node;
using compose::VariableOrigin;
using Kind = ExplainStep::Kind;

/// A value on one line.
std::string short_text(const Node& value) {
  const auto count = [](std::size_t number, const char* one, const char* many) {
    return fmt::format("{} {}", number, number == 1 ? one : many);
  };
  if (value.is_mapping()) return fmt::format("a mapping of {}", count(value.members().size(), "key", "keys"));
  if (value.is_sequence()) return fmt::format("a list of {}", count(value.items().size(), "entry", "entries"));
  if (value.is_null()) return "null";
  std::string text = compose::to_yaml(value);
  if (text.starts_with('|')) text = fmt::format("'{}'", value.scalar_text());  // a block, which has lines
  return strip_control(trim(text));
}

std::string variable_text(const VariableOrigin& variable) {
  switch (variable.source) {
    case VariableOrigin::Source::unset:
      return fmt::format("{} is not set", variable.name);
    case VariableOrigin::Source::shell:
      return fmt::format("{}={} from the shell", variable.name, variable.value.value_or(""));
    case VariableOrigin::Source::file:
      return fmt::format("{}={} from {}", variable.name, variable.value.value_or(""), variable.location.to_string());
    case VariableOrigin::Source::project_name:
      return fmt::format("{}={}, the project's name", variable.name, variable.value.value_or(""));
    case VariableOrigin::Source::default_value:
      return fmt::format("{} is {}, default '{}' in the file", variable.name, variable.value ? "empty" : "not set",
                         variable.default_value);
  }
  return {};
}

/// What a phase that puts a value into the tree goes by.
std::string phase_text(std::string_view phase) {
  if (phase == "set_defaults" || phase == "to_canonical") return "the default of the language";
  if (phase == "choose_project_name")
    return "the project's name, from the command line, the environment or the directory";
  if (phase == "resolve_paths") return "made absolute";
  if (phase == "include_projects") return "passed on from the variables of the included project";
  if (phase == "resolve_environment") return "env files and label files are read";
  if (phase == "normalize") return "implied by the rest of the project";
  return "put into one form";
}

std::string what_happened(const ExplainStep& step) {
  const std::string value = step.value ? short_text(*step.value) : std::string();
  switch (step.kind) {
    case Kind::set:
      return fmt::format("set to {}", value);
    case Kind::replaced:
      return fmt::format("replaced by {}", value);
    case Kind::merged:
      return fmt::format("merged with {}", value);
    case Kind::removed:
      return step.phase.empty() ? "taken away by !reset" : "taken away";
    case Kind::overridden:
      return "what was said before is taken away by !override";
    case Kind::implied:
      return fmt::format("{}: {}", value, phase_text(step.phase));
    case Kind::changed:
      return fmt::format("becomes {}", value);
  }
  return {};
}

std::string notes(const ExplainStep& step) {
  std::vector<std::string> all;
  if (!step.written.empty()) all.push_back(fmt::format("written {}", strip_control(step.written)));
  for (const VariableOrigin& variable : step.variables) all.push_back(strip_control(variable_text(variable)));
  for (const ExplainStep::Reason& reason : step.reasons) {
    all.push_back(reason.extended.empty()
                      ? fmt::format("included at {}", reason.location.to_string())
                      : fmt::format("service '{}' is extended at {}", reason.extended, reason.location.to_string()));
  }
  if (!step.phase.empty()) {
    const bool described = step.kind == Kind::implied;
    all.push_back(described ? fmt::format("phase {}", step.phase)
                            : fmt::format("{}, phase {}", phase_text(step.phase), step.phase));
  }
  return all.empty() ? std::string() : fmt::format(" ({})", fmt::join(all, "; "));
}

void set_place(Node& object, const SourceLocation& place) {
  if (!place.known()) return;
  object.set("file", *place.file);
  if (place.line > 0) object.set("line", std::int64_t{place.line});
  if (place.column > 0) object.set("column", std::int64_t{place.column});
}

std::string_view source_word(VariableOrigin::Source source) {
  switch (source) {
    case VariableOrigin::Source::unset:
      return "unset";
    case VariableOrigin::Source::shell:
      return "shell";
    case VariableOrigin::Source::file:
      return "file";
    case VariableOrigin::Source::project_name:
      return "project_name";
    case VariableOrigin::Source::default_value:
      return "default";
  }
  return {};
}

Node to_node(const ExplainStep& step) {
  Node object(Node::Mapping{});
  object.set("kind", std::string(compose::to_string(step.kind)));
  set_place(object, step.location);
  if (step.value) object.set("value", *step.value);
  if (!step.written.empty()) object.set("written", step.written);
  if (!step.phase.empty()) object.set("phase", step.phase);
  Node::Sequence variables;
  for (const VariableOrigin& variable : step.variables) {
    Node& entry = variables.emplace_back(Node::Mapping{});
    entry.set("name", variable.name);
    if (variable.value) entry.set("value", *variable.value);
    entry.set("source", std::string(source_word(variable.source)));
    if (variable.source == VariableOrigin::Source::default_value) entry.set("default", variable.default_value);
    set_place(entry, variable.location);
  }
  if (!variables.empty()) object.set("variables", std::move(variables));
  Node::Sequence reasons;
  for (const ExplainStep::Reason& reason : step.reasons) {
    Node& entry = reasons.emplace_back(Node::Mapping{});
    entry.set("kind", reason.extended.empty() ? "include" : "extends");
    if (!reason.extended.empty()) entry.set("service", reason.extended);
    set_place(entry, reason.location);
  }
  if (!reasons.empty()) object.set("reasons", std::move(reasons));
  return object;
}

}  // namespace

std::string explanation_text(const compose::Explanation& explanation) {
  const std::string value = explanation.value ? short_text(*explanation.value) : "not there any more";
  std::string out = fmt::format("{}: {}\n", strip_control(to_string(explanation.path)), value);
  for (const ExplainStep& step : explanation.steps) {
    const std::string place = step.location.to_string();
    out +=
        fmt::format("  {}{}{}{}\n", strip_control(place), place.empty() ? "" : ": ", what_happened(step), notes(step));
  }
  return out;
}

std::string explanation_json(const compose::Explanation& explanation) {
  Node object(Node::Mapping{});
  object.set("path", to_string(explanation.path));
  if (explanation.value) object.set("value", *explanation.value);
  Node::Sequence steps;
  for (const ExplainStep& step : explanation.steps) steps.push_back(to_node(step));
  object.set("steps", std::move(steps));
  return compose::to_json(object);
}

}  // namespace hoist::cli

#include "compose/load/canonical.hpp"

#include <fmt/format.h>

#include "compose/base/text.hpp"
#include "compose/load/rule_tree.hpp"
#include "compose/load/short_forms.hpp"

namespace hoist::compose {
namespace {

/// A mapping of one member, in the place of a text.
Rule text_becomes(std::string_view key) {
  return [key](Node& node, Visit&) {
    if (!node.is_string()) return;
    Node long_form(Node::Mapping{}, node.location);
    long_form.set(key, node);
    node = std::move(long_form);
  };
}

void text_to_list(Node& node, Visit&) {
  if (!node.is_string()) return;
  node = Node(Node::Sequence{node}, node.location);
}

void scalar_to_text(Node& node, Visit&) {
  if (node.is_scalar() && !node.is_null()) node = Node(node.scalar_text(), node.location);
}

/// A list of names becomes a mapping of names to nothing; of a name that comes twice the first stays.
void names_to_mapping(Node& node, Visit&) {
  if (!node.is_sequence()) return;
  Node mapping(Node::Mapping{}, node.location);
  for (const Node& name : node.items()) {
    if (name.is_scalar()) mapping.set(name.scalar_text(), Node::null(name.location));
  }
  node = std::move(mapping);
}

void expand_depends_on(Node& node, Visit& visit) {
  names_to_mapping(node, visit);
  if (!node.is_mapping()) return;
  for (Member& member : node.members()) {
    Node& dependency = member.value;
    if (!dependency.is_null() && !dependency.is_mapping()) continue;
    if (dependency.find("condition") == nullptr) {
      dependency.set("condition", Node("service_started", dependency.location));
    }
    if (dependency.find("required") == nullptr) dependency.set("required", Node(true, dependency.location));
  }
}

void expand_env_file(Node& node, Visit& visit) {
  text_to_list(node, visit);
  if (!node.is_sequence()) return;
  for (Node& file : node.items()) {
    text_becomes("path")(file, visit);
    if (file.is_mapping() && file.find("required") == nullptr) file.set("required", Node(true, file.location));
  }
}

/// A text is a list of one; servers that an empty variable left blank go.
void expand_dns(Node& node, Visit& visit) {
  text_to_list(node, visit);
  if (node.is_sequence()) std::erase(node.items(), Node(""));
}

void expand_gpus(Node& node, Visit&) {
  if (!node.is_string()) return;
  Node all(Node::Mapping{}, node.location);
  all.set("count", Node("all", node.location));
  node = Node(Node::Sequence{std::move(all)}, node.location);
}

void expand_additional_contexts(Node& node, Visit& visit, bool keep_unreadable) {
  if (!node.is_sequence()) return;
  Node mapping(Node::Mapping{}, node.location);
  for (const Node& entry : node.items()) {
    if (!entry.is_string()) continue;
    const std::string& text = entry.as_string();
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) {
      if (keep_unreadable) return;
      visit.fail(entry, fmt::format("'{}' is not a build context", text), "write it as name=context");
      continue;
    }
    mapping.set(text.substr(0, equals), Node(text.substr(equals + 1), entry.location));
  }
  node = std::move(mapping);
}

void expand_ssh(Node& node, Visit& visit) {
  if (!node.is_sequence()) return;
  Node mapping(Node::Mapping{}, node.location);
  for (const Node& entry : node.items()) {
    if (!entry.is_string()) continue;
    const std::string& text = entry.as_string();
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) {
      mapping.set(text.substr(0, equals), Node(text.substr(equals + 1), entry.location));
    } else if (text == "default") {
      mapping.set(text, Node::null(entry.location));
    } else {
      visit.fail(entry, fmt::format("'{}' is not an SSH key", text), "write it as id=path, or default");
    }
  }
  node = std::move(mapping);
}

/// `external: {name: x}` of old becomes `external: true` and `name: x`.
void expand_external(Node& node, Visit& visit) {
  Node* external = node.find("external");
  if (external == nullptr || !external->is_mapping()) return;
  const Node old_name = external->find("name") != nullptr ? *external->find("name") : Node();
  const SourceLocation where = external->location;
  *external = Node(true, where);
  if (old_name.is_null()) return;
  visit.warn(old_name, "'external.name' is deprecated", "set 'name' and 'external: true'");
  const Node* name = node.find("name");
  if (name == nullptr) {
    node.set("name", old_name);
  } else if (*name != old_name) {
    visit.fail(old_name, "'name' and 'external.name' differ", "set only 'name'");
  }
}

RuleTree rules(bool keep_unreadable) {
  const auto told = [keep_unreadable](auto expand) -> Rule {
    return [=](Node& node, Visit& visit) { expand(node, visit, keep_unreadable); };
  };
  return {
      {"services.*.build", text_becomes("context")},
      {"services.*.build.additional_contexts", told(expand_additional_contexts)},
      {"services.*.build.provenance", scalar_to_text},
      {"services.*.build.sbom", scalar_to_text},
      {"services.*.build.secrets.[]", text_becomes("source")},
      {"services.*.build.ssh", expand_ssh},
      {"services.*.configs.[]", text_becomes("source")},
      {"services.*.depends_on", expand_depends_on},
      {"services.*.develop.watch.[].ignore", text_to_list},
      {"services.*.develop.watch.[].include", text_to_list},
      {"services.*.devices.[]", told(expand_device)},
      {"services.*.dns", expand_dns},
      {"services.*.env_file", expand_env_file},
      {"services.*.extends", text_becomes("service")},
      {"services.*.gpus", expand_gpus},
      {"services.*.label_file", text_to_list},
      {"services.*.models", names_to_mapping},
      {"services.*.networks", names_to_mapping},
      {"services.*.ports", told(expand_ports)},
      {"services.*.secrets.[]", text_becomes("source")},
      {"services.*.volumes.[]", told(expand_volume)},
      {"networks.*", expand_external},
      {"volumes.*", expand_external},
      {"secrets.*", expand_external},
      {"configs.*", expand_external},
  };
}

}  // namespace

void to_canonical(Node& document, std::vector<Diagnostic>& findings, bool keep_unreadable) {
  static const RuleTree k_strict = rules(false);
  static const RuleTree k_lenient = rules(true);
  Visit visit(findings);
  (keep_unreadable ? k_lenient : k_strict).apply(document, visit);
}

std::string clean_path(std::string_view path) {
  const bool rooted = path.starts_with('/');
  std::vector<std::string> kept;
  for (std::string& part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      kept.push_back(std::move(part));
    } else if (!kept.empty() && kept.back() != "..") {
      kept.pop_back();
    } else if (!rooted) {
      kept.push_back(std::move(part));
    }
  }
  if (kept.empty()) return rooted ? "/" : ".";
  return (rooted ? "/" : "") + fmt::format("{}", fmt::join(kept, "/"));
}

}  // namespace hoist::compose

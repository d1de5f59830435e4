#include "compose/load/normalize.hpp"

#include <fmt/format.h>

#include "compose/load/canonical.hpp"
#include "compose/load/implied.hpp"

namespace hoist::compose {
namespace {

bool is_set(const Node& mapping, std::string_view key) {
  const Node* value = mapping.find(key);
  return value != nullptr && !value->is_null();
}

/// Puts services without networks on `default`. Returns whether this one is on it.
bool join_default_network(Node& service) {
  if (service.find("provider") != nullptr || service.find("network_mode") != nullptr) return false;
  const Node* networks = service.find("networks");
  if (networks != nullptr && networks->is_mapping() && !networks->members().empty()) {
    return networks->find("default") != nullptr;
  }
  Node only_default(Node::Mapping{}, networks != nullptr ? networks->location : service.location);
  only_default.set("default", Node::null(only_default.location));
  service.set("networks", std::move(only_default));
  return true;
}

/// Fills in values that the environment holds, in both spellings. What it does not hold is dropped or stays
/// bare.
void take_from_environment(Node& values, const StringMap& environment, bool keep_bare) {
  if (values.is_mapping()) {
    for (Member& member : values.members()) {
      const auto found = environment.find(member.key);
      if (member.value.is_null() && found != environment.end()) {
        member.value = Node(found->second, member.value.location);
      }
    }
    if (!keep_bare) std::erase_if(values.members(), [](const Member& member) { return member.value.is_null(); });
  } else if (values.is_sequence()) {
    Node::Sequence kept;
    for (Node& entry : values.items()) {
      if (entry.is_string() && entry.as_string().find('=') == std::string::npos) {
        const auto found = environment.find(entry.as_string());
        if (found == environment.end() && !keep_bare) continue;
        if (found != environment.end()) entry.as_string() += "=" + found->second;
      }
      kept.push_back(std::move(entry));
    }
    values.items() = std::move(kept);
  }
}

void complete_build(Node& build, const StringMap& environment) {
  if (!build.is_mapping()) return;
  if (!is_set(build, "context")) build.set("context", Node(".", build.location));
  if (!is_set(build, "dockerfile") && !is_set(build, "dockerfile_inline")) {
    build.set("dockerfile", Node("Dockerfile", build.location));
  }
  if (Node* args = build.find("args")) take_from_environment(*args, environment, false);
}

void depend_on(Node& service, const std::string& other, bool restart, const SourceLocation& where) {
  Node& dependencies = service["depends_on"];
  if (dependencies.find(other) != nullptr) return;
  Node dependency(Node::Mapping{}, where);
  dependency.set("condition", Node("service_started", where));
  dependency.set("restart", Node(restart, where));
  dependency.set("required", Node(true, where));
  dependencies.set(other, std::move(dependency));
}

void add_implied_dependencies(Node& service) {
  for (const ImpliedDependency& implied : implied_dependencies(service)) {
    depend_on(service, implied.service, implied.restart, implied.location);
  }
}

void clean_targets(Node& service) {
  Node* volumes = service.find("volumes");
  if (volumes == nullptr || !volumes->is_sequence()) return;
  for (Node& volume : volumes->items()) {
    Node* target = volume.find("target");
    if (target != nullptr && target->is_string()) target->as_string() = clean_path(target->as_string());
  }
}

/// Hooks that run before the start run in the service's image unless they name their own.
void give_hooks_an_image(Node& service) {
  const Node* image = service.find("image");
  Node* hooks = service.find("pre_start");
  if (image == nullptr || hooks == nullptr || !hooks->is_sequence() || *image == Node("")) return;
  const Node copy = *image;
  for (Node& hook : hooks->items()) {
    if (hook.is_mapping() && hook.find("image") == nullptr) hook.set("image", copy);
  }
}

bool is_external(const Node& resource) {
  const Node* external = resource.find("external");
  return external != nullptr && (*external == Node(true) || *external == Node("true"));
}

void name_resources(Node& document, const std::string& project) {
  for (const char* kind : {"networks", "volumes", "configs", "secrets"}) {
    Node* resources = document.find(kind);
    if (resources == nullptr || !resources->is_mapping()) continue;
    for (Member& member : resources->members()) {
      if (!member.value.is_null() && !member.value.is_mapping()) continue;
      if (is_set(member.value, "name")) continue;
      const std::string name = is_external(member.value) ? member.key : fmt::format("{}_{}", project, member.key);
      member.value.set("name", Node(name, member.key_location));
    }
  }
}

}  // namespace

void normalize(Node& document, const std::string& project, const StringMap& environment) {
  bool default_network = false;
  if (Node* services = document.find("services"); services != nullptr && services->is_mapping()) {
    for (Member& member : services->members()) {
      Node& service = member.value;
      if (!service.is_mapping()) continue;
      default_network = join_default_network(service) || default_network;
      if (Node* policy = service.find("pull_policy"); policy != nullptr && *policy == Node("if_not_present")) {
        policy->as_string() = "missing";
      }
      if (Node* build = service.find("build")) complete_build(*build, environment);
      if (Node* variables = service.find("environment")) take_from_environment(*variables, environment, true);
      add_implied_dependencies(service);
      clean_targets(service);
      give_hooks_an_image(service);
    }
  }
  if (default_network) document["networks"]["default"];  // made when missing
  name_resources(document, project);
}

}  // namespace hoist::compose

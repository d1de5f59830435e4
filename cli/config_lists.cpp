#include "cli/config_lists.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <vector>

#include "cli/table.hpp"
#include "compose/base/text.hpp"
#include "compose/load/render.hpp"
#include "compose/load/variables.hpp"

namespace hoist::cli {
namespace {

using compose::Node;
using compose::Project;

std::string lines(const std::set<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += word + "\n";
  return out;
}

/// The keys are those of Docker Compose, which has others in each form.
Node variables_tree(const std::map<std::string, compose::VariableUse>& variables, bool yaml) {
  Node tree(Node::Mapping{});
  for (const auto& [name, use] : variables) {
    Node& entry = tree[name];
    entry.set(yaml ? "name" : "Name", name);
    entry.set(yaml ? "defaultvalue" : "DefaultValue", use.default_value.value_or(""));
    entry.set(yaml ? "presencevalue" : "PresenceValue", use.alternate_value);
    entry.set(yaml ? "required" : "Required", use.required);
  }
  return tree;
}

}  // namespace

std::string names_in(const compose::LoadResult& loaded, std::string_view section) {
  std::set<std::string> keys;
  const Node* node = loaded.tree.find(section);
  if (node == nullptr || !node->is_mapping()) return {};
  for (const compose::Member& member : node->members()) keys.insert(member.key);
  return lines(keys);
}

std::string models_text(const compose::LoadResult& loaded) {
  std::map<std::string, std::string> models;
  const Node* section = loaded.tree.find("models");
  if (section == nullptr || !section->is_mapping()) return {};
  for (const compose::Member& member : section->members()) {
    const Node* model = member.value.find("model");
    if (model != nullptr && model->is_scalar()) models[member.key] = model->scalar_text();
  }
  std::string out;
  for (const auto& entry : models) out += entry.second + "\n";
  return out;
}

std::string hashes_text(const Project& project, const std::string& list) {
  std::string out;
  if (list == "*") {
    for (const auto& [name, service] : project.services) out += fmt::format("{} {}\n", name, service.config_hash);
    return out;
  }
  for (const std::string& name : split(list, ',')) {
    out += fmt::format("{} {}\n", name, project.get_service(name).config_hash);
  }
  return out;
}

std::string environment_text(const Project& project) {
  std::string out;
  for (const auto& [name, value] : project.environment) out += fmt::format("{}={}\n", name, value);
  return out;
}

std::string profiles_text(const Project& project) {
  std::set<std::string> profiles;
  for (const auto* services : {&project.services, &project.disabled_services}) {
    for (const auto& entry : *services) profiles.insert(entry.second.profiles.begin(), entry.second.profiles.end());
  }
  return lines(profiles);
}

std::string images_text(const compose::LoadResult& loaded) {
  std::string out;
  for (const auto& [name, service] : loaded.project.services) {
    const std::string image = service.image_name(loaded.project);
    out += image + "\n";
    for (const std::string& other : compose::hook_images(service)) {
      if (other != image) out += other + "\n";
    }
  }
  return out;
}

std::string variables_text(const Node& tree, std::string_view format) {
  const std::map<std::string, compose::VariableUse> variables = compose::variables_of(tree);
  if (format == "json") return compose::to_json(variables_tree(variables, false));
  if (format == "yaml") return compose::to_yaml(variables_tree(variables, true));
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, use] : variables) {
    rows.push_back({name, use.required ? "true" : "false", use.default_value.value_or(""), use.alternate_value});
  }
  return format_table({"NAME", "REQUIRED", "DEFAULT VALUE", "ALTERNATE VALUE"}, rows);
}

}  // namespace hoist::cli

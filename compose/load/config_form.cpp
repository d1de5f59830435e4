#include "compose/load/config_form.hpp"

#include "compose/load/rule_tree.hpp"

namespace hoist::compose {
namespace {

Rule without(std::string_view key, Node value) {
  return [key, value = std::move(value)](Node& node, Visit&) {
    const Node* found = node.find(key);
    if (found != nullptr && *found == value) node.erase(key);
  };
}

/// Adds members that are missing, as nothing or as an empty mapping.
void add_missing(Node& node, std::initializer_list<std::string_view> keys, const Node& value) {
  if (!node.is_mapping()) return;
  for (const std::string_view key : keys) {
    if (node.find(key) == nullptr) node.set(key, value);
  }
}

void ssh_keys_to_list(Node& node, Visit&) {
  if (!node.is_mapping()) return;
  Node::Sequence keys;
  for (const Member& key : node.members()) {
    const bool bare = key.value.is_null() || key.value == Node("");
    keys.emplace_back(bare || !key.value.is_scalar() ? key.key : key.key + "=" + key.value.scalar_text());
  }
  node = Node(std::move(keys), node.location);
}

/// `scale` is said again in `deploy`, where there is one.
void scale_to_deploy(Node& service, Visit&) {
  const Node* scale = service.find("scale");
  Node* deploy = service.find("deploy");
  if (scale != nullptr && deploy != nullptr && deploy->is_mapping()) deploy->set("replicas", *scale);
}

void null_to_mapping(Node& node, Visit&) {
  if (node.is_null()) node = Node(Node::Mapping{}, node.location);
}

/// Capital letters, as Go writes members that have no name for JSON.
void capital_keys(Node& node, Visit&) {
  if (!node.is_mapping()) return;
  for (Member& member : node.members()) {
    if (member.key == "path") member.key = "Path";
    if (member.key == "weight") member.key = "Weight";
    if (member.key == "rate") member.key = "Rate";
  }
}

void drop_extensions(Node& node, Visit&) {
  if (node.is_mapping()) {
    std::erase_if(node.members(), [](const Member& member) { return member.key.starts_with("x-"); });
  }
}

/// From the mapping and from all mappings with fixed attributes below it.
void drop_extensions_below(Node& node, Visit& visit) {
  drop_extensions(node, visit);
  for (const char* key : {"build",          "deploy",        "develop",
                          "healthcheck",    "logging",       "credential_spec",
                          "blkio_config",   "ipam",          "resources",
                          "limits",         "reservations",  "placement",
                          "restart_policy", "update_config", "rollback_config",
                          "bind",           "volume",        "tmpfs",
                          "image",          "exec",          "discrete_resource_spec",
                          "provider"}) {
    if (Node* below = node.find(key)) drop_extensions_below(*below, visit);
  }
  for (const char* key : {"ports", "volumes", "secrets", "configs", "devices", "watch", "config", "preferences",
                          "generic_resources", "post_start", "pre_start", "pre_stop"}) {
    Node* list = node.find(key);
    if (list == nullptr || !list->is_sequence()) continue;
    for (Node& entry : list->items()) drop_extensions_below(entry, visit);
  }
  for (const char* key : {"networks", "depends_on", "ulimits"}) {
    Node* mapping = node.find(key);
    if (mapping == nullptr || !mapping->is_mapping()) continue;
    for (Member& member : mapping->members()) drop_extensions(member.value, visit);
  }
}

const Node k_mapping{Node::Mapping{}};

void complete_network(Node& network, Visit& visit) {
  drop_extensions_below(network, visit);
  add_missing(network, {"ipam"}, k_mapping);
}

void complete_service(Node& service, Visit& visit) {
  drop_extensions_below(service, visit);
  add_missing(service, {"command", "entrypoint"}, Node());
}

void complete_hook(Node& hook, Visit&) {
  add_missing(hook, {"command"}, Node());
}

}  // namespace

void to_config_form(Node& tree) {
  static const RuleTree k_rules{
      {"networks.*", null_to_mapping},
      {"services.*", scale_to_deploy},
      {"services.*.build.ssh", ssh_keys_to_list},
      {"services.*.env_file.[]", without("required", true)},
      {"services.*.volumes.[].bind", without("create_host_path", true)},
      {"volumes.*", null_to_mapping},
  };
  std::vector<Diagnostic> none;
  Visit visit(none);
  k_rules.apply(tree, visit);
}

Node to_json_form(Node tree) {
  static const RuleTree k_rules{
      {"configs.*", drop_extensions},
      {"networks.*", complete_network},
      {"secrets.*", drop_extensions},
      {"services.*", complete_service},
      {"services.*.blkio_config.device_read_bps.[]", capital_keys},
      {"services.*.blkio_config.device_read_iops.[]", capital_keys},
      {"services.*.blkio_config.device_write_bps.[]", capital_keys},
      {"services.*.blkio_config.device_write_iops.[]", capital_keys},
      {"services.*.blkio_config.weight_device.[]", capital_keys},
      {"services.*.deploy",
       [](Node& node, Visit&) {
         add_missing(node, {"placement", "resources"}, k_mapping);
       }},
      {"services.*.develop.watch.[]", [](Node& node, Visit&) { add_missing(node, {"exec"}, k_mapping); }},
      {"services.*.develop.watch.[].exec", complete_hook},
      {"services.*.post_start.[]", complete_hook},
      {"services.*.pre_start.[]", complete_hook},
      {"services.*.pre_stop.[]", complete_hook},
      {"volumes.*", drop_extensions},
  };
  std::vector<Diagnostic> none;
  Visit visit(none);
  tree.erase("models");
  k_rules.apply(tree, visit);
  add_missing(tree, {"services"}, k_mapping);
  return tree;
}

}  // namespace hoist::compose

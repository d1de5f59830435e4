#include "compose/load/defaults.hpp"

#include <fmt/format.h>

#include "compose/load/rule_tree.hpp"

namespace hoist::compose {
namespace {

/// Without a place: no file says it.
void set_if_missing(Node& mapping, std::string_view key, Node value) {
  if (!mapping.is_mapping() || mapping.find(key) != nullptr) return;
  mapping.set(key, std::move(value));
}

Rule member_default(std::string_view key, Node value) {
  return [key, value = std::move(value)](Node& node, Visit&) { set_if_missing(node, key, value); };
}

void port_defaults(Node& port, Visit&) {
  set_if_missing(port, "protocol", "tcp");
  set_if_missing(port, "mode", "ingress");
}

void secret_target(Node& secret, Visit&) {
  const Node* source = secret.find("source");
  if (source != nullptr && source->is_scalar()) {
    set_if_missing(secret, "target", fmt::format("/run/secrets/{}", source->scalar_text()));
  }
}

void device_count(Node& request, Visit&) {
  if (request.find("device_ids") == nullptr) set_if_missing(request, "count", "all");
}

}  // namespace

void set_defaults(Node& document) {
  static const RuleTree k_rules{
      {"services.*.build", member_default("context", ".")},
      {"services.*.deploy.resources.reservations.devices.[]", device_count},
      {"services.*.gpus.[]", device_count},
      {"services.*.ports.[]", port_defaults},
      {"services.*.secrets.[]", secret_target},
      {"services.*.volumes.[].bind", member_default("create_host_path", true)},
  };
  std::vector<Diagnostic> none;
  Visit visit(none);
  k_rules.apply(document, visit);
}

}  // namespace hoist::compose

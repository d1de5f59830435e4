#include "compose/load/exclusions.hpp"

#include <fmt/format.h>

#include "compose/load/rule_tree.hpp"
#include "compose/load/short_ports.hpp"

namespace hoist::compose {
namespace {

bool is_true(const Node* node) {
  return node != nullptr && (*node == Node(true) || *node == Node("true"));
}

void check_external(Node& volume, Visit& visit) {
  if (!volume.is_mapping() || !is_true(volume.find("external"))) return;
  for (const Member& member : volume.members()) {
    if (member.key == "name" || member.key == "external" || member.key.starts_with("x-")) continue;
    visit.fail(member.value, fmt::format("'{}' cannot stand beside 'external: true'", member.key),
               "an external resource takes only 'name'");
  }
}

/// Exactly one of `keys` says where the content comes from, unless a driver or `external` does.
Rule one_source(std::vector<std::string> keys) {
  return [keys = std::move(keys)](Node& resource, Visit& visit) {
    if (resource.is_null()) {
      visit.fail(resource, fmt::format("one of {} must be set", fmt::join(keys, ", ")));
      return;
    }
    std::vector<std::string> found;
    for (const std::string& key : keys) {
      if (resource.find(key) != nullptr) found.push_back(key);
    }
    if (found.size() > 1) {
      visit.fail(resource, fmt::format("{} exclude each other", fmt::join(found, " and ")), "keep one of them");
    } else if (found.empty() && resource.find("driver") == nullptr && resource.find("external") == nullptr) {
      visit.fail(resource, fmt::format("one of {} must be set", fmt::join(keys, ", ")));
    }
  };
}

void check_device_request(Node& request, Visit& visit) {
  if (request.find("count") != nullptr && request.find("device_ids") != nullptr) {
    visit.fail(request, "'count' and 'device_ids' exclude each other", "keep one of them");
  }
}

void check_host_ip(Node& node, Visit& visit) {
  if (node.is_scalar() && !is_ip_address(node.scalar_text())) {
    visit.fail(node, fmt::format("'{}' is not an IP address", node.scalar_text()));
  }
}

void check_not_blank(Node& node, Visit& visit) {
  if (node.is_string() && node.as_string().empty()) visit.fail(node, "the path must not be empty");
}

}  // namespace

void check_exclusions(Node& document, std::vector<Diagnostic>& findings) {
  static const RuleTree k_rules{
      {"configs.*", one_source({"file", "environment", "content"})},
      {"secrets.*", one_source({"file", "environment"})},
      {"services.*.deploy.resources.reservations.devices.[]", check_device_request},
      {"services.*.develop.watch.[].path", check_not_blank},
      {"services.*.gpus.[]", check_device_request},
      {"services.*.ports.[].host_ip", check_host_ip},
      {"volumes.*", check_external},
  };
  Visit visit(findings);
  k_rules.apply(document, visit);
}

}  // namespace hoist::compose

// Lists whose entries have keys: one entry for each key.
#include <fmt/format.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"
#include "compose/load/merge.hpp"
#include "compose/load/path_pattern.hpp"
#include "compose/load/rule_tree.hpp"
#include "compose/load/short_volumes.hpp"

namespace hoist::compose {
namespace {

/// The key of an entry; nothing when it has none that can be told. The phases after this one say what is
/// wrong with it.
using Key = std::optional<std::string>;

Key scalar_member(const Node& entry, std::string_view name) {
  const Node* value = entry.find(name);
  if (value == nullptr || !value->is_scalar()) return std::nullopt;
  return value->scalar_text();
}

Key name_of_pair(const Node& entry) {
  if (!entry.is_string()) return std::nullopt;
  return entry.as_string().substr(0, entry.as_string().find('='));
}

Key text_of(const Node& entry) {
  if (!entry.is_scalar()) return std::nullopt;
  return entry.scalar_text();
}

Key mount_target(const Node& entry) {
  if (!entry.is_string()) return scalar_member(entry, "target");
  try {
    return parse_volume(entry.as_string()).target;
  } catch (const Error&) {
    return std::nullopt;  // the long form is made next, and reports it with its place
  }
}

Key device_target(const Node& entry) {
  if (!entry.is_string()) return scalar_member(entry, "target");
  const std::vector<std::string> parts = split(entry.as_string(), ':');
  if (parts.empty()) return std::nullopt;
  return parts.size() == 1 ? parts[0] : parts[1];
}

Key env_file_path(const Node& entry) {
  return entry.is_string() ? entry.as_string() : scalar_member(entry, "path");
}

Key port(const Node& entry) {
  if (entry.is_scalar()) return entry.scalar_text();
  const Key target = scalar_member(entry, "target");
  if (!target) return std::nullopt;
  return fmt::format("{}:{}:{}/{}", scalar_member(entry, "host_ip").value_or("0.0.0.0"),
                     scalar_member(entry, "published").value_or(""), *target,
                     scalar_member(entry, "protocol").value_or("tcp"));
}

/// Where a config or a secret is to be seen.
Key file_in(std::string_view folder, const Node& entry) {
  if (entry.is_string()) return fmt::format("{}/{}", folder, entry.as_string());
  if (Key target = scalar_member(entry, "target")) return target;
  const Key source = scalar_member(entry, "source");
  if (!source) return std::nullopt;
  return fmt::format("{}/{}", folder, *source);
}

Key config_target(const Node& entry) {
  return file_in("", entry);
}
Key secret_target(const Node& entry) {
  return file_in("/run/secrets", entry);
}

struct KeyRule {
  std::string_view pattern;
  Key (*key)(const Node& entry);
};

constexpr KeyRule k_rules[] = {
    {"networks.*.ipam.options", name_of_pair},
    {"networks.*.labels", name_of_pair},
    {"services.*.annotations", name_of_pair},
    {"services.*.build.additional_contexts", name_of_pair},
    {"services.*.build.args", name_of_pair},
    {"services.*.build.labels", name_of_pair},
    {"services.*.build.platform", name_of_pair},
    {"services.*.build.tags", name_of_pair},
    {"services.*.cap_add", name_of_pair},
    {"services.*.cap_drop", name_of_pair},
    {"services.*.configs", config_target},
    {"services.*.deploy.labels", name_of_pair},
    {"services.*.devices", device_target},
    {"services.*.dns", name_of_pair},
    {"services.*.dns_opt", name_of_pair},
    {"services.*.dns_search", name_of_pair},
    {"services.*.env_file", env_file_path},
    {"services.*.environment", name_of_pair},
    {"services.*.expose", text_of},
    {"services.*.labels", name_of_pair},
    {"services.*.links", name_of_pair},
    {"services.*.networks.*.aliases", name_of_pair},
    {"services.*.networks.*.link_local_ips", name_of_pair},
    {"services.*.ports", port},
    {"services.*.profiles", name_of_pair},
    {"services.*.secrets", secret_target},
    {"services.*.sysctls", name_of_pair},
    {"services.*.tmpfs", name_of_pair},
    {"services.*.volumes", mount_target},
};

void keep_one_of_each(Node& list, const KeyRule& rule) {
  Node::Sequence& entries = list.items();
  if (entries.size() < 2) return;
  std::map<std::string, std::size_t> places;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    Key key = rule.key(entries[i]);
    const auto [place, is_new] = key ? places.try_emplace(*std::move(key), kept) : std::pair{places.end(), true};
    const std::size_t to = is_new ? kept++ : place->second;
    if (to != i) entries[to] = std::move(entries[i]);
  }
  entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(kept), entries.end());
}

RuleTree rules() {
  RuleTree tree{};
  for (const KeyRule& rule : k_rules) {
    tree.add(rule.pattern, [&rule](Node& node, Visit&) {
      if (node.is_sequence()) keep_one_of_each(node, rule);
    });
  }
  return tree;
}

}  // namespace

std::optional<std::string> entry_key(std::span<const std::string_view> list, const Node& entry) {
  for (const KeyRule& rule : k_rules) {
    if (matches(list, rule.pattern)) return rule.key(entry);
  }
  return std::nullopt;
}

void enforce_unicity(Node& document) {
  static const RuleTree k_tree = rules();
  std::vector<Diagnostic> none;
  Visit visit(none);
  k_tree.apply(document, visit);
}

}  // namespace hoist::compose

#include <algorithm>
#include <array>
#include <string_view>

#include "compose/base/text.hpp"
#include "compose/load/rule_tree.hpp"
#include "compose/load/settle_values.hpp"

namespace hoist::compose {
namespace {

/// A mapping with a fixed set of attributes, and those of them where false, 0 or nothing inside still says
/// something.
struct Attributes {
  std::string_view pattern;
  std::string_view telling;  ///< words
};

constexpr std::array k_attributes{
    Attributes{"services.*",
               "attach blkio_config build command credential_spec deploy develop entrypoint healthcheck init "
               "logging "
               "provider scale stop_grace_period"},
    Attributes{"services.*.blkio_config", ""},
    Attributes{"services.*.build", ""},
    Attributes{"services.*.build.secrets.[]", "mode"},
    Attributes{"services.*.configs.[]", "mode"},
    Attributes{"services.*.credential_spec", ""},
    Attributes{"services.*.depends_on.*", "required"},
    Attributes{"services.*.deploy", "replicas restart_policy rollback_config update_config"},
    Attributes{"services.*.deploy.placement", ""},
    Attributes{"services.*.deploy.resources", "limits reservations"},
    Attributes{"services.*.deploy.resources.limits", ""},
    Attributes{"services.*.deploy.resources.reservations", ""},
    Attributes{"services.*.deploy.resources.reservations.devices.[]", ""},
    Attributes{"services.*.deploy.restart_policy", "delay max_attempts window"},
    Attributes{"services.*.deploy.rollback_config", "parallelism"},
    Attributes{"services.*.deploy.update_config", "parallelism"},
    Attributes{"services.*.develop", ""},
    Attributes{"services.*.develop.watch.[]", "path action"},
    Attributes{"services.*.develop.watch.[].exec", "command"},
    Attributes{"services.*.env_file.[]", "required"},
    Attributes{"services.*.gpus.[]", ""},
    Attributes{"services.*.healthcheck", "interval retries start_interval start_period timeout"},
    Attributes{"services.*.logging", ""},
    Attributes{"services.*.networks.*", ""},
    Attributes{"services.*.ports.[]", ""},
    Attributes{"services.*.post_start.[]", "command"},
    Attributes{"services.*.pre_start.[]", "command"},
    Attributes{"services.*.pre_stop.[]", "command"},
    Attributes{"services.*.provider", ""},
    Attributes{"services.*.secrets.[]", "mode"},
    Attributes{"services.*.volumes.[]", "bind image tmpfs volume"},
    Attributes{"services.*.volumes.[].bind", "create_host_path"},
    Attributes{"services.*.volumes.[].image", ""},
    Attributes{"services.*.volumes.[].tmpfs", ""},
    Attributes{"services.*.volumes.[].volume", ""},
    Attributes{"networks.*", "enable_ipv4 enable_ipv6"},
    Attributes{"networks.*.ipam", ""},
    Attributes{"networks.*.ipam.config.[]", ""},
    Attributes{"volumes.*", ""},
    Attributes{"secrets.*", ""},
    Attributes{"configs.*", ""},
    Attributes{"models.*", ""},
};

Rule dropping(std::string_view telling) {
  return [telling = split(telling, ' ')](Node& node, Visit&) {
    if (!node.is_mapping()) return;
    std::erase_if(node.members(), [&telling](const Member& member) {
      if (member.key.starts_with("x-")) return false;
      if (member.value.is_null()) return true;
      return member.value.says_nothing() && std::ranges::find(telling, member.key) == telling.end();
    });
  };
}

RuleTree dropping_rules() {
  RuleTree rules({});
  for (const Attributes& entry : k_attributes) rules.add(entry.pattern, dropping(entry.telling));
  return rules;
}

}  // namespace

void drop_empty_attributes(Node& document) {
  static const RuleTree k_rules = dropping_rules();
  std::vector<Diagnostic> none;
  Visit visit(none);
  // Twice: a mapping that the first run empties says nothing either.
  k_rules.apply(document, visit);
  k_rules.apply(document, visit);
}

}  // namespace hoist::compose

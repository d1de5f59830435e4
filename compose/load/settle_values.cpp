#include "compose/load/settle_values.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "compose/load/rule_tree.hpp"
#include "compose/load/value_forms.hpp"

namespace hoist::compose {
namespace {

using Form = void (*)(Node&, Visit&);

struct FormOf {
  std::string_view attribute;  ///< below the prefix
  Form form;
};

constexpr std::array k_service_forms{
    FormOf{"annotations", form::texts},
    FormOf{"attach", form::boolean},
    FormOf{"blkio_config.weight", form::integer},
    FormOf{"blkio_config.weight_device.[].weight", form::integer},
    FormOf{"blkio_config.device_read_bps.[].rate", form::bytes},
    FormOf{"blkio_config.device_read_iops.[].rate", form::bytes},
    FormOf{"blkio_config.device_write_bps.[].rate", form::bytes},
    FormOf{"blkio_config.device_write_iops.[].rate", form::bytes},
    FormOf{"command", form::command},
    FormOf{"configs.[].mode", form::file_mode},
    FormOf{"cpu_count", form::integer},
    FormOf{"cpu_percent", form::number},
    FormOf{"cpu_period", form::integer},
    FormOf{"cpu_quota", form::integer},
    FormOf{"cpu_rt_period", form::integer},
    FormOf{"cpu_rt_runtime", form::integer},
    FormOf{"cpu_shares", form::integer},
    FormOf{"cpus", form::number},
    FormOf{"depends_on.*.required", form::boolean},
    FormOf{"depends_on.*.restart", form::boolean},
    FormOf{"deploy.labels", form::texts},
    FormOf{"deploy.placement.max_replicas_per_node", form::integer},
    FormOf{"deploy.replicas", form::integer},
    FormOf{"deploy.resources.limits.cpus", form::number},
    FormOf{"deploy.resources.limits.memory", form::bytes},
    FormOf{"deploy.resources.limits.pids", form::integer},
    FormOf{"deploy.resources.reservations.cpus", form::number},
    FormOf{"deploy.resources.reservations.memory", form::bytes},
    FormOf{"deploy.resources.reservations.devices.[].count", form::device_count},
    FormOf{"deploy.resources.reservations.devices.[].options", form::texts},
    FormOf{"deploy.resources.reservations.generic_resources.[].discrete_resource_spec.value", form::integer},
    FormOf{"deploy.restart_policy.delay", form::duration},
    FormOf{"deploy.restart_policy.max_attempts", form::integer},
    FormOf{"deploy.restart_policy.window", form::duration},
    FormOf{"deploy.rollback_config.delay", form::duration_or_nothing},
    FormOf{"deploy.rollback_config.max_failure_ratio", form::number},
    FormOf{"deploy.rollback_config.monitor", form::duration_or_nothing},
    FormOf{"deploy.rollback_config.parallelism", form::integer},
    FormOf{"deploy.update_config.delay", form::duration_or_nothing},
    FormOf{"deploy.update_config.max_failure_ratio", form::number},
    FormOf{"deploy.update_config.monitor", form::duration_or_nothing},
    FormOf{"deploy.update_config.parallelism", form::integer},
    FormOf{"develop.watch.[].initial_sync", form::boolean},
    FormOf{"dns_search", form::text_list},
    FormOf{"env_file.[].required", form::boolean},
    FormOf{"environment", form::variables},
    FormOf{"expose", form::text_list},
    FormOf{"extra_hosts", form::hosts},
    FormOf{"gpus.[].count", form::device_count},
    FormOf{"gpus.[].options", form::texts},
    FormOf{"group_add", form::text_list},
    FormOf{"healthcheck.disable", form::boolean},
    FormOf{"healthcheck.interval", form::duration},
    FormOf{"healthcheck.retries", form::integer},
    FormOf{"healthcheck.start_interval", form::duration},
    FormOf{"healthcheck.start_period", form::duration},
    FormOf{"healthcheck.test", form::health_test},
    FormOf{"healthcheck.timeout", form::duration},
    FormOf{"entrypoint", form::command},
    FormOf{"init", form::boolean},
    FormOf{"labels", form::texts},
    FormOf{"logging.options", form::texts},
    FormOf{"mem_limit", form::bytes},
    FormOf{"mem_reservation", form::bytes},
    FormOf{"mem_swappiness", form::bytes},
    FormOf{"memswap_limit", form::bytes},
    FormOf{"networks.*.driver_opts", form::texts},
    FormOf{"networks.*.gw_priority", form::integer},
    FormOf{"networks.*.priority", form::integer},
    FormOf{"oom_kill_disable", form::boolean},
    FormOf{"oom_score_adj", form::integer},
    FormOf{"pids_limit", form::integer},
    FormOf{"ports.[].published", form::text},
    FormOf{"ports.[].target", form::integer},
    FormOf{"privileged", form::boolean},
    FormOf{"provider.options", form::many_texts},
    FormOf{"read_only", form::boolean},
    FormOf{"scale", form::integer},
    FormOf{"secrets.[].mode", form::file_mode},
    FormOf{"shm_size", form::bytes},
    FormOf{"stdin_open", form::boolean},
    FormOf{"stop_grace_period", form::duration},
    FormOf{"storage_opt", form::texts},
    FormOf{"sysctls", form::texts},
    FormOf{"tmpfs", form::text_list},
    FormOf{"tty", form::boolean},
    FormOf{"ulimits.*", form::integer},
    FormOf{"ulimits.*.hard", form::integer},
    FormOf{"ulimits.*.soft", form::integer},
    FormOf{"volumes.[].bind.create_host_path", form::boolean},
    FormOf{"volumes.[].read_only", form::boolean},
    FormOf{"volumes.[].tmpfs.mode", form::integer},
    FormOf{"volumes.[].tmpfs.size", form::bytes},
    FormOf{"volumes.[].volume.labels", form::texts},
    FormOf{"volumes.[].volume.nocopy", form::boolean},
};

constexpr std::array k_build_forms{
    FormOf{"additional_contexts", form::texts},
    FormOf{"args", form::variables},
    FormOf{"cache_from", form::text_list},
    FormOf{"cache_to", form::text_list},
    FormOf{"extra_hosts", form::hosts},
    FormOf{"labels", form::texts},
    FormOf{"no_cache", form::boolean},
    FormOf{"no_cache_filter", form::text_list},
    FormOf{"platforms", form::text_list},
    FormOf{"privileged", form::boolean},
    FormOf{"pull", form::boolean},
    FormOf{"secrets.[].mode", form::file_mode},
    FormOf{"shm_size", form::bytes},
    FormOf{"tags", form::text_list},
    FormOf{"ulimits.*", form::integer},
    FormOf{"ulimits.*.hard", form::integer},
    FormOf{"ulimits.*.soft", form::integer},
};

/// Of commands that run beside the main one: hooks, and what a watch rule executes.
constexpr std::array k_hook_forms{
    FormOf{"command", form::command},
    FormOf{"environment", form::variables},
    FormOf{"per_replica", form::boolean},
    FormOf{"privileged", form::boolean},
};

constexpr std::array k_resource_forms{
    FormOf{"networks.*.attachable", form::boolean},
    FormOf{"networks.*.driver_opts", form::texts},
    FormOf{"networks.*.enable_ipv4", form::boolean},
    FormOf{"networks.*.enable_ipv6", form::boolean},
    FormOf{"networks.*.external", form::boolean},
    FormOf{"networks.*.internal", form::boolean},
    FormOf{"networks.*.ipam.config.[].aux_addresses", form::texts},
    FormOf{"networks.*.ipam.options", form::texts},
    FormOf{"networks.*.labels", form::texts},
    FormOf{"volumes.*.driver_opts", form::texts},
    FormOf{"volumes.*.external", form::boolean},
    FormOf{"volumes.*.labels", form::texts},
    FormOf{"secrets.*.driver_opts", form::texts},
    FormOf{"secrets.*.external", form::boolean},
    FormOf{"secrets.*.labels", form::texts},
    FormOf{"configs.*.driver_opts", form::texts},
    FormOf{"configs.*.external", form::boolean},
    FormOf{"configs.*.labels", form::texts},
    FormOf{"models.*.context_size", form::integer},
};

template <std::size_t Count>
void add(RuleTree& rules, std::string_view prefix, const std::array<FormOf, Count>& forms) {
  for (const FormOf& entry : forms) {
    std::string pattern(prefix);
    pattern += entry.attribute;
    rules.add(pattern, entry.form);
  }
}

RuleTree value_rules() {
  RuleTree rules({});
  add(rules, "services.*.", k_service_forms);
  add(rules, "services.*.build.", k_build_forms);
  for (const char* hooks : {"post_start.[].", "pre_start.[].", "pre_stop.[].", "develop.watch.[].exec."}) {
    add(rules, std::string("services.*.") + hooks, k_hook_forms);
  }
  add(rules, "", k_resource_forms);
  return rules;
}

/// `scale` and `deploy.replicas` are two names of one thing: who has a `deploy` says it there too.
void copy_scale(Node& service, Visit&) {
  const Node* scale = service.find("scale");
  Node* deploy = service.find("deploy");
  if (scale == nullptr || deploy == nullptr || !deploy->is_mapping() || deploy->find("replicas") != nullptr) return;
  deploy->set("replicas", *scale);
}

}  // namespace

void settle_values(Node& document, std::vector<Diagnostic>& findings) {
  static const RuleTree k_rules = value_rules();
  Visit visit(findings);
  k_rules.apply(document, visit);
  drop_empty_attributes(document);
  static const RuleTree k_scale{{"services.*", copy_scale}};
  k_scale.apply(document, visit);
}

}  // namespace hoist::compose

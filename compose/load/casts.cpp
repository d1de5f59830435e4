// Which texts become booleans and numbers after interpolation.
#include "compose/load/path_pattern.hpp"
#include "compose/load/schema.hpp"

namespace hoist::compose {
namespace {

struct Rule {
  std::string_view pattern;
  Cast cast;
};

constexpr Rule k_rules[] = {
    {"services.*.cpu_count", Cast::integer},
    {"services.*.cpu_percent", Cast::number},
    {"services.*.cpu_period", Cast::integer},
    {"services.*.cpu_quota", Cast::integer},
    {"services.*.cpu_rt_period", Cast::integer},
    {"services.*.cpu_rt_runtime", Cast::integer},
    {"services.*.cpu_shares", Cast::integer},
    {"services.*.cpus", Cast::number},
    {"services.*.depends_on.*.required", Cast::boolean},
    {"services.*.depends_on.*.restart", Cast::boolean},
    {"services.*.deploy.placement.max_replicas_per_node", Cast::integer},
    {"services.*.deploy.replicas", Cast::integer},
    {"services.*.deploy.restart_policy.max_attempts", Cast::integer},
    {"services.*.deploy.rollback_config.max_failure_ratio", Cast::number},
    {"services.*.deploy.rollback_config.parallelism", Cast::integer},
    {"services.*.deploy.update_config.max_failure_ratio", Cast::number},
    {"services.*.deploy.update_config.parallelism", Cast::integer},
    {"services.*.healthcheck.disable", Cast::boolean},
    {"services.*.healthcheck.retries", Cast::integer},
    {"services.*.init", Cast::boolean},
    {"services.*.oom_kill_disable", Cast::boolean},
    {"services.*.oom_score_adj", Cast::integer},
    {"services.*.pids_limit", Cast::integer},
    {"services.*.ports.[].target", Cast::integer},
    {"services.*.privileged", Cast::boolean},
    {"services.*.read_only", Cast::boolean},
    {"services.*.scale", Cast::integer},
    {"services.*.stdin_open", Cast::boolean},
    {"services.*.tty", Cast::boolean},
    {"services.*.ulimits.*", Cast::integer},
    {"services.*.ulimits.*.hard", Cast::integer},
    {"services.*.ulimits.*.soft", Cast::integer},
    {"services.*.volumes.[].read_only", Cast::boolean},
    {"services.*.volumes.[].volume.nocopy", Cast::boolean},
    {"networks.*.attachable", Cast::boolean},
    {"networks.*.enable_ipv4", Cast::boolean},
    {"networks.*.enable_ipv6", Cast::boolean},
    {"networks.*.external", Cast::boolean},
    {"networks.*.internal", Cast::boolean},
    {"volumes.*.external", Cast::boolean},
    {"secrets.*.external", Cast::boolean},
    {"configs.*.external", Cast::boolean},
};

}  // namespace

Cast cast_at(std::span<const std::string_view> path) {
  for (const Rule& rule : k_rules) {
    if (matches(path, rule.pattern)) return rule.cast;
  }
  return Cast::none;
}

}  // namespace hoist::compose

// The shapes of `build` and of what it shares with the service, of `deploy` and of `develop`.
#include <array>

#include "compose/load/schema_shape.hpp"

namespace hoist::compose::schema {
namespace {

constexpr Shape k_addresses{.kinds = k_text | k_list, .items = &k_string};

constexpr Attribute k_limit_attributes[] = {
    {"hard", &k_whole, full, required},
    {"soft", &k_whole, full, required},
};
constexpr Shape k_limit{.kinds = k_integer | k_text | k_map, .attributes = k_limit_attributes};

constexpr Attribute k_file_reference_attributes[] = {
    {"gid", &k_string}, {"mode", &k_amount}, {"source", &k_string}, {"target", &k_string}, {"uid", &k_string},
};
constexpr Shape k_file_reference{.kinds = k_text | k_map, .attributes = k_file_reference_attributes};

}  // namespace

constexpr Shape k_extra_hosts{.kinds = k_list | k_map, .values = &k_addresses, .items = &k_string, .unique = true};
constexpr Shape k_ulimits{.kinds = k_map, .values = &k_limit};
constexpr Shape k_file_references{.kinds = k_list, .items = &k_file_reference};

namespace {

constexpr Attribute k_build_attributes[] = {
    {"additional_contexts", &k_list_or_map},
    {"args", &k_list_or_map},
    {"cache_from", &k_strings},
    {"cache_to", &k_strings},
    {"context", &k_string},
    {"dockerfile", &k_string},
    {"dockerfile_inline", &k_string},
    {"entitlements", &k_strings},
    {"extra_hosts", &k_extra_hosts},
    {"isolation", &k_string},
    {"labels", &k_list_or_map},
    {"network", &k_string},
    {"no_cache", &k_flag},
    {"no_cache_filter", &k_string_or_list},
    {"platforms", &k_strings},
    {"privileged", &k_flag},
    {"provenance", &k_flag},
    {"pull", &k_flag},
    {"sbom", &k_flag},
    {"secrets", &k_file_references},
    {"shm_size", &k_whole},
    {"ssh", &k_list_or_map},
    {"tags", &k_strings},
    {"target", &k_string},
    {"ulimits", &k_ulimits},
};

constexpr Attribute k_hook_attributes[] = {
    {"command", &k_command, full, required},
    {"environment", &k_list_or_map},
    {"privileged", &k_flag},
    {"user", &k_string},
    {"working_dir", &k_string},
};

constexpr Attribute k_device_attributes[] = {
    {"capabilities", &k_string_set, full, required},
    {"count", &k_whole},
    {"device_ids", &k_string_set},
    {"driver", &k_string},
    {"options", &k_list_or_map},
};
constexpr Shape k_device{.kinds = k_map, .attributes = k_device_attributes};

constexpr std::string_view k_orders[] = {"start-first", "stop-first"};
constexpr Shape k_order{.kinds = k_text, .words = k_orders};
constexpr Attribute k_update_attributes[] = {
    {"delay", &k_string},   {"failure_action", &k_string}, {"max_failure_ratio", &k_amount},
    {"monitor", &k_string}, {"order", &k_order},           {"parallelism", &k_whole},
};
constexpr Shape k_update{.kinds = k_map, .attributes = k_update_attributes};

constexpr Attribute k_limits_attributes[] = {{"cpus", &k_amount}, {"memory", &k_string}, {"pids", &k_whole}};
constexpr Shape k_limits{.kinds = k_map, .attributes = k_limits_attributes};
constexpr Attribute k_discrete_attributes[] = {{"kind", &k_string}, {"value", &k_amount}};
constexpr Shape k_discrete{.kinds = k_map, .attributes = k_discrete_attributes};
constexpr Attribute k_generic_attributes[] = {{"discrete_resource_spec", &k_discrete}};
constexpr Shape k_generic{.kinds = k_map, .attributes = k_generic_attributes};
constexpr Shape k_generics{.kinds = k_list, .items = &k_generic};

}  // namespace

constexpr Shape k_build{.kinds = k_text | k_map, .attributes = k_build_attributes};
constexpr Shape k_hook{.kinds = k_map, .attributes = k_hook_attributes};
constexpr Shape k_devices{.kinds = k_list, .items = &k_device};

namespace {

constexpr Attribute k_reservations_attributes[] = {
    {"cpus", &k_amount, swarm},
    {"devices", &k_devices},
    {"generic_resources", &k_generics, swarm},
    {"memory", &k_string},
};
constexpr Shape k_reservations{.kinds = k_map, .attributes = k_reservations_attributes};
constexpr Attribute k_resources_attributes[] = {{"limits", &k_limits}, {"reservations", &k_reservations}};
constexpr Shape k_resources{.kinds = k_map, .attributes = k_resources_attributes};

constexpr Attribute k_restart_policy_attributes[] = {
    {"condition", &k_string},
    {"delay", &k_string, swarm},
    {"max_attempts", &k_whole},
    {"window", &k_string, swarm},
};
constexpr Shape k_restart_policy{.kinds = k_map, .attributes = k_restart_policy_attributes};

constexpr Attribute k_preference_attributes[] = {{"spread", &k_string}};
constexpr Shape k_preference{.kinds = k_map, .attributes = k_preference_attributes};
constexpr Shape k_preferences{.kinds = k_list, .items = &k_preference};
constexpr Attribute k_placement_attributes[] = {
    {"constraints", &k_strings}, {"max_replicas_per_node", &k_whole}, {"preferences", &k_preferences}};
constexpr Shape k_placement{.kinds = k_map, .attributes = k_placement_attributes};

constexpr std::string_view k_modes_of_compose[] = {"replicated"};
constexpr Shape k_mode{.kinds = k_text, .supported = k_modes_of_compose};
constexpr Attribute k_deploy_attributes[] = {
    {"endpoint_mode", &k_string, swarm},
    {"labels", &k_list_or_map, swarm},
    {"mode", &k_mode},
    {"placement", &k_placement, swarm},
    {"replicas", &k_whole},
    {"resources", &k_resources},
    {"restart_policy", &k_restart_policy},
    {"rollback_config", &k_update, swarm},
    {"update_config", &k_update, swarm},
};

constexpr std::string_view k_actions[] = {"rebuild", "sync", "restart", "sync+restart", "sync+exec"};
constexpr Shape k_action{.kinds = k_text, .words = k_actions};
constexpr Attribute k_watch_attributes[] = {
    {"action", &k_action, full, required},
    {"exec", &k_hook},
    {"ignore", &k_string_or_list},
    {"include", &k_string_or_list},
    {"initial_sync", &k_bool},
    {"path", &k_string, full, required},
    {"target", &k_string},
};
constexpr Shape k_watch{.kinds = k_map, .attributes = k_watch_attributes};
constexpr Shape k_watches{.kinds = k_list, .items = &k_watch};
constexpr Attribute k_develop_attributes[] = {{"watch", &k_watches}};

}  // namespace

constexpr Shape k_deploy{.kinds = k_null | k_map, .attributes = k_deploy_attributes};
constexpr Shape k_develop{.kinds = k_null | k_map, .attributes = k_develop_attributes};

}  // namespace hoist::compose::schema

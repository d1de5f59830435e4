#include "compose/load/record_form.hpp"

namespace hoist::compose {
namespace {

constexpr FieldRule k_ulimit_fields[] = {
    {"soft"},
    {"hard"},
};
constexpr RecordRules k_ulimit{k_ulimit_fields};

constexpr FieldRule k_file_reference_fields[] = {
    {"source"}, {"target"}, {"uid"}, {"gid"}, {"mode", FieldForm::given},
};
constexpr RecordRules k_file_reference{k_file_reference_fields};

constexpr FieldRule k_hook_fields[] = {
    {"command", FieldForm::command}, {"image"},       {"user"}, {"privileged"}, {"working_dir"},
    {"environment", FieldForm::map}, {"per_replica"},
};
constexpr RecordRules k_hook{k_hook_fields};

constexpr FieldRule k_trigger_fields[] = {
    {"path", FieldForm::always},
    {"action", FieldForm::always},
    {"target"},
    {"exec", FieldForm::record_always, &k_hook},
    {"include"},
    {"ignore"},
    {"initial_sync"},
};
constexpr RecordRules k_trigger{k_trigger_fields};

constexpr FieldRule k_develop_fields[] = {
    {"watch", FieldForm::records, &k_trigger},
};
constexpr RecordRules k_develop{k_develop_fields};

constexpr FieldRule k_weight_device_fields[] = {
    {"path", FieldForm::always, nullptr, "Path"},
    {"weight", FieldForm::always, nullptr, "Weight"},
};
constexpr RecordRules k_weight_device{k_weight_device_fields};

constexpr FieldRule k_throttle_device_fields[] = {
    {"path", FieldForm::always, nullptr, "Path"},
    {"rate", FieldForm::always, nullptr, "Rate"},
};
constexpr RecordRules k_throttle_device{k_throttle_device_fields};

constexpr FieldRule k_blkio_fields[] = {
    {"weight"},
    {"weight_device", FieldForm::records, &k_weight_device},
    {"device_read_bps", FieldForm::records, &k_throttle_device},
    {"device_read_iops", FieldForm::records, &k_throttle_device},
    {"device_write_bps", FieldForm::records, &k_throttle_device},
    {"device_write_iops", FieldForm::records, &k_throttle_device},
};
constexpr RecordRules k_blkio{k_blkio_fields};

constexpr FieldRule k_credential_spec_fields[] = {
    {"config"},
    {"file"},
    {"registry"},
};
constexpr RecordRules k_credential_spec{k_credential_spec_fields};

constexpr FieldRule k_update_fields[] = {
    {"parallelism", FieldForm::given}, {"delay"}, {"failure_action"}, {"monitor"}, {"max_failure_ratio"}, {"order"},
};
constexpr RecordRules k_update{k_update_fields};

constexpr FieldRule k_device_request_fields[] = {
    {"capabilities"}, {"driver"}, {"count"}, {"device_ids"}, {"options", FieldForm::map},
};
constexpr RecordRules k_device_request{k_device_request_fields};

constexpr FieldRule k_discrete_resource_fields[] = {
    {"kind", FieldForm::always},
    {"value", FieldForm::always},
};
constexpr RecordRules k_discrete_resource{k_discrete_resource_fields};

constexpr FieldRule k_generic_resource_fields[] = {
    {"discrete_resource_spec", FieldForm::record, &k_discrete_resource},
};
constexpr RecordRules k_generic_resource{k_generic_resource_fields};

constexpr FieldRule k_resource_fields[] = {
    {"cpus"},
    {"memory"},
    {"pids"},
    {"devices", FieldForm::records, &k_device_request},
    {"generic_resources", FieldForm::records, &k_generic_resource},
};
constexpr RecordRules k_resource{k_resource_fields};

constexpr FieldRule k_resources_fields[] = {
    {"limits", FieldForm::record, &k_resource},
    {"reservations", FieldForm::record, &k_resource},
};
constexpr RecordRules k_resources{k_resources_fields};

constexpr FieldRule k_restart_policy_fields[] = {
    {"condition"},
    {"delay", FieldForm::given},
    {"max_attempts", FieldForm::given},
    {"window", FieldForm::given},
};
constexpr RecordRules k_restart_policy{k_restart_policy_fields};

constexpr FieldRule k_preference_fields[] = {
    {"spread"},
};
constexpr RecordRules k_preference{k_preference_fields};

constexpr FieldRule k_placement_fields[] = {
    {"constraints"},
    {"preferences", FieldForm::records, &k_preference},
    {"max_replicas_per_node"},
};
constexpr RecordRules k_placement{k_placement_fields};

constexpr FieldRule k_deploy_fields[] = {
    {"mode"},
    {"labels", FieldForm::map},
    {"update_config", FieldForm::record, &k_update},
    {"rollback_config", FieldForm::record, &k_update},
    {"resources", FieldForm::record_always, &k_resources},
    {"restart_policy", FieldForm::record, &k_restart_policy},
    {"placement", FieldForm::record_always, &k_placement},
    {"endpoint_mode"},
};
constexpr RecordRules k_deploy{k_deploy_fields};

constexpr FieldRule k_device_fields[] = {
    {"source"},
    {"target"},
    {"permissions"},
};
constexpr RecordRules k_device{k_device_fields};

constexpr FieldRule k_provider_fields[] = {
    {"type"},
    {"options", FieldForm::map},
};
constexpr RecordRules k_provider{k_provider_fields};

constexpr FieldRule k_env_file_fields[] = {
    {"path"},
    {"required", FieldForm::opt_out},
    {"format"},
};
constexpr RecordRules k_env_file{k_env_file_fields};

constexpr FieldRule k_extends_fields[] = {
    {"file"},
    {"service"},
};
constexpr RecordRules k_extends{k_extends_fields};

constexpr FieldRule k_healthcheck_fields[] = {
    {"test"},
    {"timeout", FieldForm::given},
    {"interval", FieldForm::given},
    {"retries", FieldForm::given},
    {"start_period", FieldForm::given},
    {"start_interval", FieldForm::given},
    {"disable"},
};
constexpr RecordRules k_healthcheck{k_healthcheck_fields};

constexpr FieldRule k_logging_fields[] = {
    {"driver"},
    {"options", FieldForm::map},
};
constexpr RecordRules k_logging{k_logging_fields};

constexpr FieldRule k_service_model_fields[] = {
    {"endpoint_var"},
    {"model_var"},
};
constexpr RecordRules k_service_model{k_service_model_fields};

/// An attribute that forms before and after `form` have in another place or not at all.
constexpr FieldRule until(HashForm form, FieldRule rule) {
  rule.until = form;
  return rule;
}
constexpr FieldRule since(HashForm form, FieldRule rule) {
  rule.since = form;
  return rule;
}

constexpr FieldRule k_service_network_fields[] = {
    until(HashForm::r2_30_2, {"priority"}),
    until(HashForm::r2_30_2, {"gw_priority"}),
    {"aliases"},
    since(HashForm::r2_36, {"driver_opts", FieldForm::map}),
    since(HashForm::r2_36, {"gw_priority"}),
    {"interface_name"},
    {"ipv4_address"},
    {"ipv6_address"},
    {"link_local_ips"},
    {"mac_address"},
    until(HashForm::r2_30_2, {"driver_opts", FieldForm::map}),
    since(HashForm::r2_36, {"priority"}),
};
constexpr RecordRules k_service_network{k_service_network_fields};

constexpr FieldRule k_port_fields[] = {
    {"name"}, {"mode"}, {"host_ip"}, {"target"}, {"published"}, {"protocol"}, {"app_protocol"},
};
constexpr RecordRules k_port{k_port_fields};

constexpr FieldRule k_bind_fields[] = {
    {"selinux"},
    {"propagation"},
    until(HashForm::r2_36, {"create_host_path"}),
    since(HashForm::r5_0, {"create_host_path", FieldForm::opt_out}),
    {"recursive"},
};
constexpr RecordRules k_bind{k_bind_fields};

constexpr FieldRule k_volume_options_fields[] = {
    {"labels", FieldForm::map},
    {"nocopy"},
    {"subpath"},
};
constexpr RecordRules k_volume_options{k_volume_options_fields};

constexpr FieldRule k_tmpfs_fields[] = {
    {"size"},
    {"mode"},
};
constexpr RecordRules k_tmpfs{k_tmpfs_fields};

constexpr FieldRule k_image_options_fields[] = {
    {"subpath"},
};
constexpr RecordRules k_image_options{k_image_options_fields};

constexpr FieldRule k_mount_fields[] = {
    {"type"},
    {"source"},
    {"target"},
    {"read_only"},
    {"consistency"},
    {"bind", FieldForm::record, &k_bind},
    {"volume", FieldForm::record, &k_volume_options},
    {"tmpfs", FieldForm::record, &k_tmpfs},
    {"image", FieldForm::record, &k_image_options},
};
constexpr RecordRules k_mount{k_mount_fields};

constexpr FieldRule k_dependency_fields[] = {
    {"condition"},
    {"restart"},
    {"required", FieldForm::always},
};
constexpr RecordRules k_dependency{k_dependency_fields};

constexpr FieldRule k_service_fields[] = {
    until(HashForm::r2_29_3, {"profiles"}),
    {"annotations", FieldForm::map},
    {"attach", FieldForm::given},
    {"develop", FieldForm::record, &k_develop},
    {"blkio_config", FieldForm::record, &k_blkio},
    {"cap_add"},
    {"cap_drop"},
    {"cgroup_parent"},
    {"cgroup"},
    {"cpu_count"},
    {"cpu_percent"},
    {"cpu_period"},
    {"cpu_quota"},
    {"cpu_rt_period"},
    {"cpu_rt_runtime"},
    {"cpus"},
    {"cpuset"},
    {"cpu_shares"},
    {"command", FieldForm::command},
    {"configs", FieldForm::records, &k_file_reference},
    {"container_name"},
    {"credential_spec", FieldForm::record, &k_credential_spec},
    until(HashForm::r2_24, {"depends_on", FieldForm::record_map, &k_dependency}),
    {"deploy", FieldForm::record, &k_deploy},
    {"device_cgroup_rules"},
    until(HashForm::r2_24, {"devices"}),
    since(HashForm::r2_29_3, {"devices", FieldForm::records, &k_device}),
    {"dns"},
    {"dns_opt"},
    {"dns_search"},
    {"dockerfile"},
    {"domainname"},
    {"entrypoint", FieldForm::command},
    {"provider", FieldForm::record, &k_provider},
    {"environment", FieldForm::map},
    {"env_file", FieldForm::records, &k_env_file},
    {"expose"},
    {"extends", FieldForm::record, &k_extends},
    {"external_links"},
    {"extra_hosts"},
    {"group_add"},
    {"gpus", FieldForm::records, &k_device_request},
    {"hostname"},
    {"healthcheck", FieldForm::record, &k_healthcheck},
    {"image"},
    {"init", FieldForm::given},
    {"ipc"},
    {"isolation"},
    {"labels", FieldForm::map},
    {"label_file"},
    {"links"},
    {"logging", FieldForm::record, &k_logging},
    {"log_driver"},
    {"log_opt", FieldForm::map},
    {"mem_limit"},
    {"mem_reservation"},
    {"memswap_limit"},
    {"mem_swappiness"},
    {"mac_address"},
    {"models", FieldForm::record_map, &k_service_model},
    {"net"},
    {"network_mode"},
    {"networks", FieldForm::record_map, &k_service_network},
    {"oom_kill_disable"},
    {"oom_score_adj"},
    {"pid"},
    {"pids_limit"},
    {"platform"},
    {"ports", FieldForm::records, &k_port},
    {"privileged"},
    {"read_only"},
    {"restart"},
    {"runtime"},
    {"secrets", FieldForm::records, &k_file_reference},
    {"security_opt"},
    {"shm_size"},
    {"stdin_open"},
    {"stop_grace_period", FieldForm::given},
    {"stop_signal"},
    {"storage_opt", FieldForm::map},
    {"sysctls", FieldForm::map},
    {"tmpfs"},
    {"tty"},
    {"ulimits", FieldForm::record_map, &k_ulimit},
    {"use_api_socket"},
    {"user"},
    {"userns_mode"},
    {"uts"},
    {"volume_driver"},
    {"volumes", FieldForm::records, &k_mount},
    {"volumes_from"},
    {"working_dir"},
    {"pre_start", FieldForm::records, &k_hook},
    {"post_start", FieldForm::records, &k_hook},
    {"pre_stop", FieldForm::records, &k_hook},
};

}  // namespace

const RecordRules k_service_rules{k_service_fields};

}  // namespace hoist::compose

// The shape of a service: all attributes of the Compose Specification, in the order of the alphabet.
#include "compose/load/schema_shape.hpp"

namespace hoist::compose::schema {
namespace {

constexpr Attribute k_blkio_limit_attributes[] = {{"path", &k_string}, {"rate", &k_whole}};
constexpr Shape k_blkio_limit{.kinds = k_map, .attributes = k_blkio_limit_attributes, .extensible = false};
constexpr Shape k_blkio_limits{.kinds = k_list, .items = &k_blkio_limit};
constexpr Attribute k_blkio_weight_attributes[] = {{"path", &k_string}, {"weight", &k_whole}};
constexpr Shape k_blkio_weight{.kinds = k_map, .attributes = k_blkio_weight_attributes, .extensible = false};
constexpr Shape k_blkio_weights{.kinds = k_list, .items = &k_blkio_weight};
constexpr Attribute k_blkio_attributes[] = {
    {"device_read_bps", &k_blkio_limits},
    {"device_read_iops", &k_blkio_limits},
    {"device_write_bps", &k_blkio_limits},
    {"device_write_iops", &k_blkio_limits},
    {"weight", &k_whole},
    {"weight_device", &k_blkio_weights},
};
constexpr Shape k_blkio{.kinds = k_map, .attributes = k_blkio_attributes, .extensible = false};

constexpr std::string_view k_cgroups[] = {"host", "private"};
constexpr Shape k_cgroup{.kinds = k_text, .words = k_cgroups};
constexpr Shape k_container_name{.kinds = k_text, .rule = TextRule::container_name};
constexpr Shape k_cpu_count{.kinds = k_integer | k_text, .least = 0};
constexpr Shape k_cpu_percent{.kinds = k_integer | k_text, .least = 0, .most = 100};
constexpr Shape k_oom_score{.kinds = k_integer | k_text, .least = -1000, .most = 1000};
constexpr Shape k_pull_policy{.kinds = k_text, .rule = TextRule::pull_policy};
constexpr Shape k_maybe_string{.kinds = k_null | k_text};
constexpr Shape k_storage_options{.kinds = k_map, .values = &k_any_scalar};

constexpr Attribute k_credential_attributes[] = {{"config", &k_string}, {"file", &k_string}, {"registry", &k_string}};
constexpr Shape k_credential{.kinds = k_map, .attributes = k_credential_attributes};

constexpr std::string_view k_conditions[] = {"service_started", "service_healthy", "service_completed_successfully"};
constexpr Shape k_condition{.kinds = k_text, .words = k_conditions};
constexpr Attribute k_dependency_attributes[] = {
    {"condition", &k_condition, full, required}, {"required", &k_bool}, {"restart", &k_flag}};
constexpr Shape k_dependency{.kinds = k_map, .attributes = k_dependency_attributes};
constexpr Shape k_depends_on{
    .kinds = k_list | k_map, .values = &k_dependency, .keys = Keys::name, .items = &k_string, .unique = true};

constexpr Attribute k_device_mapping_attributes[] = {
    {"permissions", &k_string}, {"source", &k_string, full, required}, {"target", &k_string, full, required}};
constexpr Shape k_device_mapping{.kinds = k_text | k_map, .attributes = k_device_mapping_attributes};
constexpr Shape k_device_mappings{.kinds = k_list, .items = &k_device_mapping};

constexpr Attribute k_env_file_attributes[] = {
    {"format", &k_string}, {"path", &k_string, full, required}, {"required", &k_flag}};
constexpr Shape k_env_file{.kinds = k_text | k_map, .attributes = k_env_file_attributes, .extensible = false};
constexpr Shape k_env_files{.kinds = k_text | k_list, .items = &k_env_file};

constexpr Attribute k_extends_attributes[] = {{"file", &k_string}, {"service", &k_string, full, required}};
constexpr Shape k_extends{.kinds = k_text | k_map, .attributes = k_extends_attributes, .extensible = false};

constexpr std::string_view k_gpu_words[] = {"all"};
constexpr Attribute k_gpu_attributes[] = {
    {"capabilities", &k_string_set}, {"count", &k_whole},         {"device_ids", &k_string_set},
    {"driver", &k_string},           {"options", &k_list_or_map},
};
constexpr Shape k_gpu{.kinds = k_map, .attributes = k_gpu_attributes};
constexpr Shape k_gpus{.kinds = k_text | k_list, .items = &k_gpu, .words = k_gpu_words};

constexpr Attribute k_healthcheck_attributes[] = {
    {"disable", &k_flag},        {"interval", &k_string}, {"retries", &k_amount}, {"start_interval", &k_string},
    {"start_period", &k_string}, {"test", &k_words},      {"timeout", &k_string},
};
constexpr Shape k_healthcheck{.kinds = k_map, .attributes = k_healthcheck_attributes};

constexpr Shape k_log_option{.kinds = k_null | k_number | k_text};
constexpr Shape k_log_options{.kinds = k_map, .values = &k_log_option};
constexpr Attribute k_logging_attributes[] = {{"driver", &k_string}, {"options", &k_log_options}};
constexpr Shape k_logging{.kinds = k_map, .attributes = k_logging_attributes};

constexpr Attribute k_model_use_attributes[] = {{"endpoint_var", &k_string}, {"model_var", &k_string}};
constexpr Shape k_model_use{.kinds = k_null | k_map, .attributes = k_model_use_attributes};
constexpr Shape k_model_uses{.kinds = k_list | k_map, .values = &k_model_use, .items = &k_string, .unique = true};

constexpr Attribute k_membership_attributes[] = {
    {"aliases", &k_string_set},        {"driver_opts", &k_options}, {"gw_priority", &k_only_number},
    {"interface_name", &k_string},     {"ipv4_address", &k_string}, {"ipv6_address", &k_string},
    {"link_local_ips", &k_string_set}, {"mac_address", &k_string},  {"priority", &k_only_number},
};
constexpr Shape k_membership{.kinds = k_null | k_map, .attributes = k_membership_attributes};
constexpr Shape k_memberships{
    .kinds = k_list | k_map, .values = &k_membership, .keys = Keys::name, .items = &k_string, .unique = true};

constexpr Attribute k_port_attributes[] = {
    {"app_protocol", &k_string},
    {"host_ip", &k_string},
    {"mode", &k_string},
    {"name", &k_string},
    {"protocol", &k_string},
    {"published", &k_whole},
    {"target", &k_whole, full, required},
};
constexpr Shape k_port{.kinds = k_number | k_text | k_map, .attributes = k_port_attributes};
constexpr Shape k_ports{.kinds = k_list, .items = &k_port, .unique = true};

constexpr Attribute k_pre_start_attributes[] = {
    {"command", &k_command},    {"environment", &k_list_or_map}, {"image", &k_string},
    {"per_replica", &k_flag},   {"privileged", &k_flag},         {"user", &k_string},
    {"working_dir", &k_string},
};
constexpr Shape k_pre_start{.kinds = k_map, .attributes = k_pre_start_attributes};
constexpr Shape k_pre_starts{.kinds = k_list, .items = &k_pre_start};
constexpr Shape k_hooks{.kinds = k_list, .items = &k_hook};

constexpr Shape k_plain{.kinds = k_boolean | k_number | k_text};
constexpr Shape k_provider_option{.kinds = k_boolean | k_number | k_text | k_list, .items = &k_plain};
constexpr Shape k_provider_options{.kinds = k_map, .values = &k_provider_option};
constexpr Attribute k_provider_attributes[] = {{"options", &k_provider_options}, {"type", &k_string, full, required}};
constexpr Shape k_provider{.kinds = k_map, .attributes = k_provider_attributes};

constexpr std::string_view k_recursions[] = {"enabled", "disabled", "writable", "readonly"};
constexpr Shape k_recursive{.kinds = k_text, .words = k_recursions};
constexpr std::string_view k_selinux_words[] = {"z", "Z"};
constexpr Shape k_selinux{.kinds = k_text, .words = k_selinux_words};
constexpr Attribute k_bind_attributes[] = {
    {"create_host_path", &k_flag}, {"propagation", &k_string}, {"recursive", &k_recursive}, {"selinux", &k_selinux}};
constexpr Shape k_bind{.kinds = k_map, .attributes = k_bind_attributes};
constexpr Attribute k_mount_volume_attributes[] = {
    {"labels", &k_list_or_map}, {"nocopy", &k_flag}, {"subpath", &k_string}};
constexpr Shape k_mount_volume{.kinds = k_map, .attributes = k_mount_volume_attributes};
constexpr Shape k_tmpfs_size{.kinds = k_integer | k_text, .least = 0};
constexpr Attribute k_mount_tmpfs_attributes[] = {{"mode", &k_amount}, {"size", &k_tmpfs_size}};
constexpr Shape k_mount_tmpfs{.kinds = k_map, .attributes = k_mount_tmpfs_attributes};
constexpr Attribute k_mount_image_attributes[] = {{"subpath", &k_string}};
constexpr Shape k_mount_image{.kinds = k_map, .attributes = k_mount_image_attributes};
constexpr std::string_view k_mount_types[] = {"bind", "volume", "tmpfs", "cluster", "npipe", "image"};
constexpr Shape k_mount_type{.kinds = k_text, .words = k_mount_types};
constexpr Attribute k_mount_attributes[] = {
    {"bind", &k_bind},           {"consistency", &k_string},
    {"image", &k_mount_image},   {"read_only", &k_flag},
    {"source", &k_string},       {"target", &k_string},
    {"tmpfs", &k_mount_tmpfs},   {"type", &k_mount_type, full, required},
    {"volume", &k_mount_volume},
};
constexpr Shape k_mount{.kinds = k_text | k_map, .attributes = k_mount_attributes};
constexpr Shape k_mounts{.kinds = k_list, .items = &k_mount, .unique = true};

constexpr Attribute k_service_attributes[] = {
    {"annotations", &k_list_or_map},
    {"attach", &k_flag},
    {"blkio_config", &k_blkio},
    {"build", &k_build},
    {"cap_add", &k_string_set},
    {"cap_drop", &k_string_set},
    {"cgroup", &k_cgroup},
    {"cgroup_parent", &k_string},
    {"command", &k_command},
    {"configs", &k_file_references},
    {"container_name", &k_container_name},
    {"cpu_count", &k_cpu_count},
    {"cpu_percent", &k_cpu_percent},
    {"cpu_period", &k_amount},
    {"cpu_quota", &k_amount},
    {"cpu_rt_period", &k_amount},
    {"cpu_rt_runtime", &k_amount},
    {"cpu_shares", &k_amount},
    {"cpus", &k_amount},
    {"cpuset", &k_string},
    {"credential_spec", &k_credential},
    {"depends_on", &k_depends_on},
    {"deploy", &k_deploy},
    {"develop", &k_develop},
    {"device_cgroup_rules", &k_string_set},
    {"devices", &k_device_mappings},
    {"dns", &k_string_or_list},
    {"dns_opt", &k_string_set},
    {"dns_search", &k_string_or_list},
    {"domainname", &k_string},
    {"entrypoint", &k_command},
    {"env_file", &k_env_files},
    {"environment", &k_list_or_map},
    {"expose", &k_amount_set},
    {"extends", &k_extends},
    {"external_links", &k_string_set},
    {"extra_hosts", &k_extra_hosts},
    {"gpus", &k_gpus},
    {"group_add", &k_amount_set},
    {"healthcheck", &k_healthcheck},
    {"hostname", &k_string},
    {"image", &k_string},
    {"init", &k_flag},
    {"ipc", &k_string},
    {"isolation", &k_string},
    {"label_file", &k_words},
    {"labels", &k_list_or_map},
    {"links", &k_string_set},
    {"logging", &k_logging},
    {"mac_address", &k_string},
    {"mem_limit", &k_amount},
    {"mem_reservation", &k_whole},
    {"mem_swappiness", &k_whole},
    {"memswap_limit", &k_amount},
    {"models", &k_model_uses},
    {"network_mode", &k_string},
    {"networks", &k_memberships},
    {"oom_kill_disable", &k_flag},
    {"oom_score_adj", &k_oom_score},
    {"pid", &k_maybe_string},
    {"pids_limit", &k_amount},
    {"platform", &k_string},
    {"ports", &k_ports},
    {"post_start", &k_hooks},
    {"pre_start", &k_pre_starts},
    {"pre_stop", &k_hooks},
    {"privileged", &k_flag},
    {"profiles", &k_string_set},
    {"provider", &k_provider},
    {"pull_policy", &k_pull_policy},
    {"pull_refresh_after", &k_string, later},
    {"read_only", &k_flag},
    {"restart", &k_string},
    {"runtime", &k_string},
    {"scale", &k_whole},
    {"secrets", &k_file_references},
    {"security_opt", &k_string_set},
    {"shm_size", &k_amount},
    {"stdin_open", &k_flag},
    {"stop_grace_period", &k_string},
    {"stop_signal", &k_string},
    {"storage_opt", &k_storage_options},
    {"sysctls", &k_list_or_map},
    {"tmpfs", &k_string_or_list},
    {"tty", &k_flag},
    {"ulimits", &k_ulimits},
    {"use_api_socket", &k_bool},
    {"user", &k_string},
    {"userns_mode", &k_string},
    {"uts", &k_string},
    {"volumes", &k_mounts},
    {"volumes_from", &k_string_set},
    {"working_dir", &k_string},
};

}  // namespace

constexpr Shape k_service{.kinds = k_map, .attributes = k_service_attributes};

}  // namespace hoist::compose::schema

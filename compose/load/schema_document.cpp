// The shape of a whole document and of its top-level resources.
#include "compose/load/schema_shape.hpp"

namespace hoist::compose::schema {
namespace {

constexpr Attribute k_include_attributes[] = {
    {"env_file", &k_string_or_list}, {"path", &k_string_or_list}, {"project_directory", &k_string}};
constexpr Shape k_include{.kinds = k_text | k_map, .attributes = k_include_attributes};
constexpr Shape k_includes{.kinds = k_list, .items = &k_include};

constexpr Attribute k_external_attributes[] = {{"name", &k_string}};
constexpr Shape k_external{.kinds = k_boolean | k_text | k_map, .attributes = k_external_attributes};

constexpr Attribute k_pool_attributes[] = {
    {"aux_addresses", &k_string_map}, {"gateway", &k_string}, {"ip_range", &k_string}, {"subnet", &k_string}};
constexpr Shape k_pool{.kinds = k_map, .attributes = k_pool_attributes};
constexpr Shape k_pools{.kinds = k_list, .items = &k_pool};
constexpr Attribute k_ipam_attributes[] = {{"config", &k_pools}, {"driver", &k_string}, {"options", &k_string_map}};
constexpr Shape k_ipam{.kinds = k_map, .attributes = k_ipam_attributes};
constexpr Attribute k_network_attributes[] = {
    {"attachable", &k_flag},    {"driver", &k_string},     {"driver_opts", &k_options}, {"enable_ipv4", &k_flag},
    {"enable_ipv6", &k_flag},   {"external", &k_external}, {"internal", &k_flag},       {"ipam", &k_ipam},
    {"labels", &k_list_or_map}, {"name", &k_string},
};
constexpr Shape k_network{.kinds = k_null | k_map, .attributes = k_network_attributes};

constexpr Attribute k_volume_attributes[] = {
    {"driver", &k_string},      {"driver_opts", &k_options}, {"external", &k_external},
    {"labels", &k_list_or_map}, {"name", &k_string},
};
constexpr Shape k_volume{.kinds = k_null | k_map, .attributes = k_volume_attributes};

constexpr Attribute k_secret_attributes[] = {
    {"driver", &k_string}, {"driver_opts", &k_options}, {"environment", &k_string}, {"external", &k_external},
    {"file", &k_string},   {"labels", &k_list_or_map},  {"name", &k_string},        {"template_driver", &k_string},
};
constexpr Shape k_secret{.kinds = k_map, .attributes = k_secret_attributes};

constexpr Attribute k_config_attributes[] = {
    {"content", &k_string},     {"environment", &k_string}, {"external", &k_external},      {"file", &k_string},
    {"labels", &k_list_or_map}, {"name", &k_string},        {"template_driver", &k_string},
};
constexpr Shape k_config{.kinds = k_map, .attributes = k_config_attributes};

constexpr Shape k_integer_only{.kinds = k_integer};
constexpr Attribute k_model_attributes[] = {
    {"context_size", &k_integer_only},
    {"model", &k_string, full, required},
    {"name", &k_string},
    {"runtime_flags", &k_strings},
};
constexpr Shape k_model{.kinds = k_map, .attributes = k_model_attributes};

constexpr Shape k_services{.kinds = k_map, .values = &k_service, .keys = Keys::name};
constexpr Shape k_networks{.kinds = k_map, .values = &k_network, .keys = Keys::name};
constexpr Shape k_volumes{.kinds = k_map, .values = &k_volume, .keys = Keys::name};
constexpr Shape k_secrets{.kinds = k_map, .values = &k_secret, .keys = Keys::name};
constexpr Shape k_configs{.kinds = k_map, .values = &k_config, .keys = Keys::name};
constexpr Shape k_models{.kinds = k_map, .values = &k_model, .keys = Keys::name};

constexpr Attribute k_document_attributes[] = {
    {"configs", &k_configs},   {"include", &k_includes},  {"models", &k_models},
    {"name", &k_string},       {"networks", &k_networks}, {"secrets", &k_secrets},
    {"services", &k_services}, {"version", &k_string},    {"volumes", &k_volumes},
};

}  // namespace

constexpr Shape k_document{.kinds = k_map, .attributes = k_document_attributes};

}  // namespace hoist::compose::schema

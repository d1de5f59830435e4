#include "compose/load/record_form.hpp"

namespace hoist::compose {
namespace {

constexpr FieldRule k_pool_fields[] = {
    {"subnet"},
    {"gateway"},
    {"ip_range"},
    {"aux_addresses", FieldForm::map},
};
constexpr RecordRules k_pool{k_pool_fields};

constexpr FieldRule k_ipam_fields[] = {
    {"driver"},
    {"config", FieldForm::records, &k_pool},
    {"options", FieldForm::map},
};
constexpr RecordRules k_ipam{k_ipam_fields};

constexpr FieldRule k_network_fields[] = {
    {"name"},
    {"driver"},
    {"driver_opts", FieldForm::map},
    {"ipam", FieldForm::record_always, &k_ipam},
    {"external"},
    {"internal"},
    {"attachable"},
    {"labels", FieldForm::map},
    {"enable_ipv4", FieldForm::given},
    {"enable_ipv6", FieldForm::given},
};

constexpr FieldRule k_volume_fields[] = {
    {"name"}, {"driver"}, {"driver_opts", FieldForm::map}, {"external"}, {"labels", FieldForm::map},
};

}  // namespace

const RecordRules k_network_rules{k_network_fields};
const RecordRules k_volume_rules{k_volume_fields};

}  // namespace hoist::compose

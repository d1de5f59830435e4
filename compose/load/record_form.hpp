#pragma once

#include <span>
#include <string_view>

#include "compose/load/node.hpp"
#include "compose/model/hash_form.hpp"

namespace hoist::compose {

/// When an attribute is written. What says nothing is null, "", 0, false, an empty list or mapping.
enum class FieldForm {
  value,          ///< unless it says nothing
  given,          ///< unless it is null: 0 and false say something
  always,         ///< even if it says nothing
  opt_out,        ///< only false: true is the default
  command,        ///< always; null = the image's own, an empty list = none
  map,            ///< a mapping by keys of the user, sorted, unless it is empty
  record,         ///< a mapping of fixed keys, even if it is empty
  record_always,  ///< the same, `{}` when it is not there
  records,        ///< a list of them
  record_map,     ///< a sorted mapping to them; what is no mapping stays as it is
};

struct RecordRules;

/// One attribute of a mapping of fixed keys.
struct FieldRule {
  std::string_view key;
  FieldForm form = FieldForm::value;
  const RecordRules* record = nullptr;
  std::string_view written = {};  ///< when it differs from `key`
  HashForm since = HashForm::r2_24;
  HashForm until = k_newest_hash_form;  ///< the last form that has it so
};

/// The attributes of a mapping of fixed keys, in the order in which Docker Compose writes them.
struct RecordRules {
  std::span<const FieldRule> fields;
};

/// The mapping as Docker Compose writes it as JSON: attributes in its order, without those that say nothing
/// and without `x-*`, in one form. Wants settled values.
Node record_form(const Node& node, const RecordRules& rules, HashForm form = k_newest_hash_form);

/// Of a service only what its hash is made of. Source: compose-go's types package.
extern const RecordRules k_service_rules;
extern const RecordRules k_network_rules;
extern const RecordRules k_volume_rules;

}  // namespace hoist::compose

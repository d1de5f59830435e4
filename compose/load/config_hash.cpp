#include "compose/load/config_hash.hpp"

#include <charconv>
#include <cmath>

#include "compose/base/sha256.hpp"
#include "compose/load/json_text.hpp"
#include "compose/load/record_form.hpp"

namespace hoist::compose {
namespace {

/// A number as Go prints a float32: the shortest digits that read as the same one.
std::string float_text(double value) {
  char buffer[64];
  const auto number = static_cast<float>(value);
  const float size = std::fabs(number);
  const bool exponent = size != 0 && (size < 1e-6F || size >= 1e21F);
  const auto format = exponent ? std::chars_format::scientific : std::chars_format::fixed;
  const auto [end, failure] = std::to_chars(buffer, buffer + sizeof buffer, number, format);
  return failure == std::errc() ? std::string(buffer, end) : std::string();
}

/// Compact JSON, members in their order.
void write(const Node& node, std::string& out) {
  const char* separator = "";
  switch (node.kind()) {
    case Node::Kind::mapping:
      out += '{';
      for (const Member& member : node.members()) {
        out += std::exchange(separator, ",") + json_string(member.key) + ':';
        write(member.value, out);
      }
      out += '}';
      break;
    case Node::Kind::sequence:
      out += '[';
      for (const Node& item : node.items()) {
        out += std::exchange(separator, ",");
        write(item, out);
      }
      out += ']';
      break;
    case Node::Kind::null:
      out += "null";
      break;
    case Node::Kind::string:
      out += json_string(node.as_string());
      break;
    case Node::Kind::number:
      out += float_text(node.as_number());
      break;
    default:
      out += node.scalar_text();
  }
}

constexpr HashForm k_older_forms[] = {HashForm::r2_24, HashForm::r2_29_3, HashForm::r2_30_2, HashForm::r2_36,
                                      HashForm::r5_0};

std::string text_of(const Node& node) {
  std::string json;
  write(node, json);
  return json;
}

std::string hash_of(const Node& node) {
  return sha256_hex(text_of(node));
}

/// Calls `act` for each mapping in the list `key` of `service`.
template <typename Service, typename Act>
void each_in_list(Service& service, std::string_view key, const Act& act) {
  auto* list = service.find(key);
  if (list == nullptr || !list->is_sequence()) return;
  for (auto& item : list->items()) {
    if (item.is_mapping()) act(item);
  }
}

/// What the language says now was not said before; what no file wrote has no place.
void undo_bind_default(Node& mount) {
  Node* bind = mount.find("bind");
  Node* create = bind == nullptr || !bind->is_mapping() ? nullptr : bind->find("create_host_path");
  if (create != nullptr && !create->location.known()) *create = Node(false);
}

void device_to_text(Node& device) {
  const auto part = [&device](const char* key) {
    const Node* found = device.find(key);
    return found == nullptr || !found->is_scalar() ? std::string() : found->scalar_text();
  };
  std::string text = part("source") + ':' + part("target");
  if (const std::string permissions = part("permissions"); permissions != "rwm") text += ':' + permissions;
  device = Node(std::move(text));
}

Node form_of(const Node& service, HashForm form) {
  if (form == k_newest_hash_form) return record_form(service, k_service_rules);
  Node older = service;
  each_in_list(older, "volumes", undo_bind_default);
  if (form < HashForm::r2_29_3) each_in_list(older, "devices", device_to_text);
  return record_form(older, k_service_rules, form);
}

/// Whether some older form says anything else of it than the newest.
bool has_older_forms(const Node& service) {
  for (const char* key : {"depends_on", "profiles", "devices"}) {
    const Node* found = service.find(key);
    if (found != nullptr && !found->says_nothing()) return true;
  }
  bool differs = false;
  each_in_list(service, "volumes",
               [&differs](const Node& mount) { differs = differs || mount.find("bind") != nullptr; });
  const Node* networks = service.find("networks");
  if (networks == nullptr || !networks->is_mapping()) return differs;
  for (const Member& network : networks->members()) {
    differs = differs || (network.value.is_mapping() && network.value.members().size() > 1);
  }
  return differs;
}

}  // namespace

std::string service_config_hash(const Node& service, HashForm form) {
  return hash_of(form_of(service, form));
}

std::map<HashForm, std::string> service_hash_texts(const Node& service) {
  std::map<HashForm, std::string> texts{{k_newest_hash_form, text_of(form_of(service, k_newest_hash_form))}};
  for (const HashForm form : k_older_forms) texts.emplace(form, text_of(form_of(service, form)));
  return texts;
}

std::map<HashForm, std::string> older_service_hashes(const Node& service, const std::string& newest) {
  std::map<HashForm, std::string> older;
  if (!has_older_forms(service)) return older;
  for (const HashForm form : k_older_forms) {
    std::string hash = service_config_hash(service, form);
    if (hash != newest) older.emplace(form, std::move(hash));
  }
  return older;
}

std::string network_config_hash(const Node& network) {
  return hash_of(record_form(network, k_network_rules));
}

std::string volume_config_hash(const Node& volume) {
  Node with_driver = volume;
  const Node* driver = volume.find("driver");
  if (driver == nullptr || driver->is_null()) with_driver.set("driver", "local");
  return hash_of(record_form(with_driver, k_volume_rules));
}

}  // namespace hoist::compose

#include "remote/docker/json_access.hpp"

#include <nlohmann/json.hpp>

namespace hoist::remote {
namespace {

using nlohmann::json;

const json* member(const json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

}  // namespace

std::string text_at(const json& object, const char* key) {
  const json* found = member(object, key);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t number_at(const json& object, const char* key) {
  const json* found = member(object, key);
  return found != nullptr && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

bool flag_at(const json& object, const char* key) {
  const json* found = member(object, key);
  return found != nullptr && found->is_boolean() && found->get<bool>();
}

const json& object_at(const json& object, const char* key) {
  static const json k_empty = json::object();
  const json* found = member(object, key);
  return found != nullptr && found->is_object() ? *found : k_empty;
}

const json& list_at(const json& object, const char* key) {
  static const json k_empty = json::array();
  const json* found = member(object, key);
  return found != nullptr && found->is_array() ? *found : k_empty;
}

compose::StringMap strings_at(const json& object, const char* key) {
  compose::StringMap strings;
  for (const auto& [name, value] : object_at(object, key).items()) {
    if (value.is_string()) strings[name] = value.get<std::string>();
  }
  return strings;
}

}  // namespace hoist::remote

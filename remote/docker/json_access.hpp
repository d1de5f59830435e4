#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "compose/model/service.hpp"

namespace hoist::remote {

/// Reading answers that engines of many versions give: what is missing, null or of another type is empty.

std::string text_at(const nlohmann::json& object, const char* key);
std::int64_t number_at(const nlohmann::json& object, const char* key);
bool flag_at(const nlohmann::json& object, const char* key);
/// The object under `key`, or an empty one that lives forever.
const nlohmann::json& object_at(const nlohmann::json& object, const char* key);
/// The array under `key`, or an empty one that lives forever.
const nlohmann::json& list_at(const nlohmann::json& object, const char* key);
/// The strings in the object under `key`; other values are left out.
compose::StringMap strings_at(const nlohmann::json& object, const char* key);

}  // namespace hoist::remote

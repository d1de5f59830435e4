#pragma once

#include <cstdint>
#include <string>

namespace hoist::remote {

/// Writing what an engine is told: what says nothing (0, empty) is left out, so that the engine's own default holds.
/// `Json` is nlohmann::json, which this header leaves to those who include it.

template <typename Json>
void set_number(Json& object, const char* key, std::int64_t value) {
  if (value != 0) object[key] = value;
}

template <typename Json>
void set_text(Json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

template <typename Json, typename List>
void set_list(Json& object, const char* key, const List& list) {
  if (!list.empty()) object[key] = list;
}

}  // namespace hoist::remote

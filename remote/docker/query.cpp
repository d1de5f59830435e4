#include "remote/docker/query.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "remote/http/client.hpp"

namespace hoist::remote {

std::string filters_query(const Filters& filters) {
  if (filters.empty()) return {};
  const nlohmann::json json = filters;
  return "filters=" + escape_query(json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::string container_path(std::string_view name, std::string_view tail) {
  return fmt::format("/containers/{}{}", escape_query(name), tail);
}

}  // namespace hoist::remote

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hoist::remote {

/// Filters of a list or event request: name -> values.
using Filters = std::map<std::string, std::vector<std::string>>;

/// `filters` as engines want them in a query: escaped JSON, "filters=%7B...%7D"; empty when there are none.
std::string filters_query(const Filters& filters);

/// "/containers/<name, escaped><tail>"
std::string container_path(std::string_view name, std::string_view tail = {});

}  // namespace hoist::remote

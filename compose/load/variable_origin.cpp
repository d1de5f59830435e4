#include "compose/load/variable_origin.hpp"

#include <memory>
#include <string_view>

#include "compose/base/error.hpp"
#include "compose/base/file.hpp"
#include "compose/base/text.hpp"
#include "compose/load/dotenv.hpp"
#include "compose/load/paths.hpp"

namespace hoist::compose {
std::optional<std::string> value_in_file(const std::string& text, const std::string& name, const StringMap& environment,
                                         bool raw) {
  const EnvLookup lookup = [&environment](const std::string& other) -> std::optional<std::string> {
    const auto found = environment.find(other);
    return found == environment.end() ? std::nullopt : std::optional(found->second);
  };
  std::optional<std::string> value;
  for (const auto& [key, given] : raw ? parse_env_raw(text, nullptr, lookup) : parse_dotenv(text, nullptr, lookup)) {
    if (key == name && given) value = given;
  }
  return value;
}

int line_of_variable(const std::string& text, const std::string& name) {
  int found = 0;
  int number = 0;
  for (const std::string& whole : split(text, '\n')) {
    ++number;
    std::string_view line = trim(whole);
    if (line.starts_with("export ")) line = trim(line.substr(7));
    if (!line.starts_with(name)) continue;
    line = trim(line.substr(name.size()));
    if (line.starts_with('=') || line.starts_with(':') || line.empty()) found = number;
  }
  return found;
}

VariableOrigin origin_of(const std::string& name, const StringMap& environment, const std::vector<std::string>& files,
                         const LoadRequest& request) {
  VariableOrigin origin{.name = name};
  const auto found = environment.find(name);
  if (found == environment.end()) return origin;
  origin.value = found->second;
  if (const auto shell = request.environment.find(name); shell != request.environment.end()) {
    origin.source = VariableOrigin::Source::shell;
    if (shell->second == found->second) return origin;
  }
  for (const std::string& file : files) {
    const std::optional<std::string> text = find_file(file);
    if (!text || value_in_file(*text, name, environment) != origin.value) continue;
    origin.source = VariableOrigin::Source::file;
    origin.location = {std::make_shared<const std::string>(shown_path(file, request.current_directory)),
                       line_of_variable(*text, name), 0};
  }
  if (origin.source == VariableOrigin::Source::file) return origin;
  origin.source = VariableOrigin::Source::project_name;
  return origin;
}

}  // namespace hoist::compose

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hoist::compose {

using EnvLookup = std::function<std::optional<std::string>(const std::string&)>;
/// In the order of the file, later ones win; nothing = a key without a value that `lookup` does not know.
using EnvPairs = std::vector<std::pair<std::string, std::optional<std::string>>>;

/// The variables of a .env file: `export`, quotes, comments, multi-line values, `KEY: value`, and variables
/// in values, which are sought with `lookup` first, then among the keys above in the file, then with `above`
/// (files read before). Errors: Error{bad_input} with file and line. Source: compose-go's dotenv.
EnvPairs parse_dotenv(std::string_view text, const std::shared_ptr<const std::string>& file, const EnvLookup& lookup,
                      const EnvLookup& above = {});

/// The variables of a file in the format of `docker run --env-file`: no quotes, no interpolation.
/// Errors: Error{bad_input} with file and line.
EnvPairs parse_env_raw(std::string_view text, const std::shared_ptr<const std::string>& file, const EnvLookup& lookup);

}  // namespace hoist::compose

#include <algorithm>
#include <string>

#include "compose/base/error.hpp"
#include "compose/load/dotenv.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using hoist::compose::EnvPairs;

std::optional<std::string> lookup(const std::string& name) {
  return name.size() % 2 == 0 ? std::optional<std::string>("shell") : std::nullopt;
}

/// `pairs` as a file that says the same in single quotes. Values with a backslash have no such form, and those that
/// variables made large take their time.
std::string quoted(const EnvPairs& pairs) {
  std::string text;
  for (const auto& [key, value] : pairs) {
    text += key + "='";
    for (const char c : *value) text += c == '\'' ? "\\'" : std::string(1, c);
    text += "'\n";
  }
  return text;
}

bool is_plain(const std::pair<std::string, std::optional<std::string>>& pair) {
  const auto& [key, value] = pair;
  return !key.empty() && !key.starts_with("export") && !key.starts_with("\xef\xbb\xbf") && value &&
         value->size() < 65'536 && value->find_first_of("\\\r") == std::string::npos;
}

}  // namespace

/// What a file says can be written in single quotes and read again; mistakes carry a line of the file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hoist;
  const std::string_view text = fuzz::text_of(data, size);
  static const auto file = std::make_shared<const std::string>(".env");
  const auto lines = std::ranges::count(text, '\n') + 1;
  const auto check_error = [lines](const Error& error) {
    fuzz::check(error.code() == ErrorCode::bad_input, "a wrong file is bad input");
    fuzz::check(error.location().line >= 1 && error.location().line <= lines, "the line exists");
  };
  try {
    EnvPairs pairs = compose::parse_dotenv(text, file, lookup);
    std::erase_if(pairs, [](const auto& pair) { return !is_plain(pair); });
    const EnvPairs again = compose::parse_dotenv(quoted(pairs), file, lookup);
    fuzz::check(again == pairs, "quoted values are read as they are");
  } catch (const Error& error) {
    check_error(error);
  }
  try {
    for (const auto& [key, value] : compose::parse_env_raw(text, file, lookup)) {
      fuzz::check(!key.empty() && value && value->find('\n') == std::string::npos, "raw values are parts of lines");
    }
  } catch (const Error& error) {
    check_error(error);
  }
  return 0;
}

#include <string>

#include "compose/base/error.hpp"
#include "compose/load/substitute.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

std::optional<std::string> lookup(std::string_view name) {
  if (name.size() % 3 == 0) return std::nullopt;
  return name.size() % 3 == 1 ? "$value}" : "";
}

}  // namespace

/// A text whose dollars are doubled comes back as it was; any other text gives a text or Error{bad_input}.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hoist;
  const std::string_view text = fuzz::text_of(data, size);
  const auto on_missing = [](std::string_view name) {
    fuzz::check(!name.empty(), "a missing variable has a name");
    fuzz::check(!lookup(name), "a missing variable is not set");
  };
  try {
    const std::string result = compose::substitute(text, lookup, on_missing);
    if (text.find('$') == std::string_view::npos) fuzz::check(result == text, "no dollar, no change");
  } catch (const Error& error) {
    fuzz::check(error.code() == ErrorCode::bad_input, "a wrong text is bad input");
  }
  std::string doubled;
  for (const char c : text) doubled.append(c == '$' ? 2 : 1, c);
  fuzz::check(compose::substitute(doubled, lookup, on_missing) == text, "two dollars make one");
  return 0;
}

#include <string>

#include "compose/base/error.hpp"
#include "sync/core/ignore.hpp"
#include "tests/fuzz/fuzz.hpp"

/// Three lines: a path, rules of Docker's kind, what to take (words, one rule each); the rest is a .gitignore file. An
/// ignored directory that need not be entered holds nothing that is wanted.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hoist;
  std::string_view text = fuzz::text_of(data, size);
  const std::string path(fuzz::take_line(text).substr(0, 200));
  if (path.empty() || path.starts_with('/') || path.ends_with('/') || path.find("//") != std::string::npos) return 0;
  sync::IgnoreRules rules;
  const auto lines_of = [](std::string words) {
    for (char& c : words) c = c == ' ' ? '\n' : c;
    return words;
  };
  try {
    rules.add_docker(lines_of(std::string(fuzz::take_line(text))), "a");
    rules.take_only(lines_of(std::string(fuzz::take_line(text))), "b");
  } catch (const Error& error) {
    fuzz::check(error.code() == ErrorCode::bad_input && error.location().line >= 1, "a wrong rule has a line");
  }
  rules.set_git(text);
  const bool ignored = rules.ignores(path, false);
  for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string parent = path.substr(0, slash);
    if (!rules.ignores(parent, true) || rules.may_have_wanted_below(parent)) continue;
    fuzz::check(ignored, "nothing is wanted below a directory that need not be entered");
  }
  return 0;
}

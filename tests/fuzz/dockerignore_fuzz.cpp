#include <string>

#include "compose/base/dockerignore.hpp"
#include "compose/base/error.hpp"
#include "tests/fuzz/fuzz.hpp"

/// The first line is a path, the rest are rules. A directory that need not be entered holds nothing to send.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hoist;
  std::string_view text = fuzz::text_of(data, size);
  const std::string path(fuzz::take_line(text).substr(0, 200));
  if (path.empty() || path.starts_with('/') || path.ends_with('/') || path.find("//") != std::string::npos) return 0;
  try {
    const DockerIgnore ignore(text, ".dockerignore");
    const bool excluded = ignore.excludes(path);
    fuzz::check(!excluded || !ignore.empty(), "no rules, nothing excluded");
    for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
      const std::string parent = path.substr(0, slash);
      if (!ignore.excludes(parent) || ignore.may_include_below(parent)) continue;
      fuzz::check(excluded, "nothing is included below a directory that need not be entered");
    }
  } catch (const Error& error) {
    fuzz::check(error.code() == ErrorCode::bad_input && error.location().line >= 1, "a wrong rule has a line");
  }
  return 0;
}

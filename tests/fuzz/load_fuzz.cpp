#include <fcntl.h>

#include <cerrno>
#include <cstdarg>
#include <map>
#include <string>

#include "compose/base/error.hpp"
#include "compose/load/load.hpp"
#include "compose/load/render.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/support/temp_dir.hpp"

namespace {

using namespace hoist;
using namespace hoist::compose;

const std::string* only_below = nullptr;  ///< the one directory whose files may be opened; null = all may be

bool may_be_opened(std::string_view path) {
  return only_below == nullptr || (path.starts_with(*only_below) && path.find("..") == std::string_view::npos);
}

/// "compose.yaml", "common/web.env": names of files have a dot, those of directories none, so that they never clash.
bool is_file_name(std::string_view name) {
  constexpr std::string_view k_letters = "abcdefghijklmnopqrstuvwxyz";
  const std::size_t slash = name.find('/');
  if (slash == 0) return false;
  if (slash != std::string_view::npos) {
    if (name.substr(0, slash).find_first_not_of(k_letters) != std::string_view::npos) return false;
    name.remove_prefix(slash + 1);
  }
  const std::size_t dot = name.find('.');
  return name.size() < 32 && dot != std::string_view::npos && dot + 1 < name.size() &&
         name.substr(0, dot).find_first_not_of(k_letters) == std::string_view::npos &&
         name.substr(dot + 1).find_first_not_of(k_letters) == std::string_view::npos;
}

/// The files of an input: compose.yaml, and after a line "#file NAME" another one.
std::map<std::string, std::string> files_of(std::string_view text) {
  constexpr std::string_view k_mark = "#file ";
  constexpr std::size_t k_most = 8;
  std::map<std::string, std::string> files{{"compose.yaml", ""}};
  std::string name = "compose.yaml";
  while (!text.empty()) {
    const std::string_view line = fuzz::take_line(text);
    const std::string_view other = line.starts_with(k_mark) ? line.substr(k_mark.size()) : std::string_view();
    if (is_file_name(other) && files.size() < k_most) {
      name = other;
      files[name];
    } else {
      files[name].append(line).append("\n");
    }
  }
  return files;
}

/// A request about `directory`: its own files, or, instead of them, what standard input gives.
LoadRequest request_of(const std::string& directory, const std::string* standard_input = nullptr) {
  LoadRequest request;
  request.project_name = "fuzz";
  request.profiles = {"*"};
  request.environment = {{"HOME", "/home/me"}, {"A", "1"}, {"EMPTY", ""}};
  request.current_directory = directory;
  request.project_directory = directory;
  request.all_resources = true;
  if (standard_input != nullptr) {
    request.files = {"-"};
    request.read_stdin = [standard_input] { return *standard_input; };
  }
  return request;
}

void check_project(const std::string& directory) {
  Node tree;
  try {
    tree = load(request_of(directory)).tree;
  } catch (const Error&) {
    return;
  }
  const std::string written = to_yaml(escape_variables(tree));
  const std::string meant = to_json(tree);
  try {
    fuzz::check(to_json(load(request_of(directory, &written)).tree) == meant, "what is printed means the same");
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n%s\n", error.what(), written.c_str());
    fuzz::check(false, "what is printed can be read");
  }
}

}  // namespace

/// In the place of the C library's: a project that names /dev/zero or a file of this machine is told that there is
/// none.
extern "C" int open(const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const unsigned mode = (flags & O_CREAT) != 0 ? va_arg(arguments, unsigned) : 0;
  va_end(arguments);
  if (may_be_opened(path)) return ::openat(AT_FDCWD, path, flags, mode);
  errno = ENOENT;
  return -1;
}

/// A project is refused with an Error or accepted; what is printed of an accepted one loads as the same project. No
/// file outside of its directory is read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const test::TempDir directory;
  const std::string path = directory.path().string() + "/";
  for (const auto& [name, content] : files_of(fuzz::text_of(data, size))) directory.write(name, content);
  only_below = &path;
  check_project(directory.path().string());
  only_below = nullptr;
  return 0;
}

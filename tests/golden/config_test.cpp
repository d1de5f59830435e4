#include <catch2/catch.hpp>
#include <filesystem>

#include "compose/base/environment.hpp"
#include "compose/base/file.hpp"
#include "compose/load/config_form.hpp"
#include "compose/load/load.hpp"
#include "compose/load/render.hpp"
#include "tests/golden/cases.hpp"

using namespace hoist;
using namespace hoist::compose;
using hoist::test::golden_cases;
using hoist::test::request_of;
namespace fs = std::filesystem;

namespace {

struct Outputs {
  std::string project;
  std::string error;
  std::string warnings;
  std::string unsupported;
};

std::string lines_of(const std::vector<Diagnostic>& findings) {
  std::string lines;
  for (const Diagnostic& finding : findings) lines += finding.to_string() + "\n";
  return lines;
}

Outputs run(const fs::path& directory) {
  try {
    const LoadResult result = load(request_of(directory));
    return {.project = to_json(to_json_form(result.tree)),
            .warnings = lines_of(result.warnings),
            .unsupported = lines_of(result.unsupported)};
  } catch (const Error& fault) {
    return {.error = fault.diagnostics().empty() ? std::string(fault.what()) + "\n" : lines_of(fault.diagnostics())};
  }
}

std::string without_place(std::string text, const fs::path& directory) {
  for (std::size_t at = 0; (at = text.find(directory.string(), at)) != text.npos;) {
    text.replace(at, directory.string().size(), "@CASE@");
  }
  return text;
}

void check_file(const fs::path& directory, const char* name, const std::string& content) {
  const fs::path path = directory / name;
  const std::string actual = without_place(content, directory);
  if (environment_variable("HOIST_ACCEPT") == "1") {
    if (actual.empty()) {
      fs::remove(path);
    } else {
      write_file_atomically(path, actual);
    }
  }
  INFO(path.string());
  CHECK(actual == find_file(path).value_or(""));
}

}  // namespace

TEST_CASE("projects are read as the golden files say", "[golden]") {
  REQUIRE(!golden_cases().empty());
  for (const fs::path& directory : golden_cases()) {
    DYNAMIC_SECTION(directory.filename().string()) {
      const Outputs outputs = run(directory);
      check_file(directory, "project.json", outputs.project);
      check_file(directory, "error.txt", outputs.error);
      check_file(directory, "warnings.txt", outputs.warnings);
      check_file(directory, "unsupported.txt", outputs.unsupported);
      CHECK(outputs.project.empty() != outputs.error.empty());
    }
  }
}

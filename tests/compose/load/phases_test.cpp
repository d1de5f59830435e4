#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "compose/base/file.hpp"

using namespace hoist;

namespace {

using Phases = std::vector<std::pair<int, std::string>>;

std::string source(const std::string& path) {
  const char* root = std::getenv("HOIST_SOURCE_DIR");
  REQUIRE(root != nullptr);
  return read_file(std::filesystem::path(root) / path);
}

/// All matches of a pattern with two groups: a number and a name, in either order.
Phases phases_in(const std::string& text, const std::string& pattern, std::size_t number, std::size_t name) {
  Phases phases;
  const std::regex expression(pattern, std::regex::ECMAScript | std::regex::multiline);
  for (std::sregex_iterator match(text.begin(), text.end(), expression), end; match != end; ++match) {
    phases.emplace_back(std::stoi((*match)[number]), (*match)[name]);
  }
  std::ranges::sort(phases);
  return phases;
}

}  // namespace

TEST_CASE("the README lists the phases that the driver calls, under the same numbers") {
  const Phases listed = phases_in(source("compose/README.md"), "^(\\d+)\\. `(\\w+)`: ", 1, 2);
  // "  merge_into(model, std::move(document));  // 7. ..." or "  Node tree = normalize(tree);  // 13. ..."
  const Phases called =
      phases_in(source("compose/load/load.cpp"), "^ +(?:[\\w:<>& ]+ = )?(\\w+)\\(.*;  *// (\\d+)\\. ", 2, 1);
  REQUIRE(listed.size() >= 20);
  for (std::size_t i = 0; i < listed.size(); ++i) CHECK(listed[i].first == static_cast<int>(i) + 1);
  CHECK(called == listed);
}

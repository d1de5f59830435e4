#include "compose/load/explain.hpp"

#include <catch2/catch.hpp>

#include "compose/base/file.hpp"
#include "tests/golden/cases.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

/// Calls `visit` for every value below `node` that holds no others.
void visit_scalars(const Node& node, TreePath& path, const std::function<void(const TreePath&, const Node&)>& visit) {
  if (node.is_mapping()) {
    for (const Member& member : node.members()) {
      path.push_back({member.key});
      visit_scalars(member.value, path, visit);
      path.pop_back();
    }
  } else if (node.is_sequence()) {
    for (std::size_t i = 0; i < node.items().size(); ++i) {
      path.push_back({{}, i});
      visit_scalars(node.items()[i], path, visit);
      path.pop_back();
    }
  } else {
    visit(path, node);
  }
}

}  // namespace

TEST_CASE("the history of every value ends with that value", "[golden]") {
  for (const std::filesystem::path& directory : test::golden_cases()) {
    const LoadRequest request = test::request_of(directory);
    if (find_file(directory / "error.txt") || !request.interpolate) continue;
    const LoadResult result = load(request);
    TreePath path;
    visit_scalars(result.tree, path, [&request, &directory](const TreePath& place, const Node& value) {
      INFO(directory.filename().string() << ": " << to_string(place));
      const Explanation explanation = explain(request, to_string(place));
      CHECK(explanation.path == place);
      REQUIRE_FALSE(explanation.steps.empty());
      CHECK(explanation.steps.back().value == value);
    });
  }
}

#include "compose/graph/graph.hpp"

#include <catch2/catch.hpp>

#include "compose/base/error.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

const DependencyGraph k_shop{{"web", {"api"}}, {"api", {"db", "cache"}}, {"db", {}}, {"cache", {}}};

}  // namespace

TEST_CASE("dependencies come first, the rest by name", "[graph]") {
  CHECK(dependency_order(k_shop) == std::vector<std::string>{"cache", "db", "api", "web"});
}

TEST_CASE("a cycle is shown as a path", "[graph]") {
  const DependencyGraph graph{{"web", {"db"}}, {"db", {"cache"}}, {"cache", {"db"}}};
  CHECK(find_cycle(graph) == std::vector<std::string>{"cache", "db", "cache"});
  CHECK_THROWS_WITH(dependency_order(graph), Catch::Contains("cache -> db -> cache"));
  CHECK(find_cycle({{"self", {"self"}}}) == std::vector<std::string>{"self", "self"});
  CHECK(find_cycle(k_shop).empty());
}

TEST_CASE("closures follow the arrows, turned or not", "[graph]") {
  CHECK(with_dependencies(k_shop, {"api"}) == std::set<std::string>{"api", "cache", "db"});
  CHECK(with_dependencies(reversed(k_shop), {"db"}) == std::set<std::string>{"api", "db", "web"});
  CHECK(reversed(reversed(k_shop)) == k_shop);
}

TEST_CASE("dependencies on services that are switched off do not order anything", "[graph]") {
  Project project;
  project.services["web"].depends_on = {{.service = "db"}, {.service = "cache"}};
  project.services["db"];
  project.disabled_services["cache"];
  CHECK(dependency_graph(project) == DependencyGraph{{"web", {"db"}}, {"db", {}}});
}

#include "remote/docker/query.hpp"

#include <catch2/catch.hpp>

using namespace hoist::remote;

TEST_CASE("filters are escaped JSON", "[docker][query]") {
  CHECK(filters_query({}).empty());
  CHECK(filters_query({{"label", {"a=b c", "d"}}}) == "filters=%7B%22label%22%3A%5B%22a%3Db%20c%22%2C%22d%22%5D%7D");
  // Bytes that are no UTF-8 come from files and must not throw.
  CHECK(filters_query({{"label", {"\xff"}}}) == "filters=%7B%22label%22%3A%5B%22%EF%BF%BD%22%5D%7D");
}

TEST_CASE("a name cannot leave its place in a path", "[docker][query]") {
  CHECK(container_path("shop-web-1", "/json") == "/containers/shop-web-1/json");
  CHECK(container_path("../images?x") == "/containers/..%2Fimages%3Fx");
}

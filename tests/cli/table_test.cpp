#include "cli/table.hpp"

#include <catch2/catch.hpp>

namespace hoist::cli {

TEST_CASE("columns are as wide as their widest cell, in columns of the terminal", "[cli]") {
  CHECK(format_table({"NAME", "STATE"}, {{"größe", "up"}, {"a", "exited"}}) ==
        "NAME    STATE\n"
        "größe   up\n"
        "a       exited\n");
}

TEST_CASE("an empty last cell leaves no spaces, and control characters are taken out", "[cli]") {
  CHECK(format_table({"A", "B"}, {{"x\x1b[31m", ""}}) == "A   B\nx\n");
}

}  // namespace hoist::cli

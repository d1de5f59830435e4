#include "compose/load/timestamp.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace hoist::compose;

TEST_CASE("dates and moments are timestamps", "[timestamp]") {
  const std::string text = GENERATE("2001-12-14", "2001-1-2", "2024-02-29", "2001-12-14T21:59:43Z",
                                    "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43", "2001-12-14 1:2:3.25");
  CAPTURE(text);
  CHECK(is_timestamp(text));
}

TEST_CASE("what only resembles them is text", "[timestamp]") {
  const std::string text =
      GENERATE("", "2001", "2001-12", "01-12-14", "2001-13-01", "2001-02-30", "2023-02-29", "2001-12-14x",
               "2001-12-140", "2001-12-14T", "2001-12-14T21:59:43", "2001-12-14 21:59:43Z", "2001-12-14T25:00:00Z",
               "2001-12-14 21:59", "2001-12-14T21:59:43.Z", "2001-12-14T21:59:43+5:00", "20011-12-14", "2001-12-14 ");
  CAPTURE(text);
  CHECK_FALSE(is_timestamp(text));
}

#include "cli/excerpt.hpp"

#include <catch2/catch.hpp>
#include <memory>

#include "compose/base/file.hpp"
#include "tests/support/temp_dir.hpp"

namespace hoist::cli {
namespace {

TEST_CASE("the caret stands under the column", "[cli]") {
  CHECK(excerpt("  web:", 7, 3, 80) == "     7 |   web:\n       |   ^\n");
  CHECK(excerpt("web:", 12345, 5, 80) == "  12345 | web:\n       |     ^\n");
  CHECK(excerpt("", 1, 1, 80) == "     1 | \n       | ^\n");
}

TEST_CASE("without a column, or with one beyond the line, there is no caret", "[cli]") {
  CHECK(excerpt("web:", 1, 0, 80) == "     1 | web:\n");
  CHECK(excerpt("web:", 1, 9, 80) == "     1 | web:\n");
}

TEST_CASE("tabs and wide characters move the caret as they move the text", "[cli]") {
  CHECK(excerpt("a\tb", 1, 3, 80) == "     1 | a   b\n       |     ^\n");
  CHECK(excerpt("\t\tb", 1, 3, 80) == "     1 |         b\n       |         ^\n");
  CHECK(excerpt("\xc3\xa9: x", 1, 5, 80) == "     1 | \xc3\xa9: x\n       |    ^\n");           // é: two bytes
  CHECK(excerpt("\xe4\xb8\xad: x", 1, 6, 80) == "     1 | \xe4\xb8\xad: x\n       |     ^\n");  // two columns
}

TEST_CASE("control characters and broken bytes are shown, not sent", "[cli]") {
  CHECK(excerpt("a\x1b[31mb", 1, 7, 80) == "     1 | a\\x1b[31mb\n       |          ^\n");
  CHECK(excerpt("a\xff", 1, 2, 80) == "     1 | a\\xff\n       |  ^\n");
  CHECK(excerpt("\xc2\x9b", 1, 0, 80) == "     1 | \\xc2\\x9b\n");
}

TEST_CASE("of a long line there is what stands around the column", "[cli]") {
  const std::string line = std::string(100, 'a') + "X" + std::string(100, 'b');
  const std::string middle = excerpt(line, 1, 101, 40);
  CHECK(middle == "     1 | ...aaaaaaaaaaaaXbbbbbbbbbbb...\n       |                ^\n");
  CHECK(excerpt(line, 1, 1, 40) == "     1 | aaaaaaaaaaaaaaaaaaaaaaaa...\n       | ^\n");
  CHECK(excerpt(line, 1, 201, 40) == "     1 | ...bbbbbbbbbbbbb\n       |                ^\n");
  CHECK(excerpt(line, 1, 101, 5).find("X") != std::string::npos);
}

TEST_CASE("only the line of the place is read from the file", "[cli]") {
  const test::TempDir dir;
  const std::string path = dir.path() / "compose.yaml";
  write_file_atomically(path, "secret: 1\r\nweb: 2\r\nsecret: 3\r\n");
  const auto file = std::make_shared<const std::string>(path);
  CHECK(excerpt(SourceLocation{file, 2, 1}, 80) == "     2 | web: 2\n       | ^\n");
  CHECK(excerpt(SourceLocation{file, 9, 1}, 80).empty());
  CHECK(excerpt(SourceLocation{file, 0, 0}, 80).empty());
  CHECK(excerpt(SourceLocation{std::make_shared<const std::string>("<stdin>"), 1, 1}, 80).empty());
  CHECK(excerpt(SourceLocation{}, 80).empty());
}

}  // namespace
}  // namespace hoist::cli

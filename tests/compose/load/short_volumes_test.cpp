#include "compose/load/short_volumes.hpp"

#include <catch2/catch.hpp>

#include "compose/base/error.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

Mount bind(std::string source, std::string target, bool read_only = false) {
  Mount mount;
  mount.type = Mount::Type::bind;
  mount.source = std::move(source);
  mount.target = std::move(target);
  mount.read_only = read_only;
  mount.bind_create_host_path = true;
  return mount;
}

Mount volume(std::string source, std::string target, bool read_only = false) {
  Mount mount;
  mount.source = std::move(source);
  mount.target = std::move(target);
  mount.read_only = read_only;
  return mount;
}

struct Case {
  std::string spec;
  Mount expected;
};

struct Wrong {
  std::string spec;
  std::string why;
};

}  // namespace

TEST_CASE("the first character of the source tells a bind mount from a volume", "[volumes]") {
  const auto c = GENERATE(values<Case>({
      {"data:/d", volume("data", "/d")},
      {"name.with-chars_1:/d", volume("name.with-chars_1", "/d")},
      {"./x:/y", bind("./x", "/y")},
      {"../x:/y", bind("../x", "/y")},
      {".:/y", bind(".", "/y")},
      {"..:/y", bind("..", "/y")},
      {"/x:/y", bind("/x", "/y")},
      {"~:/y", bind("~", "/y")},
      {"~/x:/y", bind("~/x", "/y")},
      {"c:/x:/y", bind("c:/x", "/y")},
      {"C:\\x:D:\\y", bind("C:\\x", "D:\\y")},
      {"\\\\.\\pipe\\a:/y", bind("\\\\.\\pipe\\a", "/y")},
      {"${V:-a:b}:/y", volume("${V:-a:b}", "/y")},
      {"1:/y", volume("1", "/y")},
  }));
  CAPTURE(c.spec);
  CHECK(parse_volume(c.spec) == c.expected);
}

TEST_CASE("without a source the volume is anonymous", "[volumes]") {
  const auto c = GENERATE(values<Case>({
      {"/", volume("", "/")},
      {"a", volume("", "a")},
      {"/var/lib", volume("", "/var/lib")},
      {"./x", volume("", "./x")},
      {"D:\\y", volume("", "D:\\y")},
      // One letter before a colon is a drive, not a name.
      {"d:/y", volume("", "d:/y")},
      {"\xc3\xa9:/y", volume("", "\xc3\xa9:/y")},
  }));
  CAPTURE(c.spec);
  CHECK(parse_volume(c.spec) == c.expected);
}

TEST_CASE("options follow the target", "[volumes]") {
  CHECK(parse_volume("data:/d:ro") == volume("data", "/d", true));
  CHECK(parse_volume("/x:/y:ro") == bind("/x", "/y", true));
  CHECK(parse_volume("/x:/y:rw") == bind("/x", "/y"));
  CHECK(parse_volume("/x:/y:ro,rw") == bind("/x", "/y"));
  CHECK(parse_volume("/x:/y:cached") == bind("/x", "/y"));
  CHECK(parse_volume("data:/d:nocopy").volume_nocopy);
  CHECK(parse_volume("/x:/y:z").bind_selinux == "z");
  CHECK(parse_volume("/x:/y:ro,Z").bind_selinux == "Z");
  CHECK(parse_volume("/x:/y:ro,rslave").bind_propagation == "rslave");
  CHECK(parse_volume("/x:/y:ro,rslave").read_only);
}

TEST_CASE("what is no volume is refused with the reason", "[volumes]") {
  const auto c = GENERATE(values<Wrong>({
      {"", "it is empty"},
      {":/y", "empty section between colons"},
      {"/x:", "empty section between colons"},
      {"/x::ro", "empty section between colons"},
      {"data:/d:", "empty section between colons"},
      {"data:/d:ro:rw", "too many colons"},
  }));
  CAPTURE(c.spec);
  try {
    parse_volume(c.spec);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::bad_input);
    CHECK(error.what() == "'" + c.spec + "' is not a volume: " + c.why);
  }
}

#include "sync/wire/codec.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "compose/base/error.hpp"
#include "tests/sync/core/random_trees.hpp"
#include "tests/sync/core/tree_text.hpp"

using namespace hoist;
using namespace hoist::sync;
using hoist::test::RandomTrees;
using hoist::test::tree_of;

namespace {

std::string written(const Tree& tree) {
  WireWriter out;
  out.tree(tree);
  return out.take();
}

Tree read(const std::string& bytes) {
  WireReader in(bytes);
  Tree tree = in.tree();
  in.finish();
  return tree;
}

}  // namespace

TEST_CASE("numbers are read as they were written, in as few bytes as they need", "[sync][wire]") {
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  for (const std::uint64_t value :
       {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128}, std::uint64_t{1} << 62U, most}) {
    WireWriter out;
    out.number(value);
    out.signed_number(static_cast<std::int64_t>(value));
    const std::string bytes = out.take();
    if (value < 64) CHECK(bytes.size() == 2);
    WireReader in(bytes);
    CHECK(in.number() == value);
    CHECK(in.signed_number() == static_cast<std::int64_t>(value));
    in.finish();
  }
}

TEST_CASE("any tree is read as it was written", "[sync][wire]") {
  CHECK(read(written(nullptr)) == nullptr);
  for (unsigned seed = 0; seed < 500; ++seed) {
    const Tree tree = RandomTrees(seed).directory();
    CHECK(same(read(written(tree)), tree));
  }
  const Tree timed = Node::file(0644, 1, digest_of("1"), {.modified = -5, .changed = 7, .inode = 9});
  CHECK(read(written(timed))->stamp() == Stamp{.modified = -5});
}

TEST_CASE("what is no tree is refused, and never more than it is long", "[sync][wire]") {
  const std::string good = written(tree_of("a=1 d/b=2 d/l@x"));
  for (std::size_t cut = 0; cut < good.size(); ++cut) CHECK_THROWS_AS(read(good.substr(0, cut)), Error);
  CHECK_THROWS_AS(read(good + "x"), Error);
  WireWriter names;  // a directory of two files whose names are out of order
  names.number(0);
  names.number(0755);
  names.number(2);
  for (const char* name : {"b", "a"}) {
    names.text(name);
    names.number(2);
    names.text("target");
    names.signed_number(0);
  }
  CHECK_THROWS_AS(read(names.take()), Error);
  for (const std::string& name : {std::string(".."), std::string("a/b"), std::string(), std::string("a\0", 2)}) {
    WireWriter out;
    out.number(0);
    out.number(0755);
    out.number(1);
    out.text(name);
    out.number(2);
    out.text("target");
    out.signed_number(0);
    CHECK_THROWS_AS(read(out.take()), Error);
  }
  WireWriter many;
  many.number(0);
  many.number(0755);
  many.number(std::uint64_t{1} << 60U);
  CHECK_THROWS_AS(read(many.take()), Error);
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += std::string("\0\0\1\1d", 5);
  CHECK_THROWS_AS(read(deep), Error);
}

#include "compose/load/member_index.hpp"

#include <catch2/catch.hpp>

using namespace hoist::compose;

TEST_CASE("an index finds the members of a mapping, and none of anything else", "[member_index]") {
  Node mapping(Node::Mapping{{"a", Node("1"), {}}, {"b", Node("2"), {}}});
  const MemberIndex index(mapping);
  CHECK(index.find("a") == mapping.find("a"));
  CHECK(index.find("b") == mapping.find("b"));
  CHECK(index.find("c") == nullptr);

  const Node text("a");
  CHECK(MemberIndex(text).find("a") == nullptr);
}

TEST_CASE("what an index finds can be changed", "[member_index]") {
  Node mapping(Node::Mapping{{"a", Node("1"), {}}});
  *MemberIndex(mapping).find("a") = Node("2");
  CHECK(*mapping.find("a") == Node("2"));
}

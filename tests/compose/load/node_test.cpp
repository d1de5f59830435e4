#include "compose/load/node.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace hoist::compose;

namespace {

struct Case {
  Node node;
  std::string text;
};

}  // namespace

TEST_CASE("a scalar's text is what Go prints", "[node]") {
  const auto c = GENERATE(values<Case>({
      {Node(), ""},
      {Node(true), "true"},
      {Node(false), "false"},
      {Node(std::int64_t{-7}), "-7"},
      {Node(1.0), "1"},
      {Node(-0.5), "-0.5"},
      {Node(1000.0), "1000"},
      {Node(123456.789), "123456.789"},
      {Node(0.1), "0.1"},
      {Node(0.0001), "0.0001"},
      {Node(0.00001), "1e-05"},
      {Node(-0.0), "-0"},
      {Node(999999.5), "999999.5"},
      {Node(1e6), "1e+06"},
      {Node(1234567.5), "1.2345675e+06"},
      {Node(123456789.0), "1.23456789e+08"},
      {Node(1.5e300), "1.5e+300"},
      {Node(std::numeric_limits<double>::infinity()), "+Inf"},
      {Node(-std::numeric_limits<double>::infinity()), "-Inf"},
      {Node("text"), "text"},
      {Node(""), ""},
  }));
  CHECK(c.node.scalar_text() == c.text);
}

TEST_CASE("members are found, made, replaced and taken out by key", "[node]") {
  Node node;
  node["a"] = Node("1");
  node.set("b", Node("2"));
  node["a"] = Node("3");
  REQUIRE(node.is_mapping());
  REQUIRE(node.members().size() == 2);
  CHECK(node.members()[0].key == "a");
  CHECK(*node.find("a") == Node("3"));
  CHECK(node.find("c") == nullptr);
  CHECK(node.erase("a"));
  CHECK_FALSE(node.erase("a"));
  CHECK(node.members().size() == 1);
}

TEST_CASE("what is no mapping has no members", "[node]") {
  Node text("a");
  CHECK(text.find("a") == nullptr);
  CHECK_FALSE(text.erase("a"));
  CHECK(Node(Node::Sequence{Node("a")}).find("a") == nullptr);
}

TEST_CASE("nodes are equal by content: order of keys, places and tags do not count", "[node]") {
  Node left;
  left["a"] = Node("1");
  left["b"] = Node(Node::Sequence{Node("x"), Node("y")});
  Node right;
  right["b"] = Node(Node::Sequence{Node("x"), Node("y")});
  right["a"] = Node("1");
  right.tag = Node::Tag::reset;
  right.location.line = 5;
  CHECK(left == right);
  CHECK(NodeHash()(left) == NodeHash()(right));
  CHECK(NodeHash()(left) != NodeHash()(Node()));

  right["b"].items().pop_back();
  CHECK_FALSE(left == right);
  CHECK_FALSE(Node(Node::Sequence{Node("x"), Node("y")}) == Node(Node::Sequence{Node("y"), Node("x")}));
  CHECK_FALSE(Node("1") == Node(std::int64_t{1}));
  CHECK_FALSE(Node() == Node(""));
  CHECK_FALSE(Node(std::int64_t{1}) == Node(1.0));
}

TEST_CASE("every kind has a name for messages", "[node]") {
  CHECK(Node().kind_name() == "nothing");
  CHECK(Node(true).kind_name() == "a boolean");
  CHECK(Node(std::int64_t{1}).kind_name() == "an integer");
  CHECK(Node(1.5).kind_name() == "a number");
  CHECK(Node("a").kind_name() == "a string");
  CHECK(Node(Node::Sequence{}).kind_name() == "a list");
  CHECK(Node(Node::Mapping{}).kind_name() == "a mapping");
}

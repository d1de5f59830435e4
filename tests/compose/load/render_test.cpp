#include "compose/load/render.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "compose/load/parse.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

Node parse(const std::string& text) {
  return parse_documents(text, std::make_shared<const std::string>("test.yaml")).at(0);
}

Node with_key(std::string key, Node value) {
  return Node(Node::Mapping{{std::move(key), std::move(value), {}}});
}

/// Trees of texts, numbers and nothing that the writer finds hard to quote; the same ones on every run.
class RandomTree {
 public:
  explicit RandomTree(unsigned seed) : random_(seed) {}

  Node mapping(int depth) {
    Node::Mapping members;
    const int count = below(5);
    for (int i = 0; i < count; ++i) {
      members.push_back({"a" + std::to_string(i) + text(), value(depth - 1), {}});
      members.push_back({text() + "b" + std::to_string(i), value(depth - 1), {}});
    }
    return Node(std::move(members));
  }

 private:
  int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }

  std::string text() {
    static const std::vector<std::string> k_parts = {"a",
                                                     "yes",
                                                     "0x1f",
                                                     "1.5",
                                                     " ",
                                                     "  ",
                                                     "\n",
                                                     "\n\n",
                                                     "\t",
                                                     ":",
                                                     ": ",
                                                     "#",
                                                     " #",
                                                     "-",
                                                     "- ",
                                                     "?",
                                                     "'",
                                                     "\"",
                                                     "\\",
                                                     "{",
                                                     "}",
                                                     "[",
                                                     "]",
                                                     ",",
                                                     "&a",
                                                     "*a",
                                                     "!x",
                                                     "|",
                                                     ">",
                                                     "%",
                                                     "@",
                                                     "`",
                                                     "=",
                                                     "<<",
                                                     "~",
                                                     "null",
                                                     "\xc3\xa9",
                                                     "\xe2\x82\xac",
                                                     "\xf0\x9f\x90\xb3",
                                                     "\x01",
                                                     "\x7f",
                                                     "\r",
                                                     "\xc2\x85",
                                                     "\xe2\x80\xa8",
                                                     "\xef\xbb\xbf",
                                                     "---",
                                                     "...",
                                                     "$",
                                                     "b"};
    std::string out;
    const int count = below(6);
    for (int i = 0; i < count; ++i) out += k_parts[static_cast<std::size_t>(below(static_cast<int>(k_parts.size())))];
    return out;
  }

  Node value(int depth) {
    const int kind = below(depth > 0 ? 8 : 6);
    if (kind == 0) return Node();
    if (kind == 1) return Node(below(2) == 0);
    if (kind == 2) return Node(std::int64_t{below(2'000'000'000)} - 1'000'000'000);
    if (kind == 3) return Node(below(1'000'000) + 0.5);
    if (kind < 6) return Node(text());
    if (kind == 6) return mapping(depth);
    Node::Sequence items;
    const int count = below(4);
    for (int i = 0; i < count; ++i) items.push_back(value(depth - 1));
    return Node(std::move(items));
  }

  std::mt19937 random_;
};

}  // namespace

TEST_CASE("YAML puts the name first, sorts keys, and indents lists below their key", "[load]") {
  const Node tree = parse(
      "services:\n web:\n  ports: [{target: 80, published: '8080'}]\n  command: [echo, hi]\n  build: {}\n"
      "  tty: true\n  entrypoint:\nname: shop\nconfigs: []\n");
  CHECK(to_yaml(tree) == R"(name: shop
configs: []
services:
  web:
    build: {}
    command:
      - echo
      - hi
    entrypoint: null
    ports:
      - published: "8080"
        target: 80
    tty: true
)");
}

TEST_CASE("YAML quotes texts that would read as something else", "[load]") {
  struct Case {
    const char* text;
    const char* yaml;
  };
  const auto c = GENERATE(values<Case>({
      {"plain", "plain"},
      {"nginx:1.25", "nginx:1.25"},
      {"127.0.0.1", "127.0.0.1"},
      {"--flag=a", "--flag=a"},
      {"/bin:/usr/bin", "/bin:/usr/bin"},
      {"", R"("")"},
      {"8080", R"("8080")"},
      {"010", R"("010")"},
      {"1e3", R"("1e3")"},
      {"true", R"("true")"},
      {"Yes", R"("Yes")"},
      {"off", R"("off")"},
      {"null", R"("null")"},
      {"~", R"("~")"},
      {"22:22", R"("22:22")"},
      {"2001-12-14", R"("2001-12-14")"},
      {"<<", R"("<<")"},
      {"- a", "'- a'"},
      {"a: b", "'a: b'"},
      {"a #b", "'a #b'"},
      {"it's: x", "'it''s: x'"},
      {" a", "' a'"},
      {"*.log", "'*.log'"},
      {"@x", "'@x'"},
      {"a\tb", R"("a\tb")"},
      {"\x1b[0m", R"("\e[0m")"},
      {"\a\b\v\f", R"("\a\b\v\f")"},
      {"\xc2\x85\xe2\x80\xa8\x7f", R"("\N\L\x7F")"},
  }));
  CAPTURE(c.text);
  CHECK(to_yaml(with_key("k", c.text)) == std::string("k: ") + c.yaml + "\n");
  CHECK(parse(to_yaml(with_key("k", c.text))) == with_key("k", c.text));
}

TEST_CASE("YAML writes a NUL with its letter", "[load]") {
  const Node node = with_key("k", std::string("a\0b", 3));
  CHECK(to_yaml(node) == "k: \"a\\0b\"\n");
  CHECK(parse(to_yaml(node)) == node);
}

TEST_CASE("YAML writes texts of several lines as blocks", "[load]") {
  CHECK(to_yaml(with_key("k", "a\nb\n")) == "k: |\n  a\n  b\n");
  CHECK(to_yaml(with_key("k", "a\n\n  b")) == "k: |-\n  a\n\n    b\n");
  CHECK(to_yaml(with_key("k", "a\n\n")) == "k: |+\n  a\n\n");
  CHECK(to_yaml(with_key("k", "  a\nb")) == "k: |2-\n    a\n  b\n");
  CHECK(to_yaml(with_key("k", Node(Node::Sequence{Node("x\ny")}))) == "k:\n  - |-\n    x\n    y\n");
}

TEST_CASE("reading the YAML of a tree gives the tree", "[load]") {
  for (unsigned seed = 0; seed < 3000; ++seed) {
    const Node tree = with_key("root", RandomTree(seed).mapping(4));
    const std::string yaml = to_yaml(tree);
    CAPTURE(seed, yaml);
    REQUIRE(parse(yaml) == tree);
  }
}

TEST_CASE("JSON is written as Go writes it", "[load]") {
  const Node tree =
      parse("services: {web: {command: [\"a<b>&c\", \"tab\\t\\\"\"], n: 3, f: 1.5, e: , l: [], m: {}}}\nname: x\n");
  CHECK(to_json(tree) == R"({
  "name": "x",
  "services": {
    "web": {
      "command": [
        "a\u003cb\u003e\u0026c",
        "tab\t\""
      ],
      "e": null,
      "f": 1.5,
      "l": [],
      "m": {},
      "n": 3
    }
  }
}
)");
}

TEST_CASE("JSON replaces what is not UTF-8", "[load]") {
  CHECK(to_json(Node("a\xff\xe2\x80\xa8")) == "\"a\\ufffd\\u2028\"\n");
}

TEST_CASE("variables are escaped, in keys too", "[load]") {
  CHECK(escape_variables(parse("$a: [$b, {c: '$$d'}]")) == parse("$$a: [$$b, {c: '$$$$d'}]"));
}

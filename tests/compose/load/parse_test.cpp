#include "compose/load/parse.hpp"

#include <catch2/catch.hpp>
#include <chrono>

#include "compose/base/error.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

const auto k_file = std::make_shared<const std::string>("f.yaml");

std::vector<Node> documents(std::string_view text) {
  return parse_documents(text, k_file);
}

Node parse(std::string_view text) {
  std::vector<Node> all = documents(text);
  REQUIRE(all.size() == 1);
  return std::move(all.front());
}

/// The findings that `text` is refused with.
std::vector<std::string> findings(std::string_view text) {
  std::vector<std::string> texts;
  try {
    documents(text);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::bad_input);
    for (const Diagnostic& finding : error.diagnostics()) texts.push_back(finding.to_string());
  }
  return texts;
}

using Texts = std::vector<std::string>;

struct Same {
  std::string text;
  std::string expected;
};

struct Wrong {
  std::string text;
  Texts expected;
};

}  // namespace

TEST_CASE("block and flow style, quotes and folded texts give the same tree", "[parse]") {
  const auto c = GENERATE(values<Same>({
      {"a: 1\nb: [x, 'y']", "{\"a\": 1, \"b\": [\"x\", y]}"},
      {"a:\n  - x\n  - y", "a: [x, y]"},
      {"a:\n- x\n- y", "a: [x, y]"},
      {"a: |\n  one\n  two\n", "a: \"one\\ntwo\\n\""},
      {"a: >-\n  one\n  two\n", "a: 'one two'"},
      {"a: one\n  two", "a: one two"},
      {"? a\n: b", "a: b"},
      {"a:\nb: ~", "{a: null, b: null}"},
      {"a: x # comment", "a: x"},
      {"a: x#y", "a: 'x#y'"},
      {"a: b\r\nc: d\r\n", "{a: b, c: d}"},
      {"\xef\xbb\xbf"
       "a: b",
       "a: b"},
      {"%YAML 1.2\n---\na: b\n...\n", "a: b"},
      {"{}", "{}"},
  }));
  CAPTURE(c.text);
  CHECK(parse(c.text) == parse(c.expected));
}

TEST_CASE("plain scalars are typed, quoted ones are strings", "[parse]") {
  const Node node =
      parse("{int: 1, text: '1', bool: true, word: \"true\", nothing: ~, empty: '', base60: 22:22, yes: yes}");
  CHECK(*node.find("int") == Node(std::int64_t{1}));
  CHECK(*node.find("text") == Node("1"));
  CHECK(*node.find("bool") == Node(true));
  CHECK(*node.find("word") == Node("true"));
  CHECK(node.find("nothing")->is_null());
  CHECK(*node.find("empty") == Node(""));
  CHECK(*node.find("base60") == Node("22:22"));
  CHECK(*node.find("yes") == Node("yes"));
}

TEST_CASE("tags of YAML's own choose the type", "[parse]") {
  const Node node = parse("{a: !!str 1, b: !!int '7', c: !!float 2, d: !!null x, e: ! 1, f: !other 3}");
  CHECK(*node.find("a") == Node("1"));
  CHECK(*node.find("b") == Node(std::int64_t{7}));
  CHECK(*node.find("c") == Node(2.0));
  CHECK(node.find("d")->is_null());
  CHECK(*node.find("e") == Node("1"));
  CHECK(*node.find("f") == Node(std::int64_t{3}));
}

TEST_CASE("keys are strings, whatever their quotes", "[parse]") {
  const Node node = parse("{a: 1, 'b c': 2, \"d\": 3, yes: 4, 22:22: 5, '1': 6}");
  Texts keys;
  for (const Member& member : node.members()) keys.push_back(member.key);
  CHECK(keys == Texts{"a", "b c", "d", "yes", "22:22", "1"});
}

TEST_CASE("keys that are no strings are refused", "[parse]") {
  const auto c = GENERATE(values<Same>({
      {"1: a", "f.yaml:1:1: a key must be a string, not an integer; put it in quotes"},
      {"a: {1.5: b}", "f.yaml:1:5: a key must be a string, not a number; put it in quotes"},
      {"true: a", "f.yaml:1:1: a key must be a string, not a boolean; put it in quotes"},
      {"~: a", "f.yaml:1:1: a key must be a string, not null; put it in quotes"},
      {"[a]: b", "f.yaml:1:1: a key must be a string, not a list"},
      {"{a: b}: c", "f.yaml:1:1: a key must be a string, not a mapping"},
  }));
  CAPTURE(c.text);
  CHECK(findings(c.text) == Texts{c.expected});
}

TEST_CASE("every node knows where it was written", "[parse]") {
  const Node node = parse("a: 1\nservices:\n  web:\n    ports:\n      - 80\n      - {target: 81}\n");
  const Node& services = *node.find("services");
  const Node& ports = *services.find("web")->find("ports");
  CHECK(node.location.to_string() == "f.yaml:1:1");
  CHECK(node.find("a")->location.to_string() == "f.yaml:1:4");
  CHECK(services.members()[0].key_location.to_string() == "f.yaml:3:3");
  CHECK(services.find("web")->location.to_string() == "f.yaml:4:5");
  CHECK(ports.items()[0].location.to_string() == "f.yaml:5:9");
  CHECK(ports.items()[1].location.to_string() == "f.yaml:6:9");
  CHECK(ports.items()[1].find("target")->location.to_string() == "f.yaml:6:18");
}

TEST_CASE("documents come one by one, empty ones are left out", "[parse]") {
  const std::vector<Node> all = documents("a: 1\n---\n---\nb: 2\n---\n# nothing\n");
  REQUIRE(all.size() == 2);
  CHECK(all[0] == parse("a: 1"));
  CHECK(all[1] == parse("b: 2"));
}

TEST_CASE("a document that leads nowhere ends the parse", "[parse]") {
  CHECK(findings(",a:\n\ta:\n\tab:b:\t\r\t:\n\ta:\n\tab:\r") ==
        Texts{"f.yaml:1:1: a ':' stands where no key can be; quote the text, or check the indentation"});
}

TEST_CASE("aliases stand for what their anchor named", "[parse]") {
  const auto c = GENERATE(values<Same>({
      {"a: &x text\nb: *x", "{a: text, b: text}"},
      {"a: &x 1\nb: *x", "{a: 1, b: 1}"},
      {"a: &x {k: [1, 2]}\nb: *x", "{a: {k: [1, 2]}, b: {k: [1, 2]}}"},
      {"a: &x [1]\nb: [*x, *x]", "{a: [1], b: [[1], [1]]}"},
      {"a: &x 1\nb: &x 2\nc: *x", "{a: 1, b: 2, c: 2}"},
      {"a: &x key\n*x : v", "{a: key, key: v}"},
      {"a: &x\nb: *x", "{a: ~, b: ~}"},
      {"a: &x {k: &y 1}\nb: *y", "{a: {k: 1}, b: 1}"},
  }));
  CAPTURE(c.text);
  CHECK(parse(c.text) == parse(c.expected));
}

TEST_CASE("'<<' fills in what a mapping does not say itself", "[parse]") {
  const std::string anchors = "x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\n";
  const auto c = GENERATE(values<Same>({
      {"r: {<<: *x}", "{a: 1, b: 1}"},
      {"r: {<<: *x, b: own}", "{a: 1, b: own}"},
      {"r: {b: own, <<: *x}", "{b: own, a: 1}"},
      {"r: {<<: [*x, *y]}", "{a: 1, b: 1, c: 2}"},
      {"r: {<<: [*y, *x]}", "{a: 1, b: 2, c: 2}"},
      {"r: {<<: {d: 4}}", "{d: 4}"},
      {"r: {<<: []}", "{}"},
      {"r: {<<: {<<: *x, b: own}}", "{a: 1, b: own}"},
      {"r:\n  <<: *x\n  c: 3", "{a: 1, b: 1, c: 3}"},
      {"r: {'<<': 1}", "{'<<': 1}"},
  }));
  CAPTURE(c.text);
  CHECK(*parse(anchors + c.text).find("r") == parse("r: " + c.expected).members()[0].value);
}

TEST_CASE("a merged value keeps the place where it was written", "[parse]") {
  const Node node = parse("x: &x\n  a: 1\nr:\n  <<: *x\n");
  CHECK(node.find("r")->find("a")->location.to_string() == "f.yaml:2:6");
}

TEST_CASE("!reset and !override are kept on any kind of value", "[parse]") {
  const Node node = parse("a: !reset null\nb: !reset\nc: !override [1]\nd: !override\n  k: v\ne: !override text\nf: 1");
  CHECK(node.find("a")->tag == Node::Tag::reset);
  CHECK(node.find("b")->tag == Node::Tag::reset);
  CHECK(node.find("c")->tag == Node::Tag::override_value);
  CHECK(node.find("c")->items().size() == 1);
  CHECK(node.find("d")->tag == Node::Tag::override_value);
  CHECK(node.find("d")->find("k") != nullptr);
  CHECK(node.find("e")->tag == Node::Tag::override_value);
  CHECK(node.find("f")->tag == Node::Tag::none);
}

TEST_CASE("what is no Compose document is refused with its place", "[parse]") {
  const auto c = GENERATE(values<Wrong>({
      {"", {"f.yaml: the file is empty; a Compose file begins with 'services:'"}},
      {"# only a comment\n", {"f.yaml: the file is empty; a Compose file begins with 'services:'"}},
      {"---\n", {"f.yaml: the file is empty; a Compose file begins with 'services:'"}},
      {"- a",
       {"f.yaml:1:1: the top level must be a mapping, not a list; a Compose file begins with keys such as "
        "'services:'"}},
      {"text",
       {"f.yaml:1:1: the top level must be a mapping, not a string; a Compose file begins with keys such as "
        "'services:'"}},
      {"a: 1\na: 2", {"f.yaml:2:1: key 'a' is there twice; the first is in line 1"}},
      {"a: {b: 1,\n b: 2}", {"f.yaml:2:2: key 'b' is there twice; the first is in line 1"}},
      {"a: 1\na: 2\nb: {c: 1, c: 2}",
       {"f.yaml:3:11: key 'c' is there twice; the first is in line 3",
        "f.yaml:2:1: key 'a' is there twice; the first is in line 1"}},
      {"a: {b: [1,\n  2}", {"f.yaml:2:4: a '}' or ']' closes nothing that is open here"}},
      {"a: {<<: {b: 1}, c: 2,\n <<: {d: 3}}", {"f.yaml:2:2: key '<<' is there twice; the first is in line 1"}},
      {"a:\n  \tb: 1", {"f.yaml:2:3: a tab is used for indentation; YAML wants spaces"}},
      {"a:\n\tb: 1", {"f.yaml:2:1: a tab is used for indentation; YAML wants spaces"}},
      {"a: &x [*x]", {"f.yaml:1:8: an alias stands inside the anchor that it names"}},
      {"a: {<<: text}", {"f.yaml:1:9: '<<' takes a mapping or a list of mappings"}},
      {"a: {<<: [{b: 1}, text]}", {"f.yaml:1:9: '<<' takes a mapping or a list of mappings"}},
      {"a: {b: 1", {"f.yaml:1:4: a '{' is not closed"}},
      {"a: [1", {"f.yaml:1:4: a '[' is not closed"}},
      {"a: b: c", {"f.yaml:1:5: a ':' stands where no key can be; quote the text, or check the indentation"}},
      {"a: 1\n  b: 2", {"f.yaml:2:4: a ':' stands where no key can be; quote the text, or check the indentation"}},
  }));
  CAPTURE(c.text);
  CHECK(findings(c.text) == c.expected);
}

TEST_CASE("an alias without its anchor is refused", "[parse]") {
  CHECK(findings("a: *none") == Texts{"f.yaml:1:4: no anchor above has the name of this alias"});
}

TEST_CASE("anchors do not reach into the next document", "[parse]") {
  const Texts found = findings("a: &x 1\n---\nb: *x");
  REQUIRE(found.size() == 1);
  CHECK_THAT(found[0], Catch::StartsWith("f.yaml:3:"));
}

TEST_CASE("what is not UTF-8, and control characters, are refused where they stand", "[parse]") {
  CHECK(findings("a: b\nc: \xff") == Texts{"f.yaml:2:4: this is not valid UTF-8; save the file as UTF-8"});
  CHECK(findings(std::string("caf\xc3\xa9: \0", 8)) ==
        Texts{"f.yaml:1:8: the control character U+0000 is not allowed; in double quotes it can be written "
              "as an escape"});
  CHECK(findings("a: \x1b[31m").size() == 1);
  CHECK(*parse("a: \"\\N\\_caf\xc3\xa9\\N\\x85\"").find("a") == Node("\xc2\x85\xc2\xa0"
                                                                     "caf\xc3\xa9\xc2\x85\xc2\x85"));
  CHECK(*parse("a: \"\\x1b caf\xc3\xa9 \xf0\x9f\x98\x80\"").find("a") == Node("\x1b caf\xc3\xa9 \xf0\x9f\x98\x80"));
}

TEST_CASE("a plain date is no text, except in extensions, in quotes and as a key", "[parse]") {
  CHECK(findings("a: {b: 2001-12-14}") == Texts{"f.yaml:1:8: '2001-12-14' is a date, not a text; write it in quotes"});
  CHECK(findings("a: [2001-12-14T21:59:43Z]").size() == 1);
  CHECK(findings("x-a: {b: [2001-12-14]}\nc: {x-d: 2001-12-14}").empty());
  CHECK(findings("a: '2001-12-14'\nb: !!str 2001-12-14\n2001-12-14: c").empty());
}

TEST_CASE("tabs are fine where they are no indentation", "[parse]") {
  CHECK(parse("a:\t1\nb: [\n\t1,\n\t2]\nc: |\n  \ttext\n") == parse("a: 1\nb: [1, 2]\nc: \"\\ttext\\n\""));
}

const std::string k_after_aliases =
    "after its aliases are expanded; an alias costs as much as what it stands for, at each place: use fewer";

TEST_CASE("aliases that multiply end early", "[parse]") {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 9; ++k) text += before + ", ";
    text += before + "]\n";
  }
  const auto begin = std::chrono::steady_clock::now();
  CHECK(findings(text) == Texts{"f.yaml: the document has more than 500000 values " + k_after_aliases});
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
}

TEST_CASE("aliases that multiply text end early", "[parse]") {
  std::string text = "a: &a " + std::string(1U << 20U, 'x') + "\nb: [";
  for (int i = 0; i < 100; ++i) text += "*a, ";
  CHECK(findings(text + "]\n") == Texts{"f.yaml: the document has more than 67.11MB of text " + k_after_aliases});
}

TEST_CASE("what anchors keep for aliases counts, so that anchors inside of anchors end early", "[parse]") {
  const auto anchored = [](int depth) {
    std::string text = "top: ";
    for (int i = 0; i < depth; ++i) text += "&a" + std::to_string(i) + " [";
    for (int i = 0; i < 10'000; ++i) text += "x,";
    return text + std::string(static_cast<std::size_t>(depth), ']') + "\n";
  };
  CHECK(findings(anchored(10)).empty());
  CHECK(findings(anchored(100)) == Texts{"f.yaml: the document has more than 500000 values " + k_after_aliases});
}

TEST_CASE("nesting has a bound", "[parse]") {
  const auto nested = [](int depth) {
    return "a: " + std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']');
  };
  CHECK(findings(nested(100)).empty());
  CHECK(findings(nested(300)) ==
        Texts{"f.yaml:1:203: values are nested more than 200 deep; no attribute is nested that deep: is a bracket not "
              "closed?"});
  CHECK(findings(nested(100'000)).size() == 1);
  std::string block;
  for (std::size_t i = 0; i < 300; ++i) block += std::string(i, ' ') + "a:\n";
  CHECK(findings(block).size() == 1);
}

TEST_CASE("a huge file is refused unread", "[parse]") {
  CHECK(findings("a: " + std::string(17U << 20U, 'x')) ==
        Texts{"f.yaml: the file is larger than 16.78MB; is it a Compose file? 'include' lets a project have several"});
}

TEST_CASE("an alias inside of its own anchor is told once", "[parse]") {
  CHECK(findings("x-a: &a {<<: *a}\n") == Texts{"f.yaml:1:14: an alias stands inside the anchor that it names"});
}

TEST_CASE("a key that is too long for YAML is called that", "[parse]") {
  CHECK(findings(std::string(2000, 'k') + ": 1\n") == Texts{"f.yaml:1:2001: a key is longer than 1024 characters"});
}

TEST_CASE("tags that nobody knows are told, with the nearest that is known", "[parse]") {
  std::vector<Diagnostic> warnings;
  const auto file = std::make_shared<const std::string>("f.yaml");
  parse_documents("a: !rest x\nb: !Override [1]\nc: !mine {d: !!str 1, e: ! 2, f: !reset null}\n", file, &warnings);
  Texts told;
  for (const Diagnostic& warning : warnings) told.push_back(warning.to_string());
  CHECK(told == Texts{"f.yaml:1:4: the tag '!rest' is not known and has no effect; did you mean '!reset'?",
                      "f.yaml:2:4: the tag '!Override' is not known and has no effect; did you mean '!override'?",
                      "f.yaml:3:4: the tag '!mine' is not known and has no effect"});
}

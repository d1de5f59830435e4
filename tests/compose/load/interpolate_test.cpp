#include "compose/load/interpolate.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "compose/load/parse.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

const auto k_file = std::make_shared<const std::string>("f.yaml");

std::optional<std::string> lookup(std::string_view name) {
  static const std::map<std::string, std::string, std::less<>> k_variables{{"IMAGE", "redis"},
                                                                           {"PORT", "80"},
                                                                           {"YES", "yes"},
                                                                           {"FLOAT", "1.5"},
                                                                           {"WORD", "word"},
                                                                           {"YAML", "[a, b]"},
                                                                           {"BIG", std::string(512U << 10U, 'x')}};
  const auto found = k_variables.find(name);
  return found == k_variables.end() ? std::nullopt : std::optional(found->second);
}

/// Casts by the last key of a path: boolean, integer, number.
Cast cast_of(std::span<const std::string_view> path) {
  if (path.empty()) return Cast::none;
  std::string_view key = path.back();
  if (key == "[]" && path.size() > 1) key = path[path.size() - 2];
  return key == "boolean"   ? Cast::boolean
         : key == "integer" ? Cast::integer
         : key == "number"  ? Cast::number
                            : Cast::none;
}

Node parse(std::string_view text) {
  return parse_documents(text, k_file).at(0);
}

struct Result {
  Node node;
  std::vector<std::string> findings;
};

Result run(std::string_view text) {
  Result result{parse(text), {}};
  std::vector<Diagnostic> diagnostics;
  interpolate(result.node, {lookup, &diagnostics}, cast_of);
  for (const Diagnostic& finding : diagnostics) {
    const bool error = finding.severity == Diagnostic::Severity::error;
    result.findings.push_back((error ? "error: " : "warning: ") + finding.to_string());
  }
  return result;
}

struct Case {
  std::string text;
  std::string expected;
};

}  // namespace

TEST_CASE("values are interpolated, keys are not", "[interpolate]") {
  const Result result = run("$IMAGE: {list: [$IMAGE, \"${PORT}:$PORT\"], deep: {er: 'a${NONE:-$WORD}'}}");
  CHECK(result.node == parse("$IMAGE: {list: [redis, '80:80'], deep: {er: aword}}"));
  CHECK(result.findings.empty());
}

TEST_CASE("a value is text, never YAML", "[interpolate]") {
  CHECK(run("a: $YAML").node == parse("a: '[a, b]'"));
  CHECK(run("a: $PORT").node == parse("a: '80'"));
}

TEST_CASE("a large variable in many places ends early, with one finding", "[interpolate]") {
  std::string text = "a:\n";
  for (int i = 0; i < 200; ++i) text += "- $BIG\n";
  CHECK(run(text).findings ==
        std::vector<std::string>{
            "error: f.yaml:130:3: a[]: the values of this file take more than 64 MiB with their variables"});
}

TEST_CASE("texts become what their path asks for", "[interpolate]") {
  const auto c = GENERATE(values<Case>({
      {"boolean: $YES", "boolean: true"},
      {"boolean: 'on'", "boolean: true"},
      {"boolean: 'Y'", "boolean: true"},
      {"boolean: 'TRUE'", "boolean: true"},
      {"boolean: 'no'", "boolean: false"},
      {"boolean: off", "boolean: false"},
      {"integer: $PORT", "integer: 80"},
      {"integer: '-3'", "integer: -3"},
      {"integer: ['1', $PORT]", "integer: [1, 80]"},
      {"number: $FLOAT", "number: 1.5"},
      {"number: $PORT", "number: 80"},
      {"number: '1e3'", "number: 1e3"},
      {"other: '80'", "other: '80'"},
      // What YAML has typed already is left alone.
      {"boolean: 1", "boolean: 1"},
      {"integer: true", "integer: true"},
  }));
  CAPTURE(c.text);
  const Result result = run(c.text);
  CHECK(result.node == parse(c.expected));
  CHECK(result.findings.empty());
}

TEST_CASE("a cast that fails is an error with path and place", "[interpolate]") {
  const auto c = GENERATE(values<Case>({
      {"a:\n  boolean: $WORD", "error: f.yaml:2:12: a.boolean: expected a boolean (true or false), not 'word'"},
      {"integer: $WORD", "error: f.yaml:1:10: integer: expected an integer, not 'word'"},
      {"integer: $FLOAT", "error: f.yaml:1:10: integer: expected an integer, not '1.5'"},
      {"integer: ['1', '']", "error: f.yaml:1:16: integer[]: expected an integer, not ''"},
      {"integer: '+-5'", "error: f.yaml:1:10: integer: expected an integer, not '+-5'"},
      {"integer: '99999999999999999999'",
       "error: f.yaml:1:10: integer: expected an integer, not '99999999999999999999'"},
      {"number: '1.5x'", "error: f.yaml:1:9: number: expected a number, not '1.5x'"},
  }));
  CAPTURE(c.text);
  CHECK(run(c.text).findings == std::vector<std::string>{c.expected});
}

TEST_CASE("a variable that is not set is warned of once, at its first place", "[interpolate]") {
  const Result result = run("a: x$NONE\nb: ${NONE}\nc: ${OTHER}");
  CHECK(result.node == parse("{a: x, b: '', c: ''}"));
  CHECK(result.findings == std::vector<std::string>{"warning: f.yaml:1:4: a: variable 'NONE' is not set; an "
                                                    "empty text is used; set it in the shell or in .env, or "
                                                    "give a default: ${NONE:-value}",
                                                    "warning: f.yaml:3:4: c: variable 'OTHER' is not set; an "
                                                    "empty text is used; set it in the shell or in .env, or "
                                                    "give a default: ${OTHER:-value}"});
}

TEST_CASE("all mistakes of a document are found in one go, each with its place", "[interpolate]") {
  const Result result = run("a: ${NONE:?set it}\nb:\n  - ok\n  - '${'\nc: ${NONE?}");
  CHECK(result.findings ==
        std::vector<std::string>{
            "error: f.yaml:1:4: a: required variable 'NONE' is missing a value: set it; set NONE in the "
            "shell or in .env",
            "error: f.yaml:4:5: b[]: invalid variable '${'; a literal dollar is written $$",
            "error: f.yaml:5:4: c: required variable 'NONE' is missing a value; set NONE in the shell or in "
            ".env"});
}

TEST_CASE("a cast keeps place and tag", "[interpolate]") {
  const Result result = run("a:\n  integer: !override $PORT");
  const Node* value = result.node.find("a")->find("integer");
  CHECK(value->location.to_string() == "f.yaml:2:12");
  CHECK(value->tag == Node::Tag::override_value);
  CHECK(*value == Node(std::int64_t{80}));
}

#include "compose/load/variables.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "compose/load/parse.hpp"

using namespace hoist::compose;

namespace {

using Uses = std::vector<VariableUse>;

Node document(const std::string& text) {
  return parse_documents(text, std::make_shared<const std::string>("compose.yaml")).front();
}

}  // namespace

TEST_CASE("a text names its variables in every form") {
  CHECK(variables_in("plain, $$DOLLAR and 5$ and $1").empty());
  CHECK(variables_in("$A/${B}") == Uses{{.name = "A"}, {.name = "B"}});
  CHECK(variables_in("${A:-1}${B-2}") ==
        Uses{{.name = "A", .default_value = "1", .default_if_empty = true}, {.name = "B", .default_value = "2"}});
  CHECK(variables_in("${A:+x}${B+y}") ==
        Uses{{.name = "A", .alternate_value = "x"}, {.name = "B", .alternate_value = "y"}});
  CHECK(variables_in("${A:?why}${B?}") == Uses{{.name = "A", .required = true}, {.name = "B", .required = true}});
}

TEST_CASE("variables inside of defaults, other values and messages count too") {
  CHECK(variables_in("${A:-${B:-b}}!") == Uses{{.name = "A", .default_value = "${B:-b}", .default_if_empty = true},
                                               {.name = "B", .default_value = "b", .default_if_empty = true}});
  CHECK(variables_in("${A:?$WHY}") == Uses{{.name = "A", .required = true}, {.name = "WHY"}});
}

TEST_CASE("what is malformed has no variables") {
  CHECK(variables_in("${").empty());
  CHECK(variables_in("${}").empty());
  CHECK(variables_in("${1}$").empty());
}

TEST_CASE("a document says of each variable all that its uses say") {
  const auto variables = variables_of(document(R"(
services:
  a: {image: "x:${TAG}", command: ["${TAG:?needed}", "${SIZE:-1}"]}
  b: {image: "x:${TAG:-2}", environment: {"${KEY}": "${SIZE:-3}", N: 5}}
)"));
  CHECK(variables.size() == 2);
  CHECK(variables.at("TAG") ==
        VariableUse{.name = "TAG", .default_value = "2", .required = true, .default_if_empty = true});
  CHECK(variables.at("SIZE") == VariableUse{.name = "SIZE", .default_value = "1", .default_if_empty = true});
}

TEST_CASE("a default stands in for what is not set, with a colon for what is empty too") {
  const VariableUse loose = variables_in("${A:-1}").front();
  const VariableUse strict = variables_in("${A-}").front();
  CHECK(takes_default(loose, std::nullopt));
  CHECK(takes_default(loose, ""));
  CHECK_FALSE(takes_default(loose, "x"));
  CHECK(takes_default(strict, std::nullopt));
  CHECK_FALSE(takes_default(strict, ""));
  CHECK_FALSE(takes_default(variables_in("${A:?x}").front(), std::nullopt));
}

#include "compose/load/model_variables.hpp"

#include <catch2/catch.hpp>

#include "tests/compose/load/tree_text.hpp"

using namespace hoist;
using namespace hoist::compose;

TEST_CASE("services find their models by variables named after them, or as they say", "[load]") {
  Node document = tree_of(
      "services:\n"
      "  web:\n"
      "    environment: {A: b, BIG_LLM_URL: mine}\n"
      "    models: {big-llm: null, small: {model_var: NAME, endpoint_var: WHERE}}\n"
      "  db: {image: a}\n"
      "models: {big-llm: {model: ai/big}, small: {model: ai/small}}\n");
  CHECK(uses_models(document));
  set_model_variables(document, "http://models/");
  CHECK(to_yaml(*document.find("services")) ==
        spelled("web:\n"
                "  environment:\n"
                "    A: b\n"
                "    BIG_LLM_URL: http://models/\n"
                "    BIG_LLM_MODEL: ai/big\n"
                "    NAME: ai/small\n"
                "    WHERE: http://models/\n"
                "  models: {big-llm: null, small: {model_var: NAME, endpoint_var: WHERE}}\n"
                "db: {image: a}\n"));
}

TEST_CASE("a document without models has none to tell of", "[load]") {
  CHECK_FALSE(uses_models(tree_of("services: {db: {image: a}}\nmodels: {m: {model: ai/m}}")));
  CHECK_FALSE(uses_models(tree_of("name: shop")));
}

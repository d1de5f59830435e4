#include "compose/load/env_files.hpp"

#include <catch2/catch.hpp>

#include "compose/load/parse.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

Node parse(const std::string& text) {
  return parse_documents(text, std::make_shared<const std::string>("compose.yaml")).at(0);
}

/// One service `web` whose files lie in a directory of its own.
struct Fixture {
  test::TempDir directory;
  Sources sources;
  std::vector<Diagnostic> findings;

  Node web(std::string attributes) {
    for (std::size_t at = 0; (at = attributes.find("@", at)) != attributes.npos;) {
      attributes.replace(at, 1, directory.path().string() + "/");
    }
    Node tree = parse("services: {web: {" + attributes + "}}");
    resolve_environment(tree, sources, findings);
    return *tree.find("services")->find("web");
  }
};

}  // namespace

TEST_CASE("variables without value take that of the environment, or stay without", "[load]") {
  Fixture f;
  f.sources.environment = {{"A", "outside"}, {"B", "outside"}};
  CHECK(f.web("environment: {A: , B: own, C: , D: ''}") == parse("environment: {A: outside, B: own, C: , D: ''}"));
}

TEST_CASE("the service's own variables win over files, later files over earlier ones", "[load]") {
  Fixture f;
  f.directory.write("one.env", "A=one\nB=one\nC=one\n");
  f.directory.write("two.env", "B=two\nC=two\nE=two\n");
  CHECK(f.web("environment: {C: own, E: }, env_file: [{path: @one.env, required: true}, {path: @two.env}]") ==
        parse("environment: {A: one, B: two, C: own, E: }"));
  CHECK(f.findings.empty());
}

TEST_CASE("values in files may use variables", "[load]") {
  Fixture f;
  f.sources.environment = {{"SHELL_VAR", "shell"}, {"BOTH", "shell"}};
  f.directory.write("a.env", "X=a\nY=a\n");
  f.directory.write("b.env", "P=$SHELL_VAR\nQ=$BOTH\nR=$OWN\nX=b\nS=$X\nT=$Y\nU='$X'\n");
  CHECK(f.web("environment: {OWN: own, BOTH: own}, env_file: [{path: @a.env}, {path: @b.env}]") ==
        parse("environment: {OWN: own, BOTH: own, P: shell, Q: shell, R: own, S: b, T: a, U: $X, X: b, Y: a}"));
}

TEST_CASE("a raw file is taken as it stands", "[load]") {
  Fixture f;
  f.sources.environment = {{"INHERITED", "outside"}};
  f.directory.write("raw.env", "# comment\nA='quoted' # kept\nB=$X\nINHERITED\nUNKNOWN\n");
  CHECK(f.web("env_file: [{path: @raw.env, format: raw}]") ==
        parse("environment: {A: \"'quoted' # kept\", B: $X, INHERITED: outside}"));
}

TEST_CASE("labels come from files too, where the service's own win", "[load]") {
  Fixture f;
  f.sources.environment = {{"X", "outside"}};
  f.directory.write("a.labels", "one=file\ntwo=file\nthree=${X}\n");
  CHECK(f.web("labels: {two: own}, label_file: ['@a.labels']") == parse("labels: {one: file, two: own, three: ''}"));
}

TEST_CASE("missing and unreadable files are all reported with their places", "[load]") {
  Fixture f;
  f.directory.write("bad.env", "A=1\nB C=2\n");
  const Node web = f.web(
      "env_file: [{path: '@missing.env', required: true}, {path: '@optional.env', required: false}, {path: "
      "'@bad.env'}, "
      "{path: '@bad.env', format: toml}]");
  CHECK(web == parse("{}\n"));
  REQUIRE(f.findings.size() == 3);
  CHECK(f.findings[0].location.to_string() == "compose.yaml:1:36");
  CHECK(f.findings[0].path == "services.web.env_file");
  CHECK(f.findings[0].message == "there is no file '" + (f.directory.path() / "missing.env").string() + "'");
  CHECK(f.findings[1].location.to_string() == (f.directory.path() / "bad.env").string() + ":2:1");
  CHECK(f.findings[1].message == "key 'B C' holds a space");
  CHECK(f.findings[2].message == "unknown format 'toml'");
}

TEST_CASE("an env file that says nothing leaves nothing", "[load]") {
  Fixture f;
  f.directory.write("empty.env", "\n# nothing\n");
  CHECK(f.web("image: a, env_file: [{path: @empty.env}]") == parse("image: a"));
}

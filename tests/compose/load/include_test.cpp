#include "compose/load/include.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "compose/base/file.hpp"
#include "compose/load/parse.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

using Texts = std::vector<std::string>;

Node parse(std::string_view text) {
  return parse_documents(text, std::make_shared<const std::string>("f.yaml")).at(0);
}

struct Directories {
  test::TempDir root;
  FetchRemote fetch = {};

  std::string at(const std::string& name) const { return (root.path() / name).string(); }

  void write(const std::string& name, const std::string& text = {}) const {
    std::filesystem::create_directories((root.path() / name).parent_path());
    write_file_atomically(root.path() / name, text);
  }

  std::vector<Include> includes(const std::string& text, Texts* errors = nullptr) const {
    Node document = parse(text);
    std::vector<Diagnostic> findings;
    std::vector<Include> found = take_includes(document, {root.path().string(), ""}, fetch, findings);
    CHECK(document.find("include") == nullptr);
    for (const Diagnostic& finding : findings) {
      if (errors != nullptr) errors->push_back(finding.to_string());
    }
    CHECK((errors != nullptr || findings.empty()));
    return found;
  }
};

}  // namespace

TEST_CASE("an include that lies elsewhere is fetched; one that cannot be had is told with its place", "[include]") {
  Directories project;
  project.write("fetched/deep/compose.yaml");
  project.fetch = [&project](const RemoteReference& reference) -> RemoteFile {
    if (reference.revision == "none") throw Error(ErrorCode::bad_input, "no such branch");
    return {project.at("fetched/deep/compose.yaml"), project.at("fetched")};
  };
  const std::vector<Include> found = project.includes("include: ['https://x.y/z.git#main:deep']");
  REQUIRE(found.size() == 1);
  CHECK(found[0].files == Texts{project.at("fetched/deep/compose.yaml")});
  CHECK(found[0].directory == project.at("fetched/deep"));
  Texts errors;
  project.includes("include: ['https://x.y/z.git#none']", &errors);
  project.fetch = {};
  project.includes("include: [{path: 'oci://x.y/z'}]", &errors);
  CHECK(errors == Texts{"f.yaml:1:11: include[0]: no such branch",
                        "f.yaml:1:18: include[0]: 'oci://x.y/z' is not on this machine, and nothing here fetches it"});
}

TEST_CASE("an include has its own directory and its own .env", "[include]") {
  Directories project;
  project.write("sub/a.yaml");
  project.write("sub/.env", "X=1");
  project.write("b.yaml");
  project.write("own.env");
  const std::vector<Include> found = project.includes(
      "include:\n"
      "  - sub/a.yaml\n"
      "  - {path: [sub/a.yaml, b.yaml], project_directory: ., env_file: own.env}\n"
      "  - {path: sub/a.yaml, env_file: /dev/null}\n");
  REQUIRE(found.size() == 3);
  CHECK(found[0].files == Texts{project.at("sub/a.yaml")});
  CHECK(found[0].directory == project.at("sub"));
  CHECK(found[0].env_files == Texts{project.at("sub/.env")});
  CHECK(found[1].files == Texts{project.at("sub/a.yaml"), project.at("b.yaml")});
  CHECK(found[1].directory == project.root.path().string());
  CHECK(found[1].env_files == Texts{project.at("own.env")});
  CHECK(found[2].env_files.empty());
  CHECK(found[1].location.to_string() == "f.yaml:3:5");
}

TEST_CASE("malformed entries of include are all told, then missing files", "[include]") {
  Directories project;
  project.write("a.yaml");
  Texts errors;
  CHECK(project.includes("include:\n  - 5\n  - {path: {}}\n  - {path: a.yaml, project_dir: .}\n", &errors).empty());
  CHECK(errors ==
        Texts{"f.yaml:2:5: include[0]: must be a string or a mapping, not an integer; put it in quotes: \"5\"",
              "f.yaml:3:12: include[1].path: must be a string or a list of strings, not a mapping",
              "f.yaml:4:20: include[2].project_dir: unknown attribute 'project_dir'"});
  errors.clear();
  CHECK(
      project
          .includes("include:\n  - b.yaml\n  - {project_directory: .}\n  - {path: a.yaml, env_file: no.env}\n", &errors)
          .empty());
  CHECK(errors == Texts{"f.yaml:2:5: include[0]: there is no Compose file '" + project.at("b.yaml") + "'",
                        "f.yaml:3:5: include[1]: 'path' is missing",
                        "f.yaml:4:30: include[2]: there is no env file '" + project.at("no.env") + "'"});
  errors.clear();
  project.includes("include: a.yaml", &errors);
  CHECK(errors == Texts{"f.yaml:1:10: include: must be a list, not a string"});
}

TEST_CASE("the variables of the including project win", "[include]") {
  Directories project;
  project.write("one.env", "A=own\nB=own\nC=$A-$B\n");
  project.write("two.env", "B=two\nD=$C\n");
  Include include;
  include.env_files = {project.at("one.env"), project.at("two.env")};
  CHECK(include_environment(include, {{"A", "parent"}}) ==
        StringMap{{"A", "parent"}, {"B", "two"}, {"C", "parent-own"}, {"D", "parent-own"}});
}

TEST_CASE("variables without a value get it from the environment of the include", "[include]") {
  Node document = parse("services: {a: {environment: [X, Y, Z=1]}, b: {environment: {X: }}}");
  fill_environment(document, {{"X", "1"}, {"Z", "2"}});
  CHECK(document == parse("services: {a: {environment: [X=1, Y, Z=1]}, b: {environment: {X: }}}"));
}

TEST_CASE("included resources come in, and the document's own say is merged over them", "[include]") {
  Node document = parse("name: shop\nservices: {web: {user: me, ports: !override ['1:1']}}");
  std::vector<Diagnostic> findings;
  import_resources(
      document,
      parse("name: other\nx-own: 1\nservices: {web: {image: x, user: you, ports: ['2:2']}, db: {image: y}}\n"
            "volumes: {data: {}}\n"),
      findings);
  CHECK(findings.empty());
  CHECK(document == parse("name: shop\nservices: {web: {image: x, user: me, ports: ['1:1']}, db: {image: y}}\n"
                          "volumes: {data: {}}\n"));
}

#include "compose/load/set_aside.hpp"

#include <catch2/catch.hpp>

#include "compose/load/parse.hpp"
#include "tests/compose/load/tree_text.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

const char* const k_text = R"(services:
  web:
    image: a
    ports:
    - "1"
    - "2"
  db:
    image: b
)";

Node tree() {
  return parse_documents(k_text, std::make_shared<const std::string>("compose.yaml")).front();
}

Diagnostic error_at(const Node& node, std::string path) {
  return {Diagnostic::Severity::error, node.location, std::move(path), "wrong", {}};
}

}  // namespace

TEST_CASE("what is wrong is taken out, what is right stays", "[load]") {
  Node document = tree();
  Node::Sequence& ports = document.find("services")->find("web")->find("ports")->items();
  std::vector<Diagnostic> findings{error_at(ports[1], "services.web.ports[1]"),
                                   {Diagnostic::Severity::warning, {}, "services", "odd", {}}};
  SetAside errors;
  CHECK(errors.take(findings, document));
  CHECK(document.find("services")->find("web")->find("ports")->items().size() == 1);
  CHECK(findings.size() == 1);
  CHECK(errors.errors().size() == 1);
}

TEST_CASE("an error about the holder of what was taken out follows from it", "[load]") {
  Node document = tree();
  const Node& web = *document.find("services")->find("web");
  SetAside errors;
  std::vector<Diagnostic> findings{error_at(*web.find("image"), "services.web.image")};
  CHECK(errors.take(findings, document));
  findings = {error_at(web, "services.web")};
  CHECK(errors.take(findings, document));
  CHECK(errors.errors().size() == 1);
}

TEST_CASE("a service that is wrong as a whole is still there for those who name it", "[load]") {
  Node document = tree();
  std::vector<Diagnostic> findings{error_at(*document.find("services")->find("db"), "services.db")};
  SetAside errors;
  CHECK(errors.take(findings, document));
  CHECK(document.find("services")->find("db")->find("image")->as_string() != "b");
  CHECK(document.find("services")->find("web")->find("ports")->items().size() == 2);
}

TEST_CASE("a service with a wrong name is read on", "[load]") {
  Node document = tree();
  const SourceLocation key = document.find("services")->members()[1].key_location;
  std::vector<Diagnostic> findings{{Diagnostic::Severity::error, key, "services.db", "no valid name", {}}};
  SetAside errors;
  CHECK(errors.take(findings, document));
  CHECK(document == tree());
}

TEST_CASE("an error about a whole section ends the reading", "[load]") {
  Node document = tree();
  std::vector<Diagnostic> findings{error_at(*document.find("services"), "services")};
  SetAside errors;
  CHECK_FALSE(errors.take(findings, document));
  CHECK(document == tree());
}

TEST_CASE("errors are told in the order of the file", "[load]") {
  Node document = tree();
  Node* services = document.find("services");
  std::vector<Diagnostic> findings{error_at(*services->find("db")->find("image"), "services.db.image"),
                                   error_at(*services->find("web")->find("image"), "services.web.image")};
  SetAside errors;
  CHECK(errors.take(findings, document));
  CHECK(errors.errors().front().path == "services.web.image");
}

TEST_CASE("each entry of a list with an error of its own goes, the others stay", "[load]") {
  Node document = tree();
  Node::Sequence& ports = document.find("services")->find("web")->find("ports")->items();
  std::vector<Diagnostic> findings{
      error_at(ports[1], "services.web.ports[1]"), error_at(ports[0], "services.web.ports[0]"),
      error_at(ports[0], "services.web.ports[0]"), error_at(ports[0], "services.web.port")};
  SetAside errors;
  CHECK(errors.take(findings, document));
  CHECK(flow(document) == "{services: {web: {image: a, ports: []}, db: {image: b}}}");
  CHECK(errors.errors().size() == 4);
}

TEST_CASE("an error whose place is not known takes out what has its path", "[load]") {
  Node document = tree();
  std::vector<Diagnostic> findings{{Diagnostic::Severity::error, {}, "services.web.port", "wrong", {}},
                                   {Diagnostic::Severity::error, {}, "services.web.image", "wrong", {}}};
  SetAside errors;
  CHECK(errors.take(findings, document));
  CHECK(flow(document) == "{services: {web: {ports: [1, 2]}, db: {image: b}}}");
}

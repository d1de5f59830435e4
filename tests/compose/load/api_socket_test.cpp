#include "compose/load/api_socket.hpp"

#include <catch2/catch.hpp>

#include "compose/load/build_project.hpp"
#include "tests/compose/load/tree_text.hpp"

using namespace hoist;
using namespace hoist::compose;

TEST_CASE("a service with the API socket gets the socket, credentials and the way to them", "[load]") {
  Node document = tree_of("services: {web: {use_api_socket: true, environment: {A: b}}, db: {image: a}}");
  CHECK(uses_api_socket(document));
  open_api_sockets(document);
  CHECK(to_yaml(document) ==
        spelled("services:\n"
                "  web:\n"
                "    use_api_socket: true\n"
                "    environment: {A: b, DOCKER_CONFIG: /run/secrets/docker}\n"
                "    volumes: [{type: bind, source: /var/run/docker.sock, target: /var/run/docker.sock}]\n"
                "    configs: [{source: '#apisocket', target: /run/secrets/docker/config.json}]\n"
                "  db: {image: a}\n"));
  std::vector<Diagnostic> findings;
  const Project project = build_project(document, Sources(), "shop", findings);
  CHECK(findings.empty());
  const Service& web = project.services.at("web");
  REQUIRE(web.files.size() == 1);
  CHECK(web.files[0].credentials);
  CHECK(web.files[0].target == "/run/secrets/docker/config.json");
  CHECK(web.files[0].fault.empty());
}

TEST_CASE("who names a place for credentials keeps it, who wants no socket gets none", "[load]") {
  Node document = tree_of("services: {web: {use_api_socket: true, environment: {DOCKER_CONFIG: /mine}}}");
  open_api_sockets(document);
  CHECK(document.find("services")->find("web")->find("environment")->find("DOCKER_CONFIG")->as_string() == "/mine");
  CHECK_FALSE(uses_api_socket(tree_of("services: {web: {use_api_socket: false}, db: {image: a}}")));
  CHECK_FALSE(uses_api_socket(tree_of("name: shop")));
}

#include "compose/load/normalize.hpp"

#include <catch2/catch.hpp>

#include "compose/load/unused.hpp"
#include "tests/compose/load/tree_text.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

std::string normalized(const std::string& yaml, const StringMap& environment = {}) {
  Node document = tree_of(yaml);
  normalize(document, "shop", environment);
  return to_yaml(document);
}

/// The dependencies of a service with these attributes.
std::string dependencies(const std::string& attributes) {
  Node document = tree_of("services: {web: {network_mode: none, " + attributes + "}}");
  normalize(document, "shop", {});
  const Node* found = document.find("services")->find("web")->find("depends_on");
  return found == nullptr ? "" : to_yaml(*found);
}

}  // namespace

TEST_CASE("services without networks are on the default network, which is made for them") {
  CHECK(normalized("services: {web: {image: a}}") ==
        spelled("{services: {web: {image: a, networks: {default: null}}}, networks: {default: {name: "
                "shop_default}}}"));
  CHECK(normalized("services: {web: {networks: {}}}") ==
        spelled("{services: {web: {networks: {default: null}}}, networks: {default: {name: shop_default}}}"));
  CHECK(normalized("{services: {web: {networks: {front: null}}}, networks: {front: null}}") ==
        spelled("{services: {web: {networks: {front: null}}}, networks: {front: {name: shop_front}}}"));
  CHECK(normalized("services: {web: {network_mode: host}}") == spelled("services: {web: {network_mode: host}}"));
  CHECK(normalized("services: {ai: {provider: {type: x}}}") == spelled("services: {ai: {provider: {type: x}}}"));
}

TEST_CASE("resources are named after the project unless they are external or have a name") {
  CHECK(normalized("volumes: {a: null, b: {name: own}, c: {external: true}, d: {external: false}}") ==
        spelled("volumes: {a: {name: shop_a}, b: {name: own}, c: {external: true, name: c}, "
                "d: {external: false, name: shop_d}}"));
}

TEST_CASE("links, shared namespaces and volumes_from imply dependencies") {
  const std::string restarting = "{condition: service_started, restart: true, required: true}";
  const std::string lasting = "{condition: service_started, restart: false, required: true}";
  CHECK(dependencies("links: ['a:b:c']") == spelled("{'a:b:c': " + restarting + "}"));
  CHECK(dependencies("links: [db, 'cache:redis']") == spelled("{db: " + restarting + ", cache: " + restarting + "}"));
  CHECK(dependencies("ipc: 'service:db'") == spelled("{db: " + restarting + "}"));
  CHECK(dependencies("pid: 'container:db'").empty());
  CHECK(dependencies("volumes_from: ['db:ro', 'container:x']") == spelled("{db: " + lasting + "}"));
  CHECK(dependencies("links: [db], depends_on: {db: {condition: service_healthy}}") ==
        spelled("{db: {condition: service_healthy}}"));
}

TEST_CASE("values that are left to the environment are taken from it") {
  CHECK(normalized("services: {web: {network_mode: none, build: {args: {A: null, B: null, C: c}}}}", {{"A", "1"}}) ==
        spelled("services: {web: {network_mode: none, build: {context: ., "
                "dockerfile: Dockerfile, args: {A: '1', C: c}}}}"));
  CHECK(normalized("services: {web: {network_mode: none, environment: [A, B, C=c]}}", {{"A", "1"}}) ==
        spelled("services: {web: {network_mode: none, environment: [A=1, B, C=c]}}"));
}

TEST_CASE("small things are written out") {
  CHECK(normalized("services: {web: {network_mode: none, pull_policy: if_not_present}}") ==
        spelled("services: {web: {network_mode: none, pull_policy: missing}}"));
  CHECK(normalized("services: {web: {network_mode: none, volumes: [{type: volume, target: /a/../b/}]}}") ==
        spelled("services: {web: {network_mode: none, volumes: [{type: volume, target: /b}]}}"));
  CHECK(normalized("services: {web: {network_mode: none, image: a, pre_start: [{command: [x]}, {image: b}]}}") ==
        spelled("services: {web: {network_mode: none, image: a, pre_start: [{command: [x], image: a}, "
                "{image: b}]}}"));
}

TEST_CASE("resources that no service uses are dropped") {
  Node document = tree_of(
      "services: {web: {networks: {front: null}, volumes: [{type: volume, source: data}, {type: bind, "
      "source: other}],"
      " build: {secrets: [{source: token}]}}}\n"
      "networks: {front: {}, back: {}}\n"
      "volumes: {data: {}, other: {}}\n"
      "secrets: {token: {}, more: {}}\n"
      "configs: {site: {}}\n");
  drop_unused(document);
  CHECK(to_yaml(*document.find("networks")) == spelled("front: {}"));
  CHECK(to_yaml(*document.find("volumes")) == spelled("data: {}"));
  CHECK(to_yaml(*document.find("secrets")) == spelled("token: {}"));
  CHECK(document.find("configs") == nullptr);
}

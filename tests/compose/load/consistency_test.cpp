#include "compose/load/consistency.hpp"

#include <catch2/catch.hpp>

#include "compose/load/exclusions.hpp"
#include "tests/compose/load/tree_text.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

std::vector<std::string> complaints(const std::string& yaml, const std::string& disabled = "{}") {
  std::vector<Diagnostic> findings;
  check_consistency(tree_of(yaml), tree_of(disabled), findings);
  return lines_of(findings);
}

std::string complaint(const std::string& attributes) {
  const std::vector<std::string> found = complaints("services: {db: {image: a}, web: {image: a, " + attributes + "}}");
  REQUIRE(found.size() == 1);
  return found[0].substr(found[0].find(' ') + 1);
}

std::vector<std::string> exclusions(const std::string& yaml) {
  Node document = tree_of(yaml);
  std::vector<Diagnostic> findings;
  check_exclusions(document, findings);
  return lines_of(findings);
}

}  // namespace

TEST_CASE("a document that fits together is not complained of") {
  CHECK(complaints("services:\n"
                   "  web: {build: {context: .}, depends_on: {db: {required: true}}, networks: {front: null},\n"
                   "        volumes: [{type: volume, source: data, target: /a}, {type: bind, source: /x, "
                   "target: /b}],\n"
                   "        secrets: [{source: token}], scale: 2, deploy: {replicas: 2}}\n"
                   "  db: {image: a, healthcheck: {test: [CMD, x]}}\n"
                   "networks: {front: {}}\n"
                   "volumes: {data: {}}\n"
                   "secrets: {token: {file: x}}\n")
            .empty());
}

TEST_CASE("references to what is not there name the nearest thing that is") {
  const std::vector<std::string> found = complaints(
      "services:\n"
      "  web:\n"
      "    image: a\n"
      "    networks: {frnt: null}\n"
      "    volumes: [{type: volume, source: data, target: /a}]\n"
      "    depends_on: {dbb: {required: true}}\n"
      "    secrets: [{source: x}]\n"
      "    configs: [{source: y}]\n"
      "  db: {image: a}\n"
      "networks: {front: {}}\n");
  CHECK(found == std::vector<std::string>{
                     "compose.yaml:4:16: services.web.networks: unknown network 'frnt'; did you mean 'front'?",
                     "compose.yaml:6:18: services.web.depends_on: unknown service 'dbb'; did you mean 'db'?",
                     "compose.yaml:5:15: services.web.volumes[0]: unknown volume 'data'; declare it under the "
                     "top-level 'volumes:'",
                     "compose.yaml:8:15: services.web.configs[0]: unknown config 'y'; declare it under the "
                     "top-level 'configs:'",
                     "compose.yaml:7:15: services.web.secrets[0]: unknown secret 'x'; declare it under the "
                     "top-level 'secrets:'",
                 });
}

TEST_CASE("a service is not proposed in place of one that it depends on") {
  const std::vector<std::string> found = complaints("services:\n  web: {image: a, depends_on: {wev: {}}}\n");
  CHECK(found == std::vector<std::string>{"compose.yaml:2:32: services.web.depends_on: unknown service 'wev'"});
}

TEST_CASE("attributes of a service that contradict each other") {
  const auto [attributes, message] = GENERATE(table<std::string, std::string>({
      {"network_mode: host, networks: {}, scale: -1", "services.web.scale: the number must not be negative"},
      {"scale: 2, deploy: {replicas: 3}", "services.web.scale: 'scale' and 'deploy.replicas' differ"},
      {"scale: 2, container_name: x",
       "services.web.container_name: the name 'x' cannot be given to more than one container; drop it, or "
       "set scale to 1"},
      {"healthcheck: {test: [curl]}",
       "services.web.healthcheck.test: the list starts with 'curl'; start it with CMD, CMD-SHELL or NONE"},
      {"mem_limit: '1024', deploy: {resources: {limits: {memory: '2048'}}}",
       "services.web.mem_limit: 'mem_limit' and 'deploy.resources.limits.memory' differ; set one of them"},
      {"build: {dockerfile: a, dockerfile_inline: b}",
       "services.web.build: 'dockerfile' and 'dockerfile_inline' exclude each other; keep one of them"},
      {"build: {platforms: [linux/amd64]}, platform: linux/arm64",
       "services.web.build.platforms: the service's platform 'linux/arm64' is missing; add it to the list"},
      {"build: {additional_contexts: {a: 'service:db'}}",
       "services.web.build.additional_contexts.a: service 'db' has no build"},
      {"develop: {watch: [{path: ., action: sync}]}",
       "services.web.develop.watch[0]: the action 'sync' needs a target"},
      {"tmpfs: ['/a:size=1'], volumes: [{type: bind, source: /x, target: /a}]",
       "services.web.volumes[0]: '/a' is mounted by tmpfs[0] already"},
  }));
  CAPTURE(attributes);
  CHECK(complaint(attributes) == message);
}

TEST_CASE("two services cannot have containers of the same name") {
  CHECK(complaints("services: {a: {image: x, container_name: n}, b: {image: x, container_name: n}, "
                   "c: {image: x, container_name: m}}") ==
        std::vector<std::string>{"compose.yaml:1:76: services.b.container_name: the name 'n' is that of a "
                                 "container of 'a' already"});
}

TEST_CASE("network_mode excludes networks, and a service needs an image or a build") {
  CHECK(complaints("{services: {web: {image: a, network_mode: host, networks: {n: null}}}, networks: {n: {}}}") ==
        std::vector<std::string>{"compose.yaml:1:43: services.web.network_mode: 'network_mode' and 'networks' exclude "
                                 "each other; keep one of them"});
  CHECK(complaints("services: {web: {command: [x]}}") ==
        std::vector<std::string>{"compose.yaml:1:17: services.web: there is neither an image nor a build"});
}

TEST_CASE("a dependency on a service that profiles switch off is an error unless it is optional") {
  const std::string disabled = "db: {image: a, profiles: [data]}";
  CHECK(complaints("services: {web: {image: a, depends_on: {db: {required: false}}}}", disabled).empty());
  CHECK(complaints("services: {web: {image: a, depends_on: {db: {required: true}}}}", disabled) ==
        std::vector<std::string>{"compose.yaml:1:41: services.web.depends_on: service 'db' is switched off by its "
                                 "profiles; use --profile data, or 'required: false'"});
}

TEST_CASE("a dependency cycle is reported once, as the path around it") {
  const auto [dependencies, path] = GENERATE(table<std::string, std::string>({
      {"a: {image: x, depends_on: {a: {}}}", "a -> a"},
      {"web: {image: x, depends_on: {db: {}}}, db: {image: x, depends_on: {web: {}}}", "db -> web -> db"},
      {"a: {image: x, depends_on: {b: {}}}, b: {image: x, depends_on: {c: {}}}, c: {image: x, depends_on: "
       "{b: {}}}",
       "b -> c -> b"},
  }));
  const std::vector<std::string> found = complaints("services: {" + dependencies + "}");
  REQUIRE(found.size() == 1);
  CHECK_THAT(found[0], Catch::EndsWith("dependency cycle: " + path));
}

TEST_CASE("two ways to the same service are no cycle") {
  CHECK(complaints("services: {a: {image: x, depends_on: {b: {}, c: {}}}, b: {image: x, depends_on: {c: {}}}, "
                   "c: {image: x}}")
            .empty());
}

TEST_CASE("attributes that exclude each other within one mapping") {
  const auto [yaml, message] = GENERATE(table<std::string, std::string>({
      {"secrets: {a: {file: x, environment: y}}",
       "secrets.a: file and environment exclude each other; keep one of them"},
      {"secrets: {a: {labels: {}}}", "secrets.a: one of file, environment must be set"},
      {"configs: {a: {file: x, content: y}}", "configs.a: file and content exclude each other; keep one of them"},
      {"volumes: {a: {external: true, driver: x}}",
       "volumes.a: 'driver' cannot stand beside 'external: true'; an external resource takes only 'name'"},
      {"services: {a: {gpus: [{count: 1, device_ids: ['0']}]}}",
       "services.a.gpus[0]: 'count' and 'device_ids' exclude each other; keep one of them"},
      {"services: {a: {ports: [{target: 1, host_ip: x}]}}", "services.a.ports[0].host_ip: 'x' is not an IP address"},
      {"services: {a: {develop: {watch: [{path: ''}]}}}",
       "services.a.develop.watch[0].path: the path must not be empty"},
  }));
  const std::vector<std::string> found = exclusions(yaml);
  REQUIRE(found.size() == 1);
  CHECK_THAT(found[0], Catch::EndsWith(" " + message));
}

TEST_CASE("what says where its content comes from is not complained of") {
  CHECK(exclusions("{secrets: {a: {driver: x}, b: {external: true}, c: {file: x}}, configs: {d: {content: x}}, "
                   "volumes: {e: {external: true, name: x, x-note: y}, f: null}}")
            .empty());
}

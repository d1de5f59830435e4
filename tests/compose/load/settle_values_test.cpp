#include "compose/load/settle_values.hpp"

#include <catch2/catch.hpp>

#include "compose/load/config_form.hpp"
#include "tests/compose/load/tree_text.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

std::string settled(const std::string& attributes) {
  Node document = tree_of("services: {web: {" + attributes + "}}");
  std::vector<Diagnostic> findings;
  settle_values(document, findings);
  CHECK(lines_of(findings) == std::vector<std::string>{});
  return to_yaml(*document.find("services")->find("web"));
}

}  // namespace

TEST_CASE("every value gets its one spelling") {
  const auto [written, spelling] = GENERATE(table<std::string, std::string>({
      {"command: echo 'a b'", "command: [echo, a b]"},
      {"entrypoint: ''", "entrypoint: []"},
      {"environment: [A=1, B, 'C=']", "environment: {A: '1', B: null, C: ''}"},
      {"environment: {A: 1, B: true, C: null, D: 1.50}", "environment: {A: '1', B: 'true', C: null, D: '1.5'}"},
      {"labels: [a=1, b]", "labels: {a: '1', b: ''}"},
      {"labels: {a: null}", "labels: {a: ''}"},
      {"build: {args: [A=1]}", "build: {args: {A: '1'}}"},
      {"expose: [80, '81/udp']", "expose: ['80', 81/udp]"},
      {"tmpfs: /run", "tmpfs: [/run]"},
      {"extra_hosts: ['b:10.0.0.2', 'a=::1']", "extra_hosts: ['a=::1', b=10.0.0.2]"},
      {"extra_hosts: {a: [1.1.1.1, 2.2.2.2]}", "extra_hosts: [a=1.1.1.1, a=2.2.2.2]"},
      {"healthcheck: {test: curl x, interval: 90s, retries: 3}",
       "healthcheck: {test: [CMD-SHELL, curl x], interval: 1m30s, retries: 3}"},
      {"stop_grace_period: 1m", "stop_grace_period: 1m0s"},
      {"mem_limit: 1g, shm_size: 64, memswap_limit: -1",
       "{mem_limit: '1073741824', shm_size: '64', memswap_limit: '-1'}"},
      {"tty: 'yes', init: 'false', cpus: '0.5', pids_limit: '10'",
       "{tty: true, init: false, cpus: 0.5, pids_limit: 10}"},
      {"secrets: [{source: a, mode: 288}]", "secrets: [{source: a, mode: '0440'}]"},
      {"secrets: [{source: a, mode: '440'}]", "secrets: [{source: a, mode: '0440'}]"},
      {"gpus: [{count: all}]", "gpus: [{count: -1}]"},
      {"ports: [{target: '80', published: 8080}]", "ports: [{target: 80, published: '8080'}]"},
      {"post_start: [{command: a b}]", "post_start: [{command: [a, b]}]"},
      {"deploy: {resources: {limits: {memory: 1k, cpus: '2'}}}",
       "deploy: {resources: {limits: {memory: '1024', cpus: 2}}}"},
      {"logging: {options: {max-file: 3}}", "logging: {options: {max-file: '3'}}"},
  }));
  CAPTURE(written);
  CHECK(settled(written) == spelled(spelling));
}

TEST_CASE("attributes that say nothing go; those where nothing says something stay") {
  CHECK(settled("image: '', privileged: false, ports: [], labels: {}, init: null, command: null") == "{}\n");
  CHECK(settled("command: [], init: false, scale: 0, attach: false, volumes: [{type: volume, volume: {}}]") ==
        spelled("{command: [], init: false, scale: 0, attach: false, volumes: [{type: volume, volume: {}}]}"));
  CHECK(settled("depends_on: {db: {restart: false, required: false}}") ==
        spelled("depends_on: {db: {required: false}}"));
  CHECK(settled("deploy: {update_config: {delay: 0s, parallelism: 0}}") ==
        spelled("deploy: {update_config: {parallelism: 0}}"));
  CHECK(settled("x-note: null") == spelled("x-note: null"));
}

TEST_CASE("a scale is the number of replicas where there is a deploy") {
  CHECK(settled("scale: 2") == spelled("scale: 2"));
  CHECK(settled("scale: '2', deploy: {}") == spelled("{scale: 2, deploy: {replicas: 2}}"));
  CHECK(settled("scale: 2, deploy: {replicas: 3}") == spelled("{scale: 2, deploy: {replicas: 3}}"));
}

TEST_CASE("values that cannot be read are reported at their places, all at once") {
  Node document = tree_of(
      "services:\n"
      "  web:\n"
      "    stop_grace_period: 10\n"
      "    mem_limit: much\n"
      "    tty: perhaps\n"
      "    scale: many\n"
      "    extra_hosts: [somewhere]\n"
      "    environment: ['A =1']\n");
  std::vector<Diagnostic> findings;
  settle_values(document, findings);
  std::vector<int> lines;
  for (const Diagnostic& finding : findings) lines.push_back(finding.location.line);
  CHECK(lines == std::vector<int>{3, 4, 5, 6, 7, 8});
}

TEST_CASE("config leaves unsaid what everybody expects") {
  Node tree = tree_of(
      "services: {web: {env_file: [{path: a, required: true}], build: {ssh: {default: null, k: /p}},"
      " volumes: [{type: bind, bind: {create_host_path: true}}, {type: bind, bind: {create_host_path: "
      "false}}]}}");
  to_config_form(tree);
  CHECK(to_yaml(tree) ==
        spelled("services: {web: {env_file: [{path: a}], build: {ssh: [default, k=/p]},"
                " volumes: [{type: bind, bind: {}}, {type: bind, bind: {create_host_path: false}}]}}"));
}

TEST_CASE("deploy repeats the number of copies") {
  Node tree = tree_of("services: {a: {scale: 2, deploy: {mode: x}}, b: {scale: 2}, c: {deploy: {mode: x}}}");
  to_config_form(tree);
  CHECK(to_yaml(tree) == spelled("services: {a: {scale: 2, deploy: {mode: x, replicas: 2}}, b: {scale: 2}, "
                                 "c: {deploy: {mode: x}}}"));
}

TEST_CASE("a network and a volume without attributes are empty mappings") {
  Node tree = tree_of("networks: {a: , b: {driver: x}}\nvolumes: {c: }");
  to_config_form(tree);
  CHECK(to_yaml(tree) == spelled("networks: {a: {}, b: {driver: x}}\nvolumes: {c: {}}"));
}

TEST_CASE("the JSON form writes some absent parts and leaves extensions out") {
  CHECK(to_yaml(to_json_form(tree_of("{services: {web: {image: a, x-note: b, deploy: {replicas: 2}}}, x-top: c, "
                                     "networks: {n: {name: n}}, models: {m: {}}}"))) ==
        spelled("{services: {web: {image: a, command: null, entrypoint: null, "
                "deploy: {replicas: 2, placement: {}, resources: {}}}}, x-top: c, networks: {n: {name: n, "
                "ipam: {}}}}"));
}

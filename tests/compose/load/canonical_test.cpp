#include "compose/load/canonical.hpp"

#include <catch2/catch.hpp>

#include "compose/load/defaults.hpp"
#include "tests/compose/load/tree_text.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

/// What becomes of the attributes of a service.
std::string service(const std::string& attributes) {
  Node document = tree_of("services: {web: {" + attributes + "}}");
  std::vector<Diagnostic> findings;
  to_canonical(document, findings);
  CHECK(lines_of(findings) == std::vector<std::string>{});
  return to_yaml(*document.find("services")->find("web"));
}

std::vector<std::string> complaints(const std::string& yaml) {
  Node document = tree_of(yaml);
  std::vector<Diagnostic> findings;
  to_canonical(document, findings);
  return lines_of(findings);
}

struct Form {
  std::string short_form;
  std::string long_form;
};

}  // namespace

TEST_CASE("short forms of a service become long ones") {
  const Form form = GENERATE(values<Form>({
      {"build: ./app", "build: {context: ./app}"},
      {"build: {context: ., secrets: [token]}", "build: {context: ., secrets: [{source: token}]}"},
      {"build: {additional_contexts: ['base=./base', 'x=a=b']}",
       "build: {additional_contexts: {base: ./base, x: a=b}}"},
      {"build: {ssh: [default, 'deploy=./key']}", "build: {ssh: {default: null, deploy: ./key}}"},
      {"build: {provenance: true, sbom: false}", "build: {provenance: 'true', sbom: 'false'}"},
      {"depends_on: [db]", "depends_on: {db: {condition: service_started, required: true}}"},
      {"depends_on: {db: {condition: service_healthy}}",
       "depends_on: {db: {condition: service_healthy, required: true}}"},
      {"env_file: a.env", "env_file: [{path: a.env, required: true}]"},
      {"env_file: [a.env, {path: b.env, required: false}]",
       "env_file: [{path: a.env, required: true}, {path: b.env, required: false}]"},
      {"networks: [front, back]", "networks: {front: null, back: null}"},
      {"models: [llm]", "models: {llm: null}"},
      {"dns: 1.1.1.1", "dns: [1.1.1.1]"},
      {"dns: ['', 1.1.1.1]", "dns: [1.1.1.1]"},
      {"label_file: app.labels", "label_file: [app.labels]"},
      {"secrets: [token]", "secrets: [{source: token}]"},
      {"configs: [site]", "configs: [{source: site}]"},
      {"gpus: all", "gpus: [{count: all}]"},
      {"devices: ['/dev/a']", "devices: [{source: /dev/a, target: /dev/a, permissions: rwm}]"},
      {"devices: ['/dev/a:/dev/b:r']", "devices: [{source: /dev/a, target: /dev/b, permissions: r}]"},
      {"develop: {watch: [{path: ., action: sync, ignore: .git}]}",
       "develop: {watch: [{path: ., action: sync, ignore: [.git]}]}"},
      {"ports: [80]", "ports: [{mode: ingress, target: 80, protocol: tcp}]"},
      {"ports: ['127.0.0.1:8080:80/udp']",
       "ports: [{mode: ingress, host_ip: 127.0.0.1, target: 80, published: '8080', protocol: udp}]"},
      {"ports: ['8000-8001:80-81']",
       "ports: [{mode: ingress, target: 80, published: '8000', protocol: tcp}, "
       "{mode: ingress, target: 81, published: '8001', protocol: tcp}]"},
      {"ports: [{target: 80}]", "ports: [{target: 80}]"},
      {"volumes: ['data:/var/lib/../data/']", "volumes: [{type: volume, source: data, target: /var/data, volume: {}}]"},
      {"volumes: ['/data']", "volumes: [{type: volume, target: /data, volume: {}}]"},
      {"volumes: ['./src:/src:ro,z']",
       "volumes: [{type: bind, source: ./src, target: /src, read_only: true, bind: {selinux: z, "
       "create_host_path: true}}]"},
      {"volumes: ['data:/data:nocopy']",
       "volumes: [{type: volume, source: data, target: /data, volume: {nocopy: true}}]"},
  }));
  CAPTURE(form.short_form);
  CHECK(service(form.short_form) == spelled(form.long_form));
}

TEST_CASE("the long form stays as it is") {
  const std::string attributes = "build: {context: .}, depends_on: {db: {condition: service_healthy, required: false}}";
  CHECK(service(attributes) == spelled("{" + attributes + "}"));
}

TEST_CASE("the old form of external resources names them at the top") {
  Node document = tree_of("networks: {front: {external: {name: shared}}, back: {external: true}}");
  std::vector<Diagnostic> findings;
  to_canonical(document, findings);
  CHECK(to_yaml(document) == spelled("networks: {front: {external: true, name: shared}, back: {external: true}}"));
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity == Diagnostic::Severity::warning);
  CHECK(complaints("volumes: {a: {name: x, external: {name: y}}}").back() ==
        "compose.yaml:1:41: volumes.a: 'name' and 'external.name' differ; set only 'name'");
}

TEST_CASE("all entries that cannot be read are reported at their places") {
  const std::vector<std::string> found = complaints(
      "services:\n"
      "  web:\n"
      "    ports:\n"
      "      - '80'\n"
      "      - 'x:80'\n"
      "      - '99999:80'\n"
      "    volumes: ['aa:bb:cc:dd']\n"
      "    devices: ['aa:bb:cc:dd']\n"
      "    build: {ssh: [deploy]}\n");
  REQUIRE(found.size() == 5);
  CHECK_THAT(found[0], Catch::StartsWith("compose.yaml:5:9: services.web.ports[1]: "));
  CHECK_THAT(found[1], Catch::StartsWith("compose.yaml:6:9: services.web.ports[2]: "));
  CHECK_THAT(found[2], Catch::StartsWith("compose.yaml:7:15: services.web.volumes[0]: "));
  CHECK_THAT(found[3], Catch::StartsWith("compose.yaml:8:15: services.web.devices[0]: "));
  CHECK_THAT(found[4], Catch::StartsWith("compose.yaml:9:19: services.web.build.ssh: "));
}

TEST_CASE("without interpolation an unreadable entry stays") {
  const std::string yaml = "services: {web: {ports: ['${PORT}:80'], volumes: ['aa:bb:cc:dd']}}";
  Node document = tree_of(yaml);
  std::vector<Diagnostic> findings;
  to_canonical(document, findings, true);
  CHECK(findings.empty());
  CHECK(to_yaml(document) == spelled(yaml));
}

TEST_CASE("defaults are added where something was left out") {
  const Form form = GENERATE(values<Form>({
      {"build: {}", "build: {context: .}"},
      {"build: {context: app}", "build: {context: app}"},
      {"ports: [{target: 80}]", "ports: [{target: 80, protocol: tcp, mode: ingress}]"},
      {"ports: [{target: 80, mode: host}]", "ports: [{target: 80, protocol: tcp, mode: host}]"},
      {"secrets: [{source: token}]", "secrets: [{source: token, target: /run/secrets/token}]"},
      {"gpus: [{driver: x}]", "gpus: [{driver: x, count: all}]"},
      {"gpus: [{device_ids: ['0']}]", "gpus: [{device_ids: ['0']}]"},
      {"volumes: [{type: bind, bind: {}}]", "volumes: [{type: bind, bind: {create_host_path: true}}]"},
  }));
  CAPTURE(form.short_form);
  Node document = tree_of("services: {web: {" + form.short_form + "}}");
  set_defaults(document);
  CHECK(to_yaml(document) == spelled("services: {web: {" + form.long_form + "}}"));
}

TEST_CASE("paths are cleaned by their text") {
  const auto [written, clean] = GENERATE(table<std::string, std::string>({
      {"", "."},
      {"/", "/"},
      {"/a/b/", "/a/b"},
      {"/a/../../b", "/b"},
      {"a/..", "."},
      {"../a/./b", "../a/b"},
      {"//a//b", "/a/b"},
  }));
  CHECK(clean_path(written) == clean);
}

#include "compose/load/config_hash.hpp"

#include <catch2/catch.hpp>

#include "compose/base/sha256.hpp"
#include "compose/load/parse.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

Node parse(const std::string& text) {
  return parse_documents(text, std::make_shared<const std::string>("test.yaml")).at(0);
}

}  // namespace

TEST_CASE("the hash of a service is that of its compact JSON in the order of Docker Compose", "[load]") {
  struct Case {
    const char* service;
    const char* json;
  };
  const auto c = GENERATE(values<Case>({
      {"{image: alpine, networks: {default: }}",
       R"({"command":null,"entrypoint":null,"image":"alpine","networks":{"default":null}})"},
      {"{working_dir: /w, command: [echo, a<b], entrypoint: [], tty: true, attach: false, privileged: false}",
       R"({"attach":false,"command":["echo","a\u003cb"],"entrypoint":[],"tty":true,"working_dir":"/w"})"},
      {"{environment: {B: '1', A: , C: ''}, labels: {x-y: z}}",
       R"({"command":null,"entrypoint":null,"environment":{"A":null,"B":"1","C":""},"labels":{"x-y":"z"}})"},
      {"{volumes: [{target: /a, type: bind, source: /s, bind: {create_host_path: true}},"
       " {type: bind, target: /b, bind: {create_host_path: false}}]}",
       R"({"command":null,"entrypoint":null,"volumes":[{"type":"bind","source":"/s","target":"/a","bind":{}},)"
       R"({"type":"bind","target":"/b","bind":{"create_host_path":false}}]})"},
      {"{cpus: 0.3, ulimits: {nofile: {hard: 2, soft: 1}, core: 7}, deploy: {replicas: 3, mode: global}}",
       R"({"cpus":0.3,"command":null,"deploy":{"mode":"global","resources":{},"placement":{}},)"
       R"("entrypoint":null,"ulimits":{"core":7,"nofile":{"soft":1,"hard":2}}})"},
      {"{healthcheck: {retries: 0, interval: 30s, test: [CMD, x]}, stop_grace_period: 0s}",
       R"({"command":null,"entrypoint":null,"healthcheck":{"test":["CMD","x"],"interval":"30s","retries":0},)"
       R"("stop_grace_period":"0s"})"},
      {"{blkio_config: {weight_device: [{path: /dev/sda, weight: 4}]}, cpu_percent: 50}",
       R"({"blkio_config":{"weight_device":[{"Path":"/dev/sda","Weight":4}]},"cpu_percent":50,)"
       R"("command":null,"entrypoint":null})"},
      {"{ports: [{target: 80, protocol: tcp, published: '8080', mode: ingress}]}",
       R"({"command":null,"entrypoint":null,"ports":[{"mode":"ingress","target":80,"published":"8080","protocol":"tcp"}]})"},
  }));
  CAPTURE(c.service);
  CHECK(service_config_hash(parse(c.service)) == sha256_hex(c.json));
}

TEST_CASE("the hash of a service is the one that Docker Compose shows", "[load]") {
  CHECK(service_config_hash(parse("{image: alpine, networks: {default: }}")).starts_with("1401a92039735b88"));
}

TEST_CASE("each form of the hash writes what its releases wrote", "[load]") {
  struct Case {
    HashForm form;
    const char* json;
  };
  // What a short bind means is written with a place, what is a default has none.
  Node service = parse(
      "{profiles: [p], depends_on: {db: {condition: service_started, required: true}},"
      " devices: [{source: /dev/a, target: /dev/b, permissions: rwm}],"
      " networks: {n: {aliases: [x], priority: 1}},"
      " volumes: [{type: bind, source: /s, target: /a, bind: {create_host_path: true}}, {type: bind, target: /b, bind: "
      "{}}]}");
  service.find("volumes")->items()[1].find("bind")->set("create_host_path", Node(true));
  const auto c = GENERATE(values<Case>({
      {HashForm::r2_24,
       R"({"profiles":["p"],"command":null,"depends_on":{"db":{"condition":"service_started","required":true}},)"
       R"("devices":["/dev/a:/dev/b"],"entrypoint":null,"networks":{"n":{"priority":1,"aliases":["x"]}},)"
       R"("volumes":[{"type":"bind","source":"/s","target":"/a","bind":{"create_host_path":true}},)"
       R"({"type":"bind","target":"/b","bind":{}}]})"},
      {HashForm::r2_29_3,
       R"({"profiles":["p"],"command":null,"devices":[{"source":"/dev/a","target":"/dev/b","permissions":"rwm"}],)"
       R"("entrypoint":null,"networks":{"n":{"priority":1,"aliases":["x"]}},)"
       R"("volumes":[{"type":"bind","source":"/s","target":"/a","bind":{"create_host_path":true}},)"
       R"({"type":"bind","target":"/b","bind":{}}]})"},
      {HashForm::r2_30_2, R"({"command":null,"devices":[{"source":"/dev/a","target":"/dev/b","permissions":"rwm"}],)"
                          R"("entrypoint":null,"networks":{"n":{"priority":1,"aliases":["x"]}},)"
                          R"("volumes":[{"type":"bind","source":"/s","target":"/a","bind":{"create_host_path":true}},)"
                          R"({"type":"bind","target":"/b","bind":{}}]})"},
      {HashForm::r2_36, R"({"command":null,"devices":[{"source":"/dev/a","target":"/dev/b","permissions":"rwm"}],)"
                        R"("entrypoint":null,"networks":{"n":{"aliases":["x"],"priority":1}},)"
                        R"("volumes":[{"type":"bind","source":"/s","target":"/a","bind":{"create_host_path":true}},)"
                        R"({"type":"bind","target":"/b","bind":{}}]})"},
      {HashForm::r5_0, R"({"command":null,"devices":[{"source":"/dev/a","target":"/dev/b","permissions":"rwm"}],)"
                       R"("entrypoint":null,"networks":{"n":{"aliases":["x"],"priority":1}},)"
                       R"("volumes":[{"type":"bind","source":"/s","target":"/a","bind":{}},)"
                       R"({"type":"bind","target":"/b","bind":{"create_host_path":false}}]})"},
      {HashForm::r5_0_2, R"({"command":null,"devices":[{"source":"/dev/a","target":"/dev/b","permissions":"rwm"}],)"
                         R"("entrypoint":null,"networks":{"n":{"aliases":["x"],"priority":1}},)"
                         R"("volumes":[{"type":"bind","source":"/s","target":"/a","bind":{}},)"
                         R"({"type":"bind","target":"/b","bind":{}}]})"},
  }));
  CAPTURE(c.json);
  CHECK(service_config_hash(service, c.form) == sha256_hex(c.json));
}

TEST_CASE("older hashes are kept only where they differ", "[load]") {
  const auto older = [](const std::string& text) {
    const Node service = parse(text);
    return older_service_hashes(service, service_config_hash(service));
  };
  CHECK(older("{image: a, environment: {A: b}, networks: {default: }}").empty());
  CHECK(older("{image: a, profiles: [p]}").size() == 2);
  CHECK(older("{image: a, depends_on: {db: {condition: service_started, required: true}}}").size() == 1);
}

TEST_CASE("what makes no other container makes no other hash", "[load]") {
  const std::string plain = service_config_hash(parse("{image: a}"));
  const auto same =
      GENERATE(as<std::string>(), "build: {context: /b}", "pull_policy: always", "scale: 3", "profiles: [p]",
               "depends_on: {db: {condition: service_started, required: true}}", "x-note: 1");
  CAPTURE(same);
  CHECK(service_config_hash(parse("image: a\n" + same)) == plain);
  CHECK(service_config_hash(parse("image: b\n" + same)) != plain);
}

TEST_CASE("networks and volumes have hashes of their own", "[load]") {
  CHECK(network_config_hash(parse("{name: shop_default}")) == sha256_hex(R"({"name":"shop_default","ipam":{}})"));
  CHECK(network_config_hash(
            parse("{name: n, internal: true, ipam: {config: [{gateway: g, subnet: s}]}, enable_ipv6: false}")) ==
        sha256_hex(
            R"({"name":"n","ipam":{"config":[{"subnet":"s","gateway":"g"}]},"internal":true,"enable_ipv6":false})"));
  CHECK(volume_config_hash(parse("{name: shop_data}")) == sha256_hex(R"({"name":"shop_data","driver":"local"})"));
  CHECK(volume_config_hash(parse("{name: v, driver: nfs, external: true}")) ==
        sha256_hex(R"({"name":"v","driver":"nfs","external":true})"));
}

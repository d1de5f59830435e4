#include "compose/load/merge.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/load/parse.hpp"
#include "tests/compose/load/tree_text.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

Node parse(std::string_view text, const std::string& file = "f.yaml") {
  return parse_documents(text, std::make_shared<const std::string>(file)).at(0);
}

/// Merges without a finding.
void merge_cleanly(Node& base, Node later) {
  std::vector<Diagnostic> findings;
  merge_into(base, std::move(later), findings);
  CHECK(findings.empty());
}

std::string merged(const std::string& base, const std::string& later) {
  Node document = parse(base);
  merge_cleanly(document, parse(later));
  enforce_unicity(document);
  return flow(document);
}

/// Both texts are the attributes of one service.
std::string merged_service(const std::string& base, const std::string& later) {
  const std::string text = merged("services: {web: {" + base + "}}", "services: {web: {" + later + "}}");
  const std::string before = "{services: {web: {";
  return text.substr(before.size(), text.size() - before.size() - 3);
}

struct Case {
  std::string base;
  std::string later;
  std::string expected;
};

}  // namespace

TEST_CASE("mappings merge, lists append, scalars are replaced", "[merge]") {
  const auto c = GENERATE(values<Case>({
      {"image: a, user: u", "image: b, tty: true", "image: b, user: u, tty: true"},
      {"healthcheck: {interval: 1s, retries: 3}", "healthcheck: {retries: 5}",
       "healthcheck: {interval: 1s, retries: 5}"},
      {"security_opt: [a]", "security_opt: [b]", "security_opt: [a, b]"},
      {"x-own: [a]", "x-own: [a]", "x-own: [a, a]"},
      {"image: a", "image:", "image: a"},
      {"image:", "image: a", "image: a"},
      {"external_links: [a]", "external_links:", "external_links: [a]"},
  }));
  CAPTURE(c.base, c.later);
  CHECK(merged_service(c.base, c.later) == c.expected);
}

TEST_CASE("some places merge by rules of their own", "[merge]") {
  const auto c = GENERATE(values<Case>({
      // replaced
      {"command: [a, b]", "command: c", "command: c"},
      {"command: [a, b]", "command:", "command: ~"},
      {"entrypoint: a b", "entrypoint: [c]", "entrypoint: [c]"},
      {"healthcheck: {test: [CMD, a], retries: 1}", "healthcheck: {test: b}", "healthcheck: {test: b, retries: 1}"},
      {"ulimits: {nofile: {soft: 1, hard: 2}, nproc: 1}", "ulimits: {nofile: 5}", "ulimits: {nofile: 5, nproc: 1}"},
      // one list of "key=value", the later value in the earlier place
      {"environment: {B: 1, A: }", "environment: [B=2, C=3]", "environment: [A, B=2, C=3]"},
      {"environment: [A=1, B=2]", "environment: {A: 1.0, D: true}", "environment: [A=1, B=2, D=true]"},
      {"labels: {a: b}", "labels: {a: c, d: }", "labels: [a=c, d]"},
      {"dns: 1.1.1.1", "dns: [8.8.8.8, 1.1.1.1]", "dns: [1.1.1.1, 8.8.8.8]"},
      {"env_file: a.env", "env_file: [b.env, {path: a.env, required: false}]",
       "env_file: [{path: a.env, required: false}, b.env]"},
      {"extra_hosts: {a: 1.1.1.1}", "extra_hosts: [a=1.1.1.1, a=2.2.2.2]", "extra_hosts: [a=1.1.1.1, a=2.2.2.2]"},
      {"extra_hosts: {a: [1.1.1.1, 2.2.2.2]}", "extra_hosts: {b: 3.3.3.3}",
       "extra_hosts: [a=1.1.1.1, a=2.2.2.2, b=3.3.3.3]"},
      // short forms become long
      {"build: ./a", "build: {target: t}", "build: {context: ./a, target: t}"},
      {"build: {context: a, args: [A=1]}", "build: b", "build: {context: b, args: [A=1]}"},
      {"build: {args: [A=1]}", "build: {args: {A: 2}}", "build: {args: [A=2]}"},
      {"depends_on: [a]", "depends_on: {b: {condition: service_healthy}}",
       "depends_on: {a: {condition: service_started, required: true}, b: {condition: service_healthy}}"},
      {"depends_on: {a: {condition: service_healthy}}", "depends_on: [a]",
       "depends_on: {a: {condition: service_started, required: true}}"},
      {"networks: [a]", "networks: {a: {aliases: [x]}, b: }", "networks: {a: {aliases: [x]}, b: ~}"},
      // options of another driver mean nothing
      {"logging: {driver: json-file, options: {a: b}}", "logging: {driver: syslog}", "logging: {driver: syslog}"},
      {"logging: {driver: syslog, options: {a: b}}", "logging: {options: {c: d}}",
       "logging: {driver: syslog, options: {a: b, c: d}}"},
  }));
  CAPTURE(c.base, c.later);
  CHECK(merged_service(c.base, c.later) == c.expected);
}

TEST_CASE("entries with the same key are one: the later, in the place of the earlier", "[merge]") {
  const auto c = GENERATE(values<Case>({
      {"volumes: [one:/x, two:/y]", "volumes: [three:/x]", "volumes: [three:/x, two:/y]"},
      {"volumes: ['./a:/x:ro']", "volumes: [{type: bind, source: ./b, target: /x}]",
       "volumes: [{type: bind, source: ./b, target: /x}]"},
      {"ports: ['80:80']", "ports: ['80:80', '81:80']", "ports: [80:80, 81:80]"},
      {"ports: [{target: 80, published: '8080', protocol: tcp}]", "ports: [{target: 80, published: 8080}]",
       "ports: [{target: 80, published: 8080}]"},
      {"ports: [{target: 80, published: '1'}]", "ports: [{target: 80, published: '1', host_ip: 127.0.0.1}]",
       "ports: [{target: 80, published: 1}, {target: 80, published: 1, host_ip: 127.0.0.1}]"},
      {"expose: [80]", "expose: ['80', 81]", "expose: [80, 81]"},
      {"secrets: [a]", "secrets: [{source: a, mode: 256}, {source: b, target: /run/secrets/a}]",
       "secrets: [{source: b, target: /run/secrets/a}]"},
      {"devices: ['/dev/a:/dev/x']", "devices: ['/dev/b:/dev/x', /dev/a]", "devices: [/dev/b:/dev/x, /dev/a]"},
      {"cap_add: [NET_ADMIN]", "cap_add: [NET_ADMIN, SYS_TIME]", "cap_add: [NET_ADMIN, SYS_TIME]"},
      {"profiles: [a]", "profiles: [a, b]", "profiles: [a, b]"},
  }));
  CAPTURE(c.base, c.later);
  CHECK(merged_service(c.base, c.later) == c.expected);
}

TEST_CASE("!reset takes a value away, !override puts another in its place", "[merge]") {
  const auto c = GENERATE(values<Case>({
      {"image: a, ports: ['80:80']", "ports: !reset []", "image: a"},
      {"ports: ['80:80']", "ports: !override ['81:81']", "ports: [81:81]"},
      {"environment: {A: 1, B: 2}", "environment: !override {C: 3}", "environment: {C: 3}"},
      {"environment: {A: 1, B: 2}", "environment: {A: !reset null}", "environment: [B=2]"},
      {"image: a", "cap_add: !override [A], cap_drop: !reset []", "image: a, cap_add: [A]"},
      {"image: a", "ports: [!reset '80', '81']", "image: a, ports: [81]"},
  }));
  CAPTURE(c.base, c.later);
  CHECK(merged_service(c.base, c.later) == c.expected);
}

TEST_CASE("tags of the first file are gone too, and whole services can be taken away", "[merge]") {
  Node document;
  merge_cleanly(document, parse("services: {a: {ports: !override [80], dns: !reset []}, b: !reset }"));
  CHECK(flow(document) == "{services: {a: {ports: [80]}}}");
  CHECK(document.find("services")->find("a")->find("ports")->tag == Node::Tag::none);
  merge_cleanly(document, parse("services: {a: !reset null, c: {image: x}}"));
  CHECK(flow(document) == "{services: {c: {image: x}}}");
}

TEST_CASE("tags outlive a phase that knows none", "[merge]") {
  Node document =
      parse("services: {a: {ports: !override ['80:80'], build: !override ., dns: !reset [x]}, b: {tty: true}}");
  const std::vector<TaggedPlace> tags = take_tags(document);
  CHECK(flow(document) == "{services: {a: {ports: [80:80], build: .}, b: {tty: true}}}");
  document["services"]["a"]["build"] = Node(Node::Mapping{{"context", ".", {}}});
  put_tags_back(document, tags);
  const Node& a = *document.find("services")->find("a");
  CHECK(a.find("ports")->tag == Node::Tag::override_value);
  CHECK(a.find("build")->tag == Node::Tag::override_value);
  CHECK(a.find("dns")->tag == Node::Tag::reset);
  Node base = parse("services: {a: {image: x, dns: [y], ports: ['1:1']}}");
  merge_cleanly(base, std::move(document));
  CHECK(flow(base) == "{services: {a: {image: x, ports: [80:80], build: {context: .}}, b: {tty: true}}}");
}

TEST_CASE("address pools merge by their subnet", "[merge]") {
  CHECK(merged("networks: {n: {ipam: {config: [{subnet: s1, gateway: g}, {subnet: s2}]}}}",
               "networks: {n: {ipam: {config: [{subnet: s2, ip_range: r}, {subnet: s1, gateway: h}]}}}") ==
        "{networks: {n: {ipam: {config: [{subnet: s2, ip_range: r}, {subnet: s1, gateway: h}]}}}}");
}

TEST_CASE("a mapping and a list cannot merge; all such places are told", "[merge]") {
  Node document = parse("services: {web: {healthcheck: {retries: 1}, ports: [80], logging: {driver: a}}}", "a.yaml");
  std::vector<Diagnostic> findings;
  merge_into(document, parse("services: {web: {healthcheck: [a], ports: {a: b}, logging: x, tty: true}}", "b.yaml"),
             findings);
  REQUIRE(findings.size() == 3);
  CHECK(findings[0].severity == Diagnostic::Severity::error);
  CHECK(findings[0].to_string().starts_with(
      "b.yaml:1:31: services.web.healthcheck: a list cannot be merged into a mapping from a.yaml:1:31"));
  CHECK(findings[1].path == "services.web.ports");
  CHECK(findings[2].path == "services.web.logging");
  CHECK(flow(document) ==
        "{services: {web: {healthcheck: {retries: 1}, ports: [80], logging: {driver: a}, tty: true}}}");
}

TEST_CASE("tags of several documents become those of the merged one", "[merge]") {
  const auto tags_of = [](std::initializer_list<const char*> documents) {
    std::vector<TaggedPlace> tags;
    for (const char* text : documents) {
      Node document = parse(text);
      const std::vector<TaggedPlace> own = take_tags(document);
      add_tags(tags, own, document);
    }
    std::string out;
    for (const TaggedPlace& place : tags) {
      out += place.tag == Node::Tag::reset ? " reset" : " override";
      for (const std::string& key : place.path) out += '/' + key;
    }
    return out;
  };
  CHECK(tags_of({"a: {b: !reset , c: !override [1]}", "a: {d: 1}"}) == " reset/a/b override/a/c");
  CHECK(tags_of({"a: {b: !reset }", "a: {b: [1]}"}) == " override/a/b");
  CHECK(tags_of({"a: {b: !reset }", "a: {b: }"}) == " reset/a/b");
  CHECK(tags_of({"a: {b: !override [1]}", "a: {b: [2]}"}) == " override/a/b");
  CHECK(tags_of({"a: {b: !override [1]}", "a: {b: !reset }"}) == " reset/a/b");
  CHECK(tags_of({"a: {b: !override [1]}", "a: !override {c: 1}"}) == " override/a");
  CHECK(tags_of({"a: !override {b: 1}", "a: {b: !reset }"}) == " override/a reset/a/b");
}

TEST_CASE("a value keeps the place where it was written last", "[merge]") {
  Node document = parse("services: {web: {image: a, environment: {A: 1}}}", "a.yaml");
  merge_cleanly(document, parse("services: {web: {image: b, environment: {B: 1}}}", "b.yaml"));
  const Node& web = *document.find("services")->find("web");
  CHECK(web.find("image")->location.to_string() == "b.yaml:1:25");
  CHECK(web.find("environment")->items()[0].location.to_string() == "a.yaml:1:45");
  CHECK(web.find("environment")->items()[1].location.to_string() == "b.yaml:1:45");
}

#include "compose/load/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "compose/base/file.hpp"
#include "compose/base/text.hpp"
#include "compose/load/parse.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

using Texts = std::vector<std::string>;

Node parse(std::string_view text) {
  return parse_documents(text, std::make_shared<const std::string>("f.yaml")).at(0);
}

Texts errors(std::string_view text) {
  std::vector<Diagnostic> findings;
  check_schema(parse(text), findings);
  Texts texts;
  for (const Diagnostic& finding : findings) {
    CHECK(finding.severity == Diagnostic::Severity::error);
    texts.push_back(finding.to_string());
  }
  return texts;
}

/// The findings for one service with these attributes, without the part "f.yaml:L:C: services.web.".
Texts service_errors(const std::string& attributes) {
  Texts texts;
  for (const std::string& text : errors("services: {web: {" + attributes + "}}")) {
    const std::string path = ": services.web.";
    texts.push_back(text.substr(text.find(path) + path.size()));
  }
  return texts;
}

Texts unsupported(std::string_view text) {
  std::vector<Diagnostic> findings;
  find_unsupported(parse(text), findings);
  Texts paths;
  for (const Diagnostic& finding : findings) {
    paths.push_back(finding.location.to_string() + " " + finding.path);
  }
  return paths;
}

Cast cast_of(const std::string& path) {
  const Texts parts = split(path, '.');
  const std::vector<std::string_view> views(parts.begin(), parts.end());
  return cast_at(views);
}

}  // namespace

TEST_CASE("short and long forms of a service are valid", "[schema]") {
  CHECK(errors(R"(
name: shop
x-common: {anything: [1, {deep: null}]}
services:
  web:
    image: nginx
    build: {context: ., args: [A, B=1], x-note: 1}
    command:
    environment: {A: 1, B: 1.5, C: true, D: , E: text}
    labels: [a=b]
    ports: [80, "81:81", {target: 82, published: "8082"}]
    volumes: [data:/data, {type: tmpfs, target: /tmp, tmpfs: {size: 1000}}]
    networks: {default: , back: {aliases: [w], priority: 1}}
    depends_on: {db: {condition: service_healthy, required: false}}
    deploy: {replicas: 2, resources: {limits: {cpus: "0.5", memory: 1g}}}
    pull_policy: every_12h
    env_file: [a.env, {path: b.env, required: false}]
    x-own: 1
  db:
    image: postgres
    build: .
    command: [postgres, -c, fsync=off]
    env_file: a.env
    networks: [back]
    depends_on: [cache]
  cache: {image: redis, init: "true", ulimits: {nofile: 10, nproc: {soft: 1, hard: 2}}}
networks: {back: {ipam: {config: [{subnet: 10.0.0.0/8}]}}, default: }
volumes: {data: , old: {external: true}}
secrets: {key: {file: k.txt, x-a: 1}}
configs: {c: {content: text}}
)")
            .empty());
}

TEST_CASE("all findings of a document come at once, each with its place and path", "[schema]") {
  CHECK(errors("services:\n"
               "  web:\n"
               "    imaeg: nginx\n"
               "    ports: {a: 80}\n"
               "    volumes:\n"
               "      - data:/data\n"
               "      - {source: data, target: /d}\n"
               "netwroks: {}\n") ==
        Texts{"f.yaml:3:5: services.web.imaeg: unknown attribute 'imaeg'; did you mean 'image'?",
              "f.yaml:4:12: services.web.ports: must be a list, not a mapping",
              "f.yaml:7:9: services.web.volumes[1]: 'type' is missing",
              "f.yaml:8:1: netwroks: unknown attribute 'netwroks'; did you mean 'networks'?"});
}

TEST_CASE("a value of the wrong kind is told what may stand there", "[schema]") {
  struct Case {
    std::string attributes;
    std::string finding;
  };
  const auto c = GENERATE(values<Case>({
      {"image: 1", "image: must be a string, not an integer; put it in quotes: \"1\""},
      {"image:", "image: must be a string, but nothing is given"},
      {"dns: {a: b}", "dns: must be a string or a list of strings, not a mapping"},
      {"environment: 5", "environment: must be a list of strings or a mapping, not an integer"},
      {"environment: {A: [1]}", "environment.A: must be a boolean, a number or a string, not a list"},
      {"environment: [A: 1]", "environment[0]: must be a string, not a mapping"},
      {"command: [run, 8080]", "command[1]: must be a string, not an integer; put it in quotes: \"8080\""},
      {"privileged: 1", "privileged: must be a boolean or a string, not an integer; put it in quotes: \"1\""},
      {"use_api_socket: 'yes'", "use_api_socket: must be a boolean, not a string"},
      {"build: [.]", "build: must be a string or a mapping, not a list"},
      {"scale: 1.5", "scale: must be an integer or a string, not a number; put it in quotes: \"1.5\""},
      {"healthcheck: {interval: 5}", "healthcheck.interval: must be a string, not an integer; put it in quotes: \"5\""},
      {"networks: {back: [a]}", "networks.back: must be a mapping, not a list"},
  }));
  CAPTURE(c.attributes);
  CHECK(service_errors(c.attributes) == Texts{c.finding});
}

TEST_CASE("keys that are missing, words and numbers that are not allowed", "[schema]") {
  struct Case {
    std::string attributes;
    std::string finding;
  };
  const auto c = GENERATE(values<Case>({
      {"depends_on: {db: {required: true}}", "depends_on.db: 'condition' is missing"},
      {"depends_on: {db: {condition: service_helthy}}",
       "depends_on.db.condition: must be 'service_started', 'service_healthy' or "
       "'service_completed_successfully', "
       "not 'service_helthy'; did you mean 'service_healthy'?"},
      {"ports: [{published: '80'}]", "ports[0]: 'target' is missing"},
      {"extends: {file: a.yaml}", "extends: 'service' is missing"},
      {"env_file: [{path: a, x-b: 1}]", "env_file[0].x-b: unknown attribute 'x-b'"},
      {"cgroup: {}", "cgroup: must be a string, not a mapping"},
      {"gpus: some", "gpus: must be 'all', not 'some'"},
      {"oom_score_adj: 1001", "oom_score_adj: must be 1000 or less, not 1001"},
      {"cpu_count: -1", "cpu_count: must be 0 or more, not -1"},
      {"security_opt: [a, b, a]", "security_opt[2]: the same entry as [0]"},
      {"container_name: -web",
       "container_name: '-web' is no name for a container; two or more letters, digits, '.', "
       "'_' and '-', the first a letter or a digit"},
      {"pull_policy: allways",
       "pull_policy: must be always, never, build, if_not_present, missing, refresh, daily, "
       "weekly or 'every_<time>', not 'allways'; did you mean 'always'?"},
  }));
  CAPTURE(c.attributes);
  const Texts found = service_errors(c.attributes);
  REQUIRE(found.size() == 1);
  CHECK(found[0].substr(0, c.finding.size()) == c.finding);
}

TEST_CASE("a variable that was to stay is not checked as a word", "[schema]") {
  CHECK(service_errors("container_name: '${P}_web', pull_policy: $POLICY").empty());
}

TEST_CASE("names of services, networks and volumes hold letters, digits and ._- only", "[schema]") {
  const std::string hint = "'a b' is no valid name; use letters, digits, '.', '_' and '-'";
  CHECK(errors("services: {a b: {image: x}, c.d_e-f: {image: x}}") == Texts{"f.yaml:1:12: services.a b: " + hint});
  CHECK(errors("networks: {a b: }") == Texts{"f.yaml:1:12: networks.a b: " + hint});
  CHECK(errors("volumes: {a b: }") == Texts{"f.yaml:1:11: volumes.a b: " + hint});
}

TEST_CASE("empty sections are refused, empty networks and volumes are not", "[schema]") {
  CHECK(errors("services:") == Texts{"f.yaml:1:1: services: must be a mapping, but nothing is given"});
  CHECK(errors("services: {web: }") == Texts{"f.yaml:1:12: services.web: must be a mapping, but nothing is given"});
  CHECK(errors("networks: {a: }\nvolumes: {b: }").empty());
}

TEST_CASE("what is not carried out is named with its place; all else is silent", "[schema]") {
  CHECK(unsupported("services:\n"
                    "  web:\n"
                    "    image: nginx\n"
                    "    mem_limit: 1g\n"
                    "    deploy:\n"
                    "      replicas: 2\n"
                    "      mode: global\n"
                    "      placement: {constraints: [a]}\n"
                    "      resources: {limits: {cpus: '1'}, reservations: {cpus: '1', memory: 1g}}\n"
                    "    x-anything: 1\n"
                    "    pull_refresh_after: 1d\n") ==
        Texts{"f.yaml:7:13 services.web.deploy.mode", "f.yaml:8:7 services.web.deploy.placement",
              "f.yaml:9:55 services.web.deploy.resources.reservations.cpus",
              "f.yaml:11:5 services.web.pull_refresh_after"});
  CHECK(unsupported("x-a: 1\nservices: {web: {image: nginx, ports: [80], deploy: {mode: replicated}}}").empty());
}

TEST_CASE("the version is obsolete", "[schema]") {
  std::vector<Diagnostic> findings;
  warn_obsolete(parse("version: '3'\nservices: {}"), findings);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity == Diagnostic::Severity::warning);
  CHECK(findings[0].to_string().starts_with("f.yaml:1:1: version: "));
}

TEST_CASE("why something is not carried out is told", "[schema]") {
  std::vector<Diagnostic> findings;
  find_unsupported(parse("services: {web: {deploy: {mode: global, endpoint_mode: vip}, pull_refresh_after: 1d}}"),
                   findings);
  Texts messages;
  for (const Diagnostic& finding : findings) messages.push_back(finding.message);
  CHECK(messages ==
        Texts{"'global' has a meaning in a swarm only", "has a meaning in a swarm only", "not carried out yet"});
}

TEST_CASE("the README lists all that is not carried out, and nothing else", "[schema]") {
  const char* root = std::getenv("HOIST_SOURCE_DIR");
  REQUIRE(root != nullptr);
  const std::string readme = read_file(std::filesystem::path(root) / "README.md");
  const std::size_t first = readme.find("<!-- not carried out -->");
  const std::size_t last = readme.find("<!-- /not carried out -->");
  REQUIRE(first < last);
  REQUIRE(last != std::string::npos);
  Texts listed;
  const std::string list = readme.substr(first, last - first);
  for (std::size_t at = list.find('`'); at != std::string::npos; at = list.find('`', at + 1)) {
    const std::size_t end = list.find('`', at + 1);
    listed.push_back(list.substr(at + 1, end - at - 1));
    at = end;
  }
  std::ranges::sort(listed);
  CHECK(listed == unsupported_attributes());
}

TEST_CASE("interpolated text is cast by its path", "[schema]") {
  CHECK(cast_of("services.web.privileged") == Cast::boolean);
  CHECK(cast_of("services.my-db.deploy.replicas") == Cast::integer);
  CHECK(cast_of("services.web.cpus") == Cast::number);
  CHECK(cast_of("services.web.ports.[].target") == Cast::integer);
  CHECK(cast_of("services.web.ulimits.nofile") == Cast::integer);
  CHECK(cast_of("services.web.ulimits.nofile.soft") == Cast::integer);
  CHECK(cast_of("networks.back.external") == Cast::boolean);
  CHECK(cast_of("services.web.environment.A") == Cast::none);
  CHECK(cast_of("services.web") == Cast::none);
  CHECK(cast_of("services.web.privileged.more") == Cast::none);
  CHECK(cast_of("") == Cast::none);
  const std::string_view dotted[] = {"services", "a.b", "tty"};
  CHECK(cast_at(dotted) == Cast::boolean);
}

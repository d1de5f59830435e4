#include "compose/load/build_project.hpp"

#include <catch2/catch.hpp>

#include "compose/load/config_hash.hpp"
#include "compose/load/normalize.hpp"
#include "compose/load/parse.hpp"

using namespace hoist;
using namespace hoist::compose;
using namespace std::chrono_literals;

namespace {

Node parse(const std::string& text) {
  return parse_documents(text, std::make_shared<const std::string>("compose.yaml")).at(0);
}

Project build(const std::string& text, std::vector<Diagnostic>& findings) {
  return build_project(parse(text), Sources(), "shop", findings);
}

/// The service `web` of a document that has no findings.
Service web(const std::string& text) {
  std::vector<Diagnostic> findings;
  Project project = build(text, findings);
  for (const Diagnostic& finding : findings) UNSCOPED_INFO(finding.to_string());
  REQUIRE(findings.empty());
  return project.services.at("web");
}

std::vector<std::string> findings_of(const std::string& web_attributes) {
  std::vector<Diagnostic> findings;
  build("services: {web: {" + web_attributes + "}}", findings);
  std::vector<std::string> texts;
  for (const Diagnostic& finding : findings) texts.push_back(finding.to_string());
  return texts;
}

}  // namespace

TEST_CASE("a service of nothing has the defaults of the language", "[load]") {
  const Service service = web("services: {web: {command: , entrypoint: }}");
  CHECK(service.name == "web");
  CHECK(service.scale == 1);
  CHECK(service.attach);
  CHECK_FALSE(service.command.has_value());
  CHECK_FALSE(service.init.has_value());
  CHECK_FALSE(service.healthcheck.has_value());
  CHECK(service.location.to_string() == "compose.yaml:1:17");
}

TEST_CASE("hashes and places are found out when they are asked for", "[load]") {
  const Node tree = parse("services: {web: , api: {image: a, profiles: [p]}}");
  std::vector<Diagnostic> findings;
  Project project = build_project(tree, Sources(), "shop", findings);
  CHECK(project.services.at("web").config_hash.empty());
  add_hashes(project, tree);
  CHECK(project.services.at("web").config_hash == service_config_hash(Node(Node::Mapping{})));
  CHECK(project.services.at("api").older_hashes.empty());
  CHECK_FALSE(project.services.at("api").places.find("image").known());
  add_places_and_older_hashes(project, tree);
  CHECK(project.services.at("web").older_hashes.empty());
  CHECK(project.services.at("api").older_hashes.size() == 2);
  CHECK(project.services.at("api").places.find("image").to_string() == "compose.yaml:1:25");
}

TEST_CASE("an empty command is not the image's own", "[load]") {
  const Service service = web("services: {web: {command: [], entrypoint: [/run, a b]}}");
  CHECK(service.command == std::vector<std::string>{});
  CHECK(service.entrypoint == std::vector<std::string>{"/run", "a b"});
}

TEST_CASE("plain attributes keep their values", "[load]") {
  const Service service = web(R"(
services:
  web:
    image: nginx
    environment: {A: '1', B: , C: ''}
    labels: {l: x}
    user: '1000'
    working_dir: /w
    hostname: h
    domainname: d
    container_name: c
    stop_signal: SIGINT
    stop_grace_period: 1m30s
    pull_policy: always
    platform: linux/arm64
    profiles: [p]
    extra_hosts: [a=1.2.3.4]
    cap_add: [NET_ADMIN]
    cap_drop: [ALL]
    dns: [8.8.8.8]
    sysctls: {k: '1'}
    expose: ['80', 90/udp]
    init: false
    tty: true
    stdin_open: true
    privileged: true
    read_only: true
    attach: false
    restart: unless-stopped
)");
  CHECK(service.image == "nginx");
  CHECK(service.environment == EnvironmentMap{{"A", "1"}, {"B", std::nullopt}, {"C", ""}});
  CHECK(service.labels == StringMap{{"l", "x"}});
  CHECK(service.user == "1000");
  CHECK(service.stop_grace_period == 90s);
  CHECK(service.profiles == std::vector<std::string>{"p"});
  CHECK(service.extra_hosts == std::vector<std::string>{"a=1.2.3.4"});
  CHECK(service.cap_drop == std::vector<std::string>{"ALL"});
  CHECK(service.sysctls == StringMap{{"k", "1"}});
  CHECK(service.expose == std::vector<std::string>{"80", "90/udp"});
  CHECK(service.init == false);
  CHECK((service.tty && service.stdin_open && service.privileged && service.read_only));
  CHECK_FALSE(service.attach);
  CHECK(service.restart == "unless-stopped");
}

TEST_CASE("ports keep host address, range and protocol", "[load]") {
  const Service service =
      web("services: {web: {ports: [{mode: ingress, target: 80, published: '8080', protocol: tcp, host_ip: "
          "127.0.0.1},"
          " {target: 53, published: 5000-5010, protocol: udp, mode: host, name: dns, app_protocol: x}, "
          "{target: 1}]}}");
  REQUIRE(service.ports.size() == 3);
  CHECK(service.ports[0].host_ip == "127.0.0.1");
  CHECK(service.ports[0].published == "8080");
  CHECK(service.ports[1].published == "5000-5010");
  CHECK(service.ports[1].protocol == "udp");
  CHECK(service.ports[1].mode == "host");
  CHECK(service.ports[1].app_protocol == "x");
  CHECK(service.ports[2].protocol == "tcp");
  CHECK(service.ports[2].published.empty());
}

TEST_CASE("mounts know the engine's name of their volume, and whether a path is made", "[load]") {
  const Service service = web(R"(
services:
  web:
    volumes:
      - {type: volume, source: data, target: /data, volume: {nocopy: true, subpath: a, labels: {l: x}}}
      - {type: volume, target: /anonymous}
      - {type: bind, source: /src, target: /src, read_only: true, bind: {recursive: readonly}}
      - {type: bind, source: /src, target: /long}
      - {type: bind, source: /src, target: /never, bind: {create_host_path: false, propagation: rslave, selinux: z}}
      - {type: tmpfs, target: /tmp, tmpfs: {size: '1048576', mode: 511}}
      - {type: image, source: app, target: /app, image: {subpath: bin}}
    tmpfs: [/run, '/cache:size=64m,mode=1777,ro']
    secrets: [{source: password, target: /run/secrets/password}]
    configs: [{source: conf}]
volumes: {data: {name: shop_data}}
secrets: {password: {name: shop_password, file: /s/password.txt}}
configs: {conf: {file: /c/app.conf}}
)");
  REQUIRE(service.volumes.size() == 9);
  CHECK(service.volumes[0].volume_name == "shop_data");
  CHECK(service.volumes[0].volume_nocopy);
  CHECK(service.volumes[0].subpath == "a");
  CHECK(service.volumes[0].volume_labels == StringMap{{"l", "x"}});
  CHECK(service.volumes[1].source.empty());
  CHECK(service.volumes[1].volume_name.empty());
  CHECK(service.volumes[2].type == Mount::Type::bind);
  CHECK(service.volumes[2].read_only);
  CHECK(service.volumes[2].bind_create_host_path);
  CHECK(service.volumes[2].bind_recursive == "readonly");
  CHECK_FALSE(service.volumes[3].bind_create_host_path);
  CHECK_FALSE(service.volumes[4].bind_create_host_path);
  CHECK(service.volumes[4].bind_propagation == "rslave");
  CHECK(service.volumes[4].bind_selinux == "z");
  CHECK(service.volumes[5].tmpfs_size == 1048576);
  CHECK(service.volumes[5].tmpfs_mode == 0777);
  CHECK(service.volumes[6].type == Mount::Type::image);
  CHECK(service.volumes[6].subpath == "bin");
  CHECK(service.volumes[7].source == "/s/password.txt");
  CHECK(service.volumes[7].target == "/run/secrets/password");
  CHECK(service.volumes[7].read_only);
  CHECK(service.volumes[8].target == "/conf");
  CHECK(service.tmpfs == StringMap{{"/run", ""}, {"/cache", "size=64m,mode=1777,ro"}});
}

TEST_CASE("secrets and configs that no mount can give are files of each container", "[load]") {
  std::vector<Diagnostic> findings;
  Sources sources;
  sources.environment = {{"TOKEN", "from the shell"}};
  const Project project = build_project(parse(R"(
services:
  web:
    secrets:
      - {source: plain}
      - {source: owned, target: there, uid: "103", gid: "7", mode: "0400"}
      - {source: token}
      - {source: unset}
      - {source: outside}
    configs: [{source: inline, target: /etc/inline}]
secrets:
  plain: {file: /f}
  owned: {file: /g}
  token: {environment: TOKEN}
  unset: {environment: NOBODY_SETS_THIS}
  outside: {external: true}
configs: {inline: {content: text}}
)"),
                                        sources, "shop", findings);
  CHECK(findings.empty());
  const Service& web = project.services.at("web");
  REQUIRE(web.volumes.size() == 1);
  CHECK(web.volumes[0].target == "/run/secrets/plain");
  REQUIRE(web.files.size() == 5);
  CHECK((web.files[0].source == "/g" && web.files[0].target == "/run/secrets/there"));
  CHECK((web.files[0].uid == 103 && web.files[0].gid == 7 && web.files[0].mode == 0400));
  CHECK((web.files[1].content == "from the shell" && web.files[1].mode == 0444 && web.files[1].fault.empty()));
  CHECK(web.files[2].fault == "the variable 'NOBODY_SETS_THIS' of secret 'unset' is not set");
  CHECK(web.files[3].fault == "secret 'outside' is external, which only a swarm has");
  CHECK((web.files[4].content == "text" && web.files[4].target == "/etc/inline"));
}

TEST_CASE("networks of a service come by priority, then name", "[load]") {
  const Service service = web(R"(
services:
  web:
    networks:
      b:
      a: {aliases: [x], ipv4_address: 10.0.0.2, priority: -1}
      c: {priority: 10, gw_priority: 2, mac_address: 'm', driver_opts: {o: '1'}}
networks: {a: {name: shop_a}, b: {name: shop_b}, c: {name: other}}
)");
  REQUIRE(service.networks.size() == 3);
  CHECK(service.networks[0].key == "c");
  CHECK(service.networks[0].name == "other");
  CHECK(service.networks[0].gw_priority == 2);
  CHECK(service.networks[1].name == "shop_b");
  CHECK(service.networks[2].aliases == std::vector<std::string>{"x"});
  CHECK(service.networks[2].ipv4_address == "10.0.0.2");
  CHECK(web("services: {web: {network_mode: host, networks: {a: }}}").networks.empty());
}

TEST_CASE("dependencies are told from those that follow from links and namespaces", "[load]") {
  const bool normalized = GENERATE(false, true);
  Node tree = parse(R"(
services:
  web:
    depends_on:
      db: {condition: service_healthy, required: true, restart: true}
      job: {condition: service_completed_successfully, required: false}
    links: ['db:database', cache]
    network_mode: service:vpn
    volumes_from: ['files:ro', 'container:x']
)");
  if (normalized) normalize(tree, "shop", {});
  std::vector<Diagnostic> findings;
  const Service service = build_project(tree, Sources(), "shop", findings).services.at("web");
  REQUIRE(service.depends_on.size() == 5);
  const auto& [cache, db, files, job, vpn] =
      std::tie(service.depends_on[0], service.depends_on[1], service.depends_on[2], service.depends_on[3],
               service.depends_on[4]);
  CHECK((cache.service == "cache" && cache.implicit && cache.restart));
  CHECK((db.service == "db" && !db.implicit && db.restart && db.condition == Dependency::Condition::healthy));
  CHECK((files.service == "files" && files.implicit && !files.restart && files.required));
  CHECK((job.service == "job" && !job.required));
  CHECK(job.condition == Dependency::Condition::completed_successfully);
  CHECK((vpn.service == "vpn" && vpn.implicit && vpn.restart));
}

TEST_CASE("health checks say only what the file says", "[load]") {
  const Healthcheck check =
      *web("services: {web: {healthcheck: {test: [CMD-SHELL, 'true'], interval: 1m0s, retries: 0}}}").healthcheck;
  CHECK(check.test == std::vector<std::string>{"CMD-SHELL", "true"});
  CHECK(check.interval == 60s);
  CHECK(check.retries == 0);
  CHECK_FALSE(check.timeout.has_value());
  CHECK_FALSE(check.disable);
  CHECK(web("services: {web: {healthcheck: {disable: true}}}").healthcheck->disable);
  CHECK(web("services: {web: {healthcheck: {test: [NONE]}}}").healthcheck->disable);
}

TEST_CASE("deploy decides scale and restart", "[load]") {
  CHECK(web("services: {web: {scale: 0}}").scale == 0);
  CHECK(web("services: {web: {deploy: {replicas: 3}}}").scale == 3);
  struct Case {
    const char* policy;
    const char* restart;
  };
  const auto c = GENERATE(values<Case>({{"{condition: none}", "no"},
                                        {"{condition: any}", "always"},
                                        {"{}", "always"},
                                        {"{condition: on-failure}", "on-failure"},
                                        {"{condition: on-failure, max_attempts: 3}", "on-failure:3"},
                                        {"{condition: unless-stopped}", "unless-stopped"}}));
  CHECK(web(std::string("services: {web: {restart: always, deploy: {restart_policy: ") + c.policy + "}}}").restart ==
        c.restart);
}

TEST_CASE("a build has all that the builder is told", "[load]") {
  const Build build = *web(R"(
services:
  web:
    build:
      context: /src
      args: {A: '1', B: }
      target: dev
      ssh: {default: , key: /k}
      secrets: [{source: token}, {source: file, target: /run/secrets/cert}]
      additional_contexts: {base: 'service:base'}
      shm_size: '1024'
      no_cache: true
      tags: [a:1]
secrets: {token: {environment: TOKEN}, file: {file: /c.pem}}
)")
                           .build;
  CHECK(build.context == "/src");
  CHECK(build.dockerfile == "Dockerfile");
  CHECK(build.args == EnvironmentMap{{"A", "1"}, {"B", std::nullopt}});
  CHECK(build.ssh == std::vector<std::string>{"default", "key=/k"});
  CHECK(build.secrets == std::vector<std::string>{"id=token,env=TOKEN", "id=cert,src=/c.pem"});
  CHECK(build.additional_contexts == StringMap{{"base", "service:base"}});
  CHECK(build.shm_size == 1024);
  CHECK(build.no_cache);
  CHECK(build.tags == std::vector<std::string>{"a:1"});
  CHECK(web("services: {web: {build: {context: /s, dockerfile_inline: FROM a}}}").build->dockerfile.empty());
}

TEST_CASE("a secret that a build cannot have is a warning", "[load]") {
  std::vector<Diagnostic> findings;
  const Project project = build(
      "{services: {web: {build: {context: /s, secrets: [{source: s}]}}}, secrets: {s: {external: true}}}", findings);
  CHECK(project.services.at("web").build->secrets.empty());
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity == Diagnostic::Severity::warning);
  CHECK(findings[0].message == "the build cannot read the secret 's'");
}

TEST_CASE("a project has its networks and volumes with their hashes", "[load]") {
  const Node tree = parse(R"(
name: shop
services: {web: {image: a}}
networks:
  front: {name: shop_front, driver: bridge, internal: true, enable_ipv6: true, labels: {a: b},
          ipam: {driver: default, config: [{subnet: 10.1.0.0/16, gateway: 10.1.0.1, aux_addresses: {h: 10.1.0.5}}]}}
  outside: {name: outside, external: true}
volumes: {data: {name: shop_data, driver_opts: {o: bind}}, outside: {external: true}}
)");
  Sources sources;
  sources.working_dir = "/p";
  sources.files = {"/p/compose.yaml"};
  sources.environment = {{"A", "1"}};
  std::vector<Diagnostic> findings;
  const Project project = build_project(tree, sources, "shop", findings);
  CHECK(findings.empty());
  CHECK(project.name == "shop");
  CHECK(project.working_dir == "/p");
  CHECK(project.compose_files == sources.files);
  CHECK(project.environment == sources.environment);
  CHECK(project.services.at("web").image == "a");

  const Network& front = project.networks.at("front");
  CHECK(front.name == "shop_front");
  CHECK(front.internal);
  CHECK(front.enable_ipv6 == true);
  CHECK_FALSE(front.enable_ipv4.has_value());
  CHECK(front.ipam_driver == "default");
  REQUIRE(front.ipam_pools.size() == 1);
  CHECK(front.ipam_pools[0].subnet == "10.1.0.0/16");
  CHECK(front.ipam_pools[0].aux_addresses == StringMap{{"h", "10.1.0.5"}});
  CHECK(front.config_hash == network_config_hash(*tree.find("networks")->find("front")));
  CHECK(project.networks.at("outside").external);
  CHECK(project.volumes.at("data").driver_opts == StringMap{{"o", "bind"}});
  CHECK(project.volumes.at("data").config_hash == volume_config_hash(*tree.find("volumes")->find("data")));
  CHECK(project.volumes.at("outside").name == "outside");
}

TEST_CASE("values that cannot be had are reported with their places, all of them", "[load]") {
  CHECK(findings_of("scale: -1, ports: [{target: 70000}, {target: 80}, {target: x}], stop_grace_period: '10'") ==
        std::vector<std::string>{
            "compose.yaml:1:46: services.web.ports[0].target: 70000 is not between 1 and 65535",
            "compose.yaml:1:77: services.web.ports[2].target: expected an integer, not 'x'",
            "compose.yaml:1:101: services.web.stop_grace_period: '10' is not a duration; write it like 30s, "
            "1m30s or 500ms",
            "compose.yaml:1:25: services.web.scale: -1 is negative",
        });
}

TEST_CASE("every kind of value says what it expects", "[load]") {
  struct Case {
    const char* attributes;
    const char* finding;
  };
  const auto c = GENERATE(values<Case>({
      {"healthcheck: {retries: -1}", "services.web.healthcheck.retries: -1 is negative"},
      {"healthcheck: {interval: -1s}", "services.web.healthcheck.interval: '-1s' is negative"},
      {"tty: maybe", "services.web.tty: expected true or false, not 'maybe'"},
      {"image: [a]", "services.web.image: expected a text, not a list"},
      {"labels: text", "services.web.labels: expected a mapping, not 'text'"},
      {"cap_add: {a: b}", "services.web.cap_add: expected a list, not a mapping"},
      {"depends_on: {db: {condition: soon}}", "services.web.depends_on.db.condition: unknown condition 'soon'"},
      {"volumes: [{type: disk, target: /a}]", "services.web.volumes[0].type: unknown type of mount 'disk'"},
      {"cpus: many", "services.web.cpus: expected a number, not 'many'"},
      {"ulimits: {nofile: {soft: x, hard: 1}}", "services.web.ulimits.nofile.soft: expected an integer, not 'x'"},
  }));
  const std::vector<std::string> findings = findings_of(c.attributes);
  REQUIRE(findings.size() == 1);
  CHECK_THAT(findings[0], Catch::EndsWith(c.finding) && Catch::StartsWith("compose.yaml:1:"));
}

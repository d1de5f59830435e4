#include "remote/docker/container_json.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace hoist;
using namespace hoist::compose;
using namespace hoist::remote;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

constexpr ApiVersion k_old{1, 41};
constexpr ApiVersion k_new{1, 51};

ContainerSpec spec_of(Service service) {
  service.name = "web";
  return {.service = std::make_shared<const Service>(std::move(service)),
          .project = "shop",
          .name = "shop-web-1",
          .image = "busybox",
          .number = 1,
          .labels = {{"com.docker.compose.project", "shop"}}};
}

json host_of(const Service& service, ApiVersion api = k_new) {
  return create_body(spec_of(service), api)["HostConfig"];
}

ServiceNetwork member_of(const std::string& name) {
  return {.key = name, .name = "shop_" + name};
}

}  // namespace

TEST_CASE("a plain service is a short request", "[docker][container]") {
  CHECK(create_body(spec_of({}), k_new) == json::parse(R"({
    "Image": "busybox", "Labels": {"com.docker.compose.project": "shop"},
    "AttachStdin": false, "AttachStdout": true, "AttachStderr": true,
    "OpenStdin": false, "StdinOnce": false, "Tty": false,
    "HostConfig": {"NetworkMode": "none"}})"));
}

TEST_CASE("what a service says of its process is in the body", "[docker][container]") {
  Service service;
  service.command = std::vector<std::string>{"serve", "--all"};
  service.entrypoint = std::vector<std::string>{};
  service.environment = {{"A", "1"}, {"EMPTY", ""}, {"UNSET", std::nullopt}};
  service.user = "1000:1000";
  service.working_dir = "/app";
  service.hostname = "host";
  service.domainname = "domain";
  service.stop_signal = "SIGINT";
  service.stop_grace_period = 1500ms;
  service.tty = true;
  service.stdin_open = true;
  const json body = create_body(spec_of(service), k_new);
  CHECK(body["Cmd"] == json::parse(R"(["serve", "--all"])"));
  CHECK(body["Entrypoint"] == json::array());
  CHECK(body["Env"] == json::parse(R"(["A=1", "EMPTY=", "UNSET"])"));
  CHECK(body["User"] == "1000:1000");
  CHECK(body["WorkingDir"] == "/app");
  CHECK(body["Hostname"] == "host");
  CHECK(body["Domainname"] == "domain");
  CHECK(body["StopSignal"] == "SIGINT");
  CHECK(body["StopTimeout"] == 2);
  CHECK(body["Tty"] == true);
  CHECK(body["OpenStdin"] == true);
  // A service's input stays open when one person leaves; a one-off ends with its person.
  CHECK(body["StdinOnce"] == false);
  ContainerSpec one_off = spec_of(service);
  one_off.number = 0;
  one_off.auto_remove = true;
  CHECK(create_body(one_off, k_new)["StdinOnce"] == true);
  CHECK(create_body(one_off, k_new)["AttachStdin"] == true);
  CHECK(create_body(one_off, k_new)["HostConfig"]["AutoRemove"] == true);
}

TEST_CASE("what a service says of its surroundings is in the host's part", "[docker][container]") {
  Service service;
  service.restart = "on-failure:3";
  service.extra_hosts = {"db=10.0.0.1", "gw=host-gateway", "six=::1"};
  service.cap_add = {"net_admin", "CAP_KILL", "NET_ADMIN"};
  service.cap_drop = {"ALL"};
  service.dns = {"1.1.1.1"};
  service.sysctls = {{"net.core.somaxconn", "1024"}};
  service.annotations = {{"note", "yes"}};
  service.init = true;
  service.privileged = true;
  service.read_only = true;
  service.network_mode = "host";
  CHECK(host_of(service) == json::parse(R"({
    "NetworkMode": "host", "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3},
    "ExtraHosts": ["db:10.0.0.1", "gw:host-gateway", "six:::1"],
    "CapAdd": ["CAP_KILL", "CAP_NET_ADMIN"], "CapDrop": ["ALL"], "Dns": ["1.1.1.1"], "Sysctls": {"net.core.somaxconn": "1024"},
    "Annotations": {"note": "yes"}, "Init": true, "Privileged": true, "ReadonlyRootfs": true})"));
  CHECK(create_body(spec_of(service), k_new, {.network_mode = "container:abc"})["HostConfig"]["NetworkMode"] ==
        "container:abc");
  CHECK_FALSE(host_of(service, {1, 42}).contains("Annotations"));
}

TEST_CASE("health checks are in nanoseconds, and newer settings go to newer engines only", "[docker][container]") {
  Service service;
  service.healthcheck = Healthcheck{.test = {"CMD", "true"},
                                    .interval = 2s,
                                    .timeout = 1s,
                                    .start_period = 3s,
                                    .start_interval = 500ms,
                                    .retries = 4};
  json expected = json::parse(
      R"({"Test": ["CMD", "true"], "Interval": 2000000000, "Timeout": 1000000000, "StartPeriod": 3000000000,
          "Retries": 4})");
  CHECK(create_body(spec_of(service), k_old)["Healthcheck"] == expected);
  expected["StartInterval"] = 500000000;
  CHECK(create_body(spec_of(service), k_new)["Healthcheck"] == expected);
  service.healthcheck = Healthcheck{.disable = true};
  CHECK(create_body(spec_of(service), k_new)["Healthcheck"] == json::parse(R"({"Test": ["NONE"]})"));
}

TEST_CASE("published and exposed ports", "[docker][container]") {
  Service service;
  service.expose = {"8000-8002/UDP", "90"};
  service.ports = {{.host_ip = "127.0.0.1", .target = 80, .published = "8080"},
                   {.target = 80, .published = ""},
                   {.target = 53, .published = "5300-5310", .protocol = "udp"}};
  const json body = create_body(spec_of(service), k_new);
  CHECK(body["ExposedPorts"] ==
        json::parse(R"({"8000/udp":{},"8001/udp":{},"8002/udp":{},"90/tcp":{},"80/tcp":{},"53/udp":{}})"));
  CHECK(body["HostConfig"]["PortBindings"] == json::parse(R"({
    "80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}, {"HostIp": "", "HostPort": ""}],
    "53/udp": [{"HostIp": "", "HostPort": "5300-5310"}]})"));
}

TEST_CASE("each mount goes where engines of all ages understand it", "[docker][container]") {
  using Type = Mount::Type;
  struct Case {
    const char* what;
    Mount mount;
    ApiVersion api;
    const char* expected;
  };
  const auto c = GENERATE(values<Case>({
      {"a named volume",
       {.volume_name = "shop_data", .target = "/data"},
       k_old,
       R"({"Binds": ["shop_data:/data:rw"]})"},
      {"without a copy, with labels",
       {.volume_name = "v", .target = "/d", .read_only = true, .volume_nocopy = true, .volume_labels = {{"l", "x"}}},
       k_old,
       R"({"Mounts": [{"Type": "volume", "Source": "v", "Target": "/d", "ReadOnly": true,
                       "VolumeOptions": {"NoCopy": true, "Labels": {"l": "x"}}}]})"},
      {"propagation, new",
       {.type = Type::bind,
        .source = "/s",
        .target = "/t",
        .bind_propagation = "rslave",
        .bind_create_host_path = true},
       k_new,
       R"({"Mounts": [{"Type": "bind", "Source": "/s", "Target": "/t",
                       "BindOptions": {"Propagation": "rslave", "CreateMountpoint": true}}]})"},
      {"without what is mounted below",
       {.type = Type::bind, .source = "/s", .target = "/t", .bind_recursive = "disabled"},
       k_old,
       R"({"Mounts": [{"Type": "bind", "Source": "/s", "Target": "/t", "BindOptions": {"NonRecursive": true}}]})"},
      {"read-only to the ground, new",
       {.type = Type::bind, .source = "/s", .target = "/t", .bind_recursive = "readonly"},
       k_new,
       R"({"Mounts": [{"Type": "bind", "Source": "/s", "Target": "/t",
                       "BindOptions": {"ReadOnlyForceRecursive": true}}]})"},
      {"read-only to the ground, old",
       {.type = Type::bind, .source = "/s", .target = "/t", .bind_recursive = "readonly"},
       k_old,
       R"({"Mounts": [{"Type": "bind", "Source": "/s", "Target": "/t"}]})"},
      {"a label of SELinux",
       {.type = Type::bind, .source = "/s", .target = "/t", .bind_selinux = "Z"},
       k_new,
       R"({"Binds": ["/s:/t:rw,Z"]})"},
      {"a bind that may be made",
       {.type = Type::bind,
        .source = "/src",
        .target = "/app",
        .bind_propagation = "rslave",
        .bind_selinux = "z",
        .bind_create_host_path = true},
       k_old,
       R"({"Binds": ["/src:/app:rw,z,rslave"]})"},
      {"a bind that must be there",
       {.type = Type::bind, .source = "/src", .target = "/app", .read_only = true},
       k_old,
       R"({"Mounts": [{"Type": "bind", "Source": "/src", "Target": "/app", "ReadOnly": true}]})"},
      {"a bind with a colon, new",
       {.type = Type::bind, .source = "/a:b", .target = "/app", .bind_create_host_path = true},
       k_new,
       R"({"Mounts": [{"Type": "bind", "Source": "/a:b", "Target": "/app", "BindOptions": {"CreateMountpoint": true}}]})"},
      {"a bind with a colon, old",
       {.type = Type::bind, .source = "/a:b", .target = "/app", .bind_create_host_path = true},
       k_old,
       R"({"Mounts": [{"Type": "bind", "Source": "/a:b", "Target": "/app"}]})"},
      {"an anonymous volume", {.target = "/anon"}, k_old, R"({"Mounts": [{"Type": "volume", "Target": "/anon"}]})"},
      {"a part of a volume",
       {.volume_name = "v", .target = "/d", .subpath = "x"},
       k_new,
       R"({"Mounts": [{"Type": "volume", "Source": "v", "Target": "/d", "VolumeOptions": {"Subpath": "x"}}]})"},
      {"memory",
       {.type = Type::tmpfs, .target = "/t", .tmpfs_size = 1024, .tmpfs_mode = 0700},
       k_old,
       R"({"Mounts": [{"Type": "tmpfs", "Target": "/t", "TmpfsOptions": {"SizeBytes": 1024, "Mode": 448}}]})"},
      {"an image",
       {.type = Type::image, .source = "tools", .target = "/t", .subpath = "bin"},
       k_new,
       R"({"Mounts": [{"Type": "image", "Source": "tools", "Target": "/t", "ImageOptions": {"Subpath": "bin"}}]})"},
  }));
  INFO(c.what);
  Service service;
  service.volumes = {c.mount};
  json host = host_of(service, c.api);
  host.erase("NetworkMode");
  CHECK(host == json::parse(c.expected));
}

TEST_CASE("a replacement takes over anonymous volumes, those of the image too", "[docker][container]") {
  Service service;
  service.volumes = {{.target = "/anon"}};
  ContainerSpec spec = spec_of(service);
  spec.inherited_volumes = {{"/anon", "aaa"}, {"/from-image", "bbb"}};
  CHECK(create_body(spec, k_new)["HostConfig"]["Mounts"] == json::parse(R"([
    {"Type": "volume", "Target": "/anon", "Source": "aaa"},
    {"Type": "volume", "Target": "/from-image", "Source": "bbb"}])"));
}

TEST_CASE("networks are joined at creation, or after it on old engines", "[docker][container]") {
  Service service;
  service.networks = {member_of("front"), member_of("back")};
  service.networks[1].aliases = {"api"};
  service.networks[1].ipv4_address = "10.1.0.5";
  service.networks[1].mac_address = "02:00:00:00:00:01";
  service.networks[1].gw_priority = 7;
  service.networks[1].interface_name = "eth7";
  const json front = json::parse(R"({"Aliases": ["shop-web-1", "web"]})");
  json back = json::parse(R"({"Aliases": ["shop-web-1", "web", "api"], "IPAMConfig": {"IPv4Address": "10.1.0.5"}})");
  const ContainerSpec spec = spec_of(service);
  CHECK(create_body(spec, k_old)["HostConfig"]["NetworkMode"] == "shop_front");
  CHECK(create_body(spec, k_old)["NetworkingConfig"]["EndpointsConfig"] == json{{"shop_front", front}});
  const auto later = later_networks(spec, k_old);
  REQUIRE(later.size() == 1);
  CHECK(later[0].first == "shop_back");
  CHECK(later[0].second == json{{"EndpointConfig", back}});

  back["MacAddress"] = "02:00:00:00:00:01";
  back["GwPriority"] = 7;
  back["DriverOpts"] = {{"com.docker.network.endpoint.ifname", "eth7"}};
  CHECK(create_body(spec, k_new)["NetworkingConfig"]["EndpointsConfig"] ==
        json{{"shop_front", front}, {"shop_back", back}});
  CHECK(later_networks(spec, k_new).empty());

  ContainerSpec one_off = spec;
  one_off.number = 0;
  one_off.service_names = false;
  CHECK(create_body(one_off, k_new)["NetworkingConfig"]["EndpointsConfig"]["shop_back"]["Aliases"] ==
        json::array({"shop-web-1"}));
}

TEST_CASE("a MAC address is the first network's, or the container's on old engines", "[docker][container]") {
  Service service;
  service.mac_address = "02:00:00:00:00:02";
  service.networks = {member_of("front"), member_of("back")};
  CHECK(create_body(spec_of(service), k_old)["MacAddress"] == "02:00:00:00:00:02");
  const json body = create_body(spec_of(service), k_new);
  CHECK_FALSE(body.contains("MacAddress"));
  CHECK(body["NetworkingConfig"]["EndpointsConfig"]["shop_front"]["MacAddress"] == "02:00:00:00:00:02");
  CHECK_FALSE(body["NetworkingConfig"]["EndpointsConfig"]["shop_back"].contains("MacAddress"));
  service.networks.clear();
  service.network_mode = "bridge";
  CHECK(create_body(spec_of(service), k_new)["MacAddress"] == "02:00:00:00:00:02");
}

TEST_CASE("namespaces, links and volumes of others are told as ids and names", "[docker][container]") {
  Service service;
  service.networks = {member_of("front")};
  service.ipc = "service:db";
  service.pid = "host";
  service.uts = "host";
  service.userns = "host";
  service.cgroup = "private";
  const json body = create_body(spec_of(service), k_new,
                                {.ipc = "container:abc", .volumes_from = {"abc:ro"}, .links = {"shop-db-1:db"}});
  CHECK(body["HostConfig"] == json::parse(R"({
    "NetworkMode": "shop_front", "IpcMode": "container:abc", "PidMode": "host", "UTSMode": "host", "UsernsMode": "host",
    "CgroupnsMode": "private", "VolumesFrom": ["abc:ro"], "Links": ["shop-db-1:db"]})"));
  CHECK(body["NetworkingConfig"]["EndpointsConfig"]["shop_front"]["Links"] == json::array({"shop-db-1:db"}));
}

TEST_CASE("output, memory disks and name servers", "[docker][container]") {
  Service service;
  service.network_mode = "none";
  service.dns_search = {"example.com"};
  service.dns_options = {"use-vc"};
  service.groups = {"mail"};
  service.tmpfs = {{"/run", ""}, {"/cache", "size=64m"}};
  service.runtime = "runc";
  service.logging = {"syslog", {{"tag", "t"}}};
  CHECK(host_of(service) == json::parse(R"({
    "NetworkMode": "none", "DnsSearch": ["example.com"], "DnsOptions": ["use-vc"], "GroupAdd": ["mail"],
    "Tmpfs": {"/run": "", "/cache": "size=64m"}, "Runtime": "runc",
    "LogConfig": {"Type": "syslog", "Config": {"tag": "t"}}})"));
}

TEST_CASE("networks and volumes carry the labels by which they are found again", "[docker][container]") {
  CreateNetwork network{.network = {.key = "back",
                                    .name = "shop_back",
                                    .driver_opts = {{"mtu", "1400"}},
                                    .ipam_options = {{"o", "1"}},
                                    .ipam_pools = {{.subnet = "10.1.0.0/16", .gateway = "10.1.0.1"}},
                                    .labels = {{"own", "1"}},
                                    .internal = true,
                                    .enable_ipv4 = false,
                                    .enable_ipv6 = true,
                                    .config_hash = "h"},
                        .project = "shop"};
  json expected = json::parse(R"({
    "Name": "shop_back", "CheckDuplicate": true, "Driver": "bridge", "Internal": true, "Attachable": false,
    "Labels": {"own": "1", "com.docker.compose.project": "shop", "com.docker.compose.network": "back",
               "com.docker.compose.config-hash": "h"},
    "Options": {"mtu": "1400"}, "EnableIPv6": true,
    "IPAM": {"Driver": "default", "Options": {"o": "1"}, "Config": [{"Subnet": "10.1.0.0/16", "Gateway": "10.1.0.1"}]}})");
  CHECK(network_body(network, k_old) == expected);
  expected["EnableIPv4"] = false;
  CHECK(network_body(network, k_new) == expected);
  CHECK(
      volume_body({.volume = {.key = "data", .name = "shop_data", .driver = "local", .driver_opts = {{"type", "nfs"}}},
                   .project = "shop"}) == json::parse(R"({
    "Name": "shop_data", "Driver": "local", "DriverOpts": {"type": "nfs"},
    "Labels": {"com.docker.compose.project": "shop", "com.docker.compose.volume": "data"}})"));
}

TEST_CASE("Podman is told how long a container may take to end, and its check as words", "[docker][container]") {
  json body{{"Image", "busybox"}, {"HostConfig", json::object()}};
  adapt_to_podman(body, {});
  CHECK(body == json::parse(R"({"Image": "busybox", "StopTimeout": 10, "HostConfig": {}})"));
  body = {{"StopTimeout", 0}};
  adapt_to_podman(body, {});
  CHECK(body["StopTimeout"] == 0);

  const auto test_for_podman = [](const json& test) {
    json with_check{{"Healthcheck", {{"Test", test}, {"Retries", 2}}}};
    adapt_to_podman(with_check, {});
    CHECK(with_check["Healthcheck"]["Retries"] == 2);
    return with_check["Healthcheck"]["Test"];
  };
  CHECK(test_for_podman({"CMD", "sh", "-c", "echo \"a  b\""}) == json::array({R"(["sh","-c","echo \"a  b\""])"}));
  for (const json& same : {json{"CMD", "check"}, json{"CMD-SHELL", "a b | c"}, json::array({"NONE"})}) {
    CHECK(test_for_podman(same) == same);
  }
}

TEST_CASE("Podman has words of its own for security, and no links", "[docker][container]") {
  const Service service{.security_options = {"seccomp=/p.json", "systempaths=unconfined", "no-new-privileges"}};
  json body = json::parse(R"({
    "MacAddress": "02:00:00:00:00:01",
    "HostConfig": {"Links": ["a:b"], "MaskedPaths": [], "ReadonlyPaths": [], "SecurityOpt": ["seccomp={}"]},
    "NetworkingConfig": {"EndpointsConfig": {"front": {"Links": ["a:b"], "Aliases": ["web"]}}}})");
  adapt_to_podman(body, service);
  CHECK(body["HostConfig"] ==
        json::parse(R"({"SecurityOpt": ["seccomp=/p.json", "unmask=ALL", "no-new-privileges"]})"));
  CHECK(body["NetworkingConfig"]["EndpointsConfig"]["front"] ==
        json::parse(R"({"Aliases": ["web"], "MacAddress": "02:00:00:00:00:01"})"));
}

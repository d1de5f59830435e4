#include "remote/docker/container_json.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <set>

#include "compose/base/text.hpp"
#include "compose/plan/labels.hpp"
#include "remote/docker/json_fields.hpp"
#include "remote/docker/resources_json.hpp"
#include "remote/docker/security_json.hpp"

namespace hoist::remote {
namespace {

using compose::ContainerSpec;
using compose::Mount;
using compose::Service;
using compose::ServiceNetwork;
using nlohmann::json;

std::int64_t whole_seconds(compose::Nanoseconds span) {
  return std::chrono::ceil<std::chrono::seconds>(span).count();
}

int to_int(std::string_view text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

json environment_list(const compose::EnvironmentMap& environment) {
  json list = json::array();
  for (const auto& [key, value] : environment) {
    // A bare key removes what the image sets.
    list.push_back(value ? fmt::format("{}={}", key, *value) : key);
  }
  return list;
}

json health_json(const compose::Healthcheck& check, ApiVersion api) {
  if (check.disable) return {{"Test", {"NONE"}}};
  json out = json::object();
  if (!check.test.empty()) out["Test"] = check.test;
  if (check.interval) out["Interval"] = check.interval->count();
  if (check.timeout) out["Timeout"] = check.timeout->count();
  if (check.start_period) out["StartPeriod"] = check.start_period->count();
  if (check.start_interval && api >= k_api_start_interval) out["StartInterval"] = check.start_interval->count();
  if (check.retries) out["Retries"] = *check.retries;
  return out;
}

/// "on-failure:3" -> {Name, MaximumRetryCount}
json restart_json(const std::string& restart) {
  const std::size_t colon = restart.find(':');
  json out{{"Name", restart.substr(0, colon)}};
  if (colon != std::string::npos) out["MaximumRetryCount"] = to_int(std::string_view(restart).substr(colon + 1));
  return out;
}

/// "8000-8002/udp" -> "8000/udp", "8001/udp", "8002/udp"
std::vector<std::string> expand_expose(const std::string& text) {
  const std::size_t slash = text.find('/');
  const std::string range = text.substr(0, slash);
  const std::string protocol = slash == std::string::npos ? "tcp" : to_lower(text.substr(slash + 1));
  const std::size_t dash = range.find('-');
  const int first = to_int(range.substr(0, dash));
  const int last = dash == std::string::npos ? first : to_int(range.substr(dash + 1));
  std::vector<std::string> ports;
  for (int port = first; port <= last && port <= 65535; ++port) ports.push_back(fmt::format("{}/{}", port, protocol));
  return ports;
}

void add_ports(json& body, json& host, const Service& service) {
  json exposed = json::object();
  json bindings = json::object();
  for (const std::string& text : service.expose) {
    for (const std::string& port : expand_expose(text)) exposed[port] = json::object();
  }
  for (const compose::PortMapping& port : service.ports) {
    const std::string key = fmt::format("{}/{}", port.target, to_lower(port.protocol.empty() ? "tcp" : port.protocol));
    exposed[key] = json::object();
    bindings[key].push_back({{"HostIp", port.host_ip}, {"HostPort", port.published}});
  }
  if (!exposed.empty()) body["ExposedPorts"] = std::move(exposed);
  if (!bindings.empty()) host["PortBindings"] = std::move(bindings);
}

/// Whether a mount can be said in the older form, as Docker Compose does where it can.
bool fits_a_bind_string(const Mount& mount, ApiVersion api) {
  if (mount.target.find(':') != std::string::npos || mount.source.find(':') != std::string::npos) return false;
  if (mount.type == Mount::Type::volume) {
    return !mount.volume_name.empty() && mount.subpath.empty() && mount.volume_labels.empty() && !mount.volume_nocopy;
  }
  if (mount.type != Mount::Type::bind || !mount.bind_recursive.empty()) return false;
  // A label of SELinux can be said here only; older engines make a missing path for bind strings only.
  if (!mount.bind_selinux.empty()) return true;
  return mount.bind_create_host_path && (mount.bind_propagation.empty() || api < k_api_create_mountpoint);
}

/// "shop_data:/data:rw", "/src:/app:ro,z,rslave"
std::string bind_string(const Mount& mount) {
  std::string options = mount.read_only ? "ro" : "rw";
  for (const std::string& option : {mount.bind_selinux, mount.bind_propagation}) {
    if (!option.empty()) options += "," + option;
  }
  const std::string& source = mount.type == Mount::Type::bind ? mount.source : mount.volume_name;
  return fmt::format("{}:{}:{}", source, mount.target, options);
}

std::string_view type_name(Mount::Type type) {
  switch (type) {
    case Mount::Type::bind:
      return "bind";
    case Mount::Type::volume:
      return "volume";
    case Mount::Type::tmpfs:
      return "tmpfs";
    case Mount::Type::image:
      return "image";
    case Mount::Type::npipe:
      return "npipe";
    case Mount::Type::cluster:
      return "cluster";
  }
  return "volume";
}

json mount_json(const Mount& mount, const std::string& inherited, ApiVersion api) {
  json out{{"Type", type_name(mount.type)}, {"Target", mount.target}};
  if (mount.read_only) out["ReadOnly"] = true;
  if (!mount.consistency.empty()) out["Consistency"] = mount.consistency;
  switch (mount.type) {
    case Mount::Type::volume: {
      const std::string& name = mount.volume_name.empty() ? inherited : mount.volume_name;
      if (!name.empty()) out["Source"] = name;
      json options = json::object();
      if (mount.volume_nocopy) options["NoCopy"] = true;
      if (!mount.volume_labels.empty()) options["Labels"] = mount.volume_labels;
      if (!mount.subpath.empty() && api >= k_api_volume_subpath) options["Subpath"] = mount.subpath;
      if (!options.empty()) out["VolumeOptions"] = std::move(options);
      break;
    }
    case Mount::Type::bind: {
      out["Source"] = mount.source;
      json options = json::object();
      if (!mount.bind_propagation.empty()) options["Propagation"] = mount.bind_propagation;
      if (mount.bind_create_host_path && api >= k_api_create_mountpoint) options["CreateMountpoint"] = true;
      if (mount.bind_recursive == "disabled") options["NonRecursive"] = true;
      if (api >= k_api_read_only_recursion) {
        if (mount.bind_recursive == "writable") options["ReadOnlyNonRecursive"] = true;
        if (mount.bind_recursive == "readonly") options["ReadOnlyForceRecursive"] = true;
      }
      if (!options.empty()) out["BindOptions"] = std::move(options);
      break;
    }
    case Mount::Type::tmpfs: {
      json options = json::object();
      if (mount.tmpfs_size > 0) options["SizeBytes"] = mount.tmpfs_size;
      if (mount.tmpfs_mode != 0) options["Mode"] = mount.tmpfs_mode;
      if (!options.empty()) out["TmpfsOptions"] = std::move(options);
      break;
    }
    case Mount::Type::image:
      out["Source"] = mount.source;
      if (!mount.subpath.empty() && api >= k_api_image_mounts) out["ImageOptions"] = {{"Subpath", mount.subpath}};
      break;
    case Mount::Type::npipe:
    case Mount::Type::cluster:
      out["Source"] = mount.source;
      break;
  }
  return out;
}

void add_mounts(json& host, const ContainerSpec& spec, ApiVersion api) {
  json binds = json::array();
  json mounts = json::array();
  std::set<std::string> targets;
  for (const Mount& mount : spec.service->volumes) {
    targets.insert(mount.target);
    const auto inherited = spec.inherited_volumes.find(mount.target);
    if (fits_a_bind_string(mount, api)) {
      binds.push_back(bind_string(mount));
    } else {
      mounts.push_back(
          mount_json(mount, inherited == spec.inherited_volumes.end() ? std::string() : inherited->second, api));
    }
  }
  // Volumes that the image declares: the replacement must take over what the old container wrote there.
  for (const auto& [target, name] : spec.inherited_volumes) {
    if (!targets.contains(target)) mounts.push_back({{"Type", "volume"}, {"Source", name}, {"Target", target}});
  }
  if (!binds.empty()) host["Binds"] = std::move(binds);
  if (!mounts.empty()) host["Mounts"] = std::move(mounts);
}

json endpoint_json(const ContainerSpec& spec, const ServiceNetwork& network, ApiVersion api,
                   const References& references) {
  json out = json::object();
  json aliases = json::array({spec.name});
  if (spec.service_names) {
    aliases.push_back(spec.service->name);
    for (const std::string& alias : network.aliases) aliases.push_back(alias);
  }
  out["Aliases"] = std::move(aliases);
  json ipam = json::object();
  if (!network.ipv4_address.empty()) ipam["IPv4Address"] = network.ipv4_address;
  if (!network.ipv6_address.empty()) ipam["IPv6Address"] = network.ipv6_address;
  if (!network.link_local_ips.empty()) ipam["LinkLocalIPs"] = network.link_local_ips;
  if (!ipam.empty()) out["IPAMConfig"] = std::move(ipam);
  const bool main = &network == &spec.service->networks.front();
  const std::string& mac_address =
      main && network.mac_address.empty() ? spec.service->mac_address : network.mac_address;
  if (!mac_address.empty() && api >= k_api_endpoint_mac) out["MacAddress"] = mac_address;
  if (!references.links.empty()) out["Links"] = references.links;
  json options = json::object();
  for (const auto& [key, value] : network.driver_opts) options[key] = value;
  if (!network.interface_name.empty() && api >= k_api_interface_name) {
    options["com.docker.network.endpoint.ifname"] = network.interface_name;
  }
  if (!options.empty()) out["DriverOpts"] = std::move(options);
  if (network.gw_priority != 0 && api >= k_api_gateway_priority) out["GwPriority"] = network.gw_priority;
  return out;
}

std::string network_mode_of(const Service& service, const References& references) {
  if (!references.network_mode.empty()) return references.network_mode;
  if (!service.network_mode.empty()) return service.network_mode;
  return service.networks.empty() ? "none" : service.networks.front().name;
}

json extra_hosts_json(const std::vector<std::string>& hosts) {
  json list = json::array();
  for (std::string host : hosts) {
    const std::size_t equals = host.find('=');
    if (equals != std::string::npos) host[equals] = ':';
    list.push_back(std::move(host));
  }
  return list;
}

/// One spelling for each: "net_admin" -> "CAP_NET_ADMIN". Sorted, as Docker's client sends them.
std::set<std::string> capabilities(const std::vector<std::string>& names) {
  constexpr std::string_view k_prefix = "CAP_";
  std::set<std::string> all;
  for (const std::string& name : names) {
    std::string spelled = to_upper(name);
    if (spelled != "ALL" && !spelled.starts_with(k_prefix)) spelled.insert(0, k_prefix);
    all.insert(std::move(spelled));
  }
  return all;
}

/// The address of the whole container, for engines that know none of an endpoint.
std::string container_mac(const Service& service, ApiVersion api) {
  const bool on_networks = !service.networks.empty() && service.network_mode.empty();
  if (on_networks && api >= k_api_endpoint_mac) return {};
  if (!on_networks || service.networks.front().mac_address.empty()) return service.mac_address;
  return service.networks.front().mac_address;
}

void add_namespaces(json& host, const Service& service, const References& references) {
  set_text(host, "IpcMode", references.ipc.empty() ? service.ipc : references.ipc);
  set_text(host, "PidMode", references.pid.empty() ? service.pid : references.pid);
  set_text(host, "UTSMode", service.uts);
  set_text(host, "UsernsMode", service.userns);
  set_text(host, "CgroupnsMode", service.cgroup);
}

json host_json(const ContainerSpec& spec, ApiVersion api, const References& references) {
  const Service& service = *spec.service;
  json host = json::object();
  host["NetworkMode"] = network_mode_of(service, references);
  if (!service.restart.empty()) host["RestartPolicy"] = restart_json(service.restart);
  if (!service.extra_hosts.empty()) host["ExtraHosts"] = extra_hosts_json(service.extra_hosts);
  set_list(host, "CapAdd", capabilities(service.cap_add));
  set_list(host, "CapDrop", capabilities(service.cap_drop));
  set_list(host, "Dns", service.dns);
  set_list(host, "Sysctls", service.sysctls);
  set_list(host, "DnsSearch", service.dns_search);
  set_list(host, "DnsOptions", service.dns_options);
  set_list(host, "GroupAdd", service.groups);
  set_list(host, "Tmpfs", service.tmpfs);
  set_list(host, "VolumesFrom", references.volumes_from);
  set_list(host, "Links", references.links);
  set_text(host, "Runtime", service.runtime);
  if (api >= k_api_annotations) set_list(host, "Annotations", service.annotations);
  if (!service.logging.driver.empty() || !service.logging.options.empty()) {
    host["LogConfig"] = {{"Type", service.logging.driver}, {"Config", service.logging.options}};
  }
  if (service.init) host["Init"] = *service.init;
  if (service.privileged) host["Privileged"] = true;
  if (service.read_only) host["ReadonlyRootfs"] = true;
  if (spec.auto_remove) host["AutoRemove"] = true;
  add_namespaces(host, service, references);
  add_resources(host, service.resources, api);
  add_security(host, service);
  add_mounts(host, spec, api);
  return host;
}

json with_compose_labels(const compose::StringMap& own, const std::string& project, const char* kind,
                         const std::string& key, const std::string& config_hash) {
  compose::StringMap labels = own;
  labels[compose::k_label_project] = project;
  labels[kind] = key;
  if (!config_hash.empty()) labels[compose::k_label_config_hash] = config_hash;
  return labels;
}

}  // namespace

json create_body(const ContainerSpec& spec, ApiVersion api, const References& references) {
  const Service& service = *spec.service;
  json body = json::object();
  body["Image"] = spec.image;
  body["Labels"] = spec.labels;
  body["AttachStdout"] = true;
  body["AttachStderr"] = true;
  body["Tty"] = service.tty;
  body["OpenStdin"] = service.stdin_open;
  // A one-off ends when the person at the terminal closes its input.
  const bool person = spec.number == 0 && service.stdin_open;
  body["AttachStdin"] = person;
  body["StdinOnce"] = person;
  if (service.command) body["Cmd"] = *service.command;
  if (service.entrypoint) body["Entrypoint"] = *service.entrypoint;
  if (!service.environment.empty()) body["Env"] = environment_list(service.environment);
  set_text(body, "User", service.user);
  set_text(body, "WorkingDir", service.working_dir);
  set_text(body, "Hostname", service.hostname);
  set_text(body, "Domainname", service.domainname);
  set_text(body, "StopSignal", service.stop_signal);
  if (service.stop_grace_period) body["StopTimeout"] = whole_seconds(*service.stop_grace_period);
  if (service.healthcheck) body["Healthcheck"] = health_json(*service.healthcheck, api);
  set_text(body, "MacAddress", container_mac(service, api));
  json host = host_json(spec, api, references);
  // Beyond this point `host` is complete but for the ports, which also fill the body.
  add_ports(body, host, service);
  body["HostConfig"] = std::move(host);
  if (!service.networks.empty() && service.network_mode.empty()) {
    json endpoints = json::object();
    for (const ServiceNetwork& network : service.networks) {
      endpoints[network.name] = endpoint_json(spec, network, api, references);
      if (api < k_api_many_networks) break;
    }
    body["NetworkingConfig"] = {{"EndpointsConfig", std::move(endpoints)}};
  }
  return body;
}

namespace {

/// Podman reads seccomp profiles itself, has a word for all system paths, refuses links, and gives networks an
/// address, not containers.
void adapt_host_to_podman(json& body, const Service& service) {
  json& host = body["HostConfig"];
  if (host.is_null()) host = json::object();
  for (const char* key : {"Links", "MaskedPaths", "ReadonlyPaths", "SecurityOpt"}) host.erase(key);
  const json options = podman_security(service);
  if (!options.empty()) host["SecurityOpt"] = options;
  if (!body.contains("NetworkingConfig")) return;
  for (json& endpoint : body["NetworkingConfig"]["EndpointsConfig"]) {
    endpoint.erase("Links");
    if (body.contains("MacAddress")) endpoint["MacAddress"] = body["MacAddress"];
  }
}

}  // namespace

void adapt_to_podman(json& body, const Service& service) {
  adapt_host_to_podman(body, service);
  // A container without a time to end in would be killed at once by every stop.
  constexpr int k_default_stop_seconds = 10;
  if (!body.contains("StopTimeout")) body["StopTimeout"] = k_default_stop_seconds;
  if (!body.contains("Healthcheck")) return;
  json& check = body["Healthcheck"];
  if (!check.contains("Test") || check["Test"].size() < 3 || check["Test"][0] != "CMD") return;
  // Podman joins the words and parts them again at spaces, unless the only word is an array in JSON.
  json words = check["Test"];
  words.erase(0);
  check["Test"] = {words.dump(-1, ' ', false, json::error_handler_t::replace)};
}

std::vector<std::pair<std::string, json>> later_networks(const ContainerSpec& spec, ApiVersion api,
                                                         const References& references) {
  std::vector<std::pair<std::string, json>> later;
  const Service& service = *spec.service;
  if (api >= k_api_many_networks || !service.network_mode.empty()) return later;
  for (std::size_t i = 1; i < service.networks.size(); ++i) {
    later.emplace_back(service.networks[i].name,
                       json{{"EndpointConfig", endpoint_json(spec, service.networks[i], api, references)}});
  }
  return later;
}

json network_body(const compose::CreateNetwork& operation, ApiVersion api) {
  const compose::Network& network = operation.network;
  json body{{"Name", network.name},
            {"CheckDuplicate", true},
            {"Driver", network.driver.empty() ? "bridge" : network.driver},
            {"Internal", network.internal},
            {"Attachable", network.attachable},
            {"Labels", with_compose_labels(network.labels, operation.project, compose::k_label_network, network.key,
                                           network.config_hash)}};
  set_list(body, "Options", network.driver_opts);
  if (network.enable_ipv6) body["EnableIPv6"] = *network.enable_ipv6;
  if (network.enable_ipv4 && api >= k_api_enable_ipv4) body["EnableIPv4"] = *network.enable_ipv4;
  if (!network.ipam_driver.empty() || !network.ipam_pools.empty() || !network.ipam_options.empty()) {
    json pools = json::array();
    for (const compose::IpamPool& pool : network.ipam_pools) {
      json entry = json::object();
      set_text(entry, "Subnet", pool.subnet);
      set_text(entry, "IPRange", pool.ip_range);
      set_text(entry, "Gateway", pool.gateway);
      set_list(entry, "AuxiliaryAddresses", pool.aux_addresses);
      pools.push_back(std::move(entry));
    }
    body["IPAM"] = {{"Driver", network.ipam_driver.empty() ? "default" : network.ipam_driver},
                    {"Config", std::move(pools)}};
    set_list(body["IPAM"], "Options", network.ipam_options);
  }
  return body;
}

json volume_body(const compose::CreateVolume& operation) {
  const compose::Volume& volume = operation.volume;
  json body{{"Name", volume.name},
            {"Labels", with_compose_labels(volume.labels, operation.project, compose::k_label_volume, volume.key,
                                           volume.config_hash)}};
  set_text(body, "Driver", volume.driver);
  set_list(body, "DriverOpts", volume.driver_opts);
  return body;
}

}  // namespace hoist::remote

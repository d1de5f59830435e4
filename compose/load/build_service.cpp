#include <fmt/format.h>

#include <limits>

#include "compose/load/build_parts.hpp"

namespace hoist::compose {
namespace {

constexpr int k_int_most = std::numeric_limits<int>::max();

std::optional<Healthcheck> build_healthcheck(const Attribute& check) {
  if (!check.given()) return std::nullopt;
  Healthcheck result;
  result.test = check["test"].texts();
  result.interval = check["interval"].duration();
  result.timeout = check["timeout"].duration();
  result.start_period = check["start_period"].duration();
  result.start_interval = check["start_interval"].duration();
  if (const Attribute retries = check["retries"]; retries.given()) {
    result.retries = static_cast<int>(retries.integer(0, k_int_most));
  }
  result.disable = check["disable"].flag() || result.test == std::vector<std::string>{"NONE"};
  return result;
}

/// `deploy.restart_policy` wins over `restart`, as in Docker Compose.
std::string restart_of(const Attribute& service) {
  const Attribute policy = service["deploy"]["restart_policy"];
  if (!policy.given()) return service["restart"].text();
  const std::string condition = policy["condition"].text();
  if (condition == "none") return "no";
  if (condition == "unless-stopped") return condition;
  if (condition != "on-failure") return "always";
  const std::int64_t attempts = policy["max_attempts"].integer(0, k_int_most);
  return attempts == 0 ? condition : fmt::format("{}:{}", condition, attempts);
}

CredentialSpec build_credential_spec(const Attribute& spec, const Attribute& document) {
  CredentialSpec result{spec["config"].text(), spec["file"].text(), spec["registry"].text()};
  const std::string name = document["configs"][result.config]["name"].text();
  if (!result.config.empty() && !name.empty()) result.config = name;
  return result;
}

std::optional<Provider> build_provider(const Attribute& provider) {
  if (!provider.given()) return std::nullopt;
  Provider result{.type = provider["type"].text(), .location = provider.location()};
  for (const auto& [name, values] : provider["options"].members()) result.options[name] = values.texts();
  return result;
}

Hook build_hook(const Attribute& hook) {
  return {.image = hook["image"].text(),
          .command = hook["command"].texts(),
          .user = hook["user"].text(),
          .working_dir = hook["working_dir"].text(),
          .environment = hook["environment"].variables(),
          .privileged = hook["privileged"].flag(),
          .per_replica = hook["per_replica"].flag(),
          .location = hook.location()};
}

std::vector<Hook> build_hooks(const Attribute& hooks) {
  std::vector<Hook> result;
  for (const Attribute& hook : hooks.items()) result.push_back(build_hook(hook));
  return result;
}

WatchRule::Action action_of(const std::string& word) {
  if (word == "rebuild") return WatchRule::Action::rebuild;
  if (word == "restart") return WatchRule::Action::restart;
  if (word == "sync+restart") return WatchRule::Action::sync_restart;
  return word == "sync+exec" ? WatchRule::Action::sync_exec : WatchRule::Action::sync;
}

std::vector<WatchRule> build_watch(const Attribute& rules) {
  std::vector<WatchRule> result;
  for (const Attribute& rule : rules.items()) {
    result.push_back({.action = action_of(rule["action"].text()),
                      .path = rule["path"].text(),
                      .target = rule["target"].text(),
                      .ignore = rule["ignore"].texts(),
                      .include = rule["include"].texts(),
                      .exec = build_hook(rule["exec"]),
                      .location = rule.location()});
  }
  return result;
}

int scale_of(const Attribute& service) {
  const Attribute scale = service["scale"];
  const Attribute replicas = service["deploy"]["replicas"];
  return static_cast<int>((scale.given() ? scale : replicas).integer(0, k_int_most, 1));
}

}  // namespace

Service build_service(const std::string& name, const Attribute& service, const Attribute& document) {
  Service result;
  result.name = name;
  result.location = service.location();
  if (!service.given()) return result;
  result.image = service["image"].text();
  result.build = build_image(service["build"], document);
  result.command = service["command"].command();
  result.entrypoint = service["entrypoint"].command();
  result.environment = service["environment"].variables();
  result.labels = service["labels"].text_map();
  result.annotations = service["annotations"].text_map();
  result.ports = build_ports(service["ports"]);
  result.expose = service["expose"].texts();
  result.volumes = build_mounts(service, document);
  result.provider = build_provider(service["provider"]);
  for (const auto& [model, use] : service["models"].members()) result.models.push_back(model);
  result.pre_start = build_hooks(service["pre_start"]);
  result.post_start = build_hooks(service["post_start"]);
  result.pre_stop = build_hooks(service["pre_stop"]);
  result.watch = build_watch(service["develop"]["watch"]);
  result.networks = build_service_networks(service, document);
  result.network_mode = service["network_mode"].text();
  result.depends_on = build_dependencies(service);
  result.healthcheck = build_healthcheck(service["healthcheck"]);
  result.restart = restart_of(service);
  result.user = service["user"].text();
  result.working_dir = service["working_dir"].text();
  result.hostname = service["hostname"].text();
  result.domainname = service["domainname"].text();
  result.container_name = service["container_name"].text();
  result.stop_signal = service["stop_signal"].text();
  result.stop_grace_period = service["stop_grace_period"].duration();
  result.pull_policy = service["pull_policy"].text();
  result.platform = service["platform"].text();
  result.profiles = service["profiles"].texts();
  result.extra_hosts = service["extra_hosts"].texts();
  result.cap_add = service["cap_add"].texts();
  result.cap_drop = service["cap_drop"].texts();
  result.dns = service["dns"].texts();
  result.dns_search = service["dns_search"].texts();
  result.dns_options = service["dns_opt"].texts();
  result.links = service["links"].texts();
  result.external_links = service["external_links"].texts();
  result.volumes_from = service["volumes_from"].texts();
  result.tmpfs = build_tmpfs(service["tmpfs"]);
  result.security_options = service["security_opt"].texts();
  result.groups = service["group_add"].texts();
  result.pid = service["pid"].text();
  result.ipc = service["ipc"].text();
  result.uts = service["uts"].text();
  result.userns = service["userns_mode"].text();
  result.cgroup = service["cgroup"].text();
  result.runtime = service["runtime"].text();
  result.isolation = service["isolation"].text();
  result.mac_address = service["mac_address"].text();
  result.logging = {service["logging"]["driver"].text(), service["logging"]["options"].text_map()};
  result.credential_spec = build_credential_spec(service["credential_spec"], document);
  result.resources = build_resources(service);
  result.sysctls = service["sysctls"].text_map();
  result.init = service["init"].optional_flag();
  result.tty = service["tty"].flag();
  result.stdin_open = service["stdin_open"].flag();
  result.privileged = service["privileged"].flag();
  result.read_only = service["read_only"].flag();
  result.scale = scale_of(service);
  result.attach = service["attach"].flag(true);
  return result;
}

}  // namespace hoist::compose

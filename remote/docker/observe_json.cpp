#include "remote/docker/observe_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <nlohmann/json.hpp>
#include <tuple>

#include "compose/base/text.hpp"
#include "compose/plan/labels.hpp"
#include "remote/docker/json_access.hpp"

namespace hoist::remote {
namespace {

using compose::ContainerState;
using compose::Health;
using compose::StringMap;
using nlohmann::json;

std::string without_slash(const std::string& name) {
  return name.starts_with('/') ? name.substr(1) : name;
}

std::string label(const StringMap& labels, const char* key) {
  const auto found = labels.find(key);
  return found == labels.end() ? std::string() : found->second;
}

std::optional<int> parse_int(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void take_labels(compose::ObservedContainer& container, StringMap labels) {
  container.service = label(labels, compose::k_label_service);
  container.number = std::max(0, parse_int(label(labels, compose::k_label_number)).value_or(0));
  container.one_off = compose::is_one_off(labels);
  container.config_hash = label(labels, compose::k_label_config_hash);
  container.image_label = label(labels, compose::k_label_image);
  container.labels = std::move(labels);
}

std::vector<compose::ObservedMount> mounts_from(const json& list) {
  std::vector<compose::ObservedMount> mounts;
  for (const json& entry : list) {
    compose::ObservedMount mount;
    const std::string type = text_at(entry, "Type");
    mount.target = text_at(entry, "Destination");
    if (type == "bind") {
      mount.type = compose::Mount::Type::bind;
      mount.source = text_at(entry, "Source");
    } else if (type == "tmpfs") {
      mount.type = compose::Mount::Type::tmpfs;
    } else if (type == "image") {
      mount.type = compose::Mount::Type::image;
    } else if (type == "npipe") {
      mount.type = compose::Mount::Type::npipe;
    } else if (type == "cluster") {
      mount.type = compose::Mount::Type::cluster;
    } else {
      mount.name = text_at(entry, "Name");
      mount.source = text_at(entry, "Source");
      mount.anonymous = is_anonymous_volume(mount.name);
    }
    mounts.push_back(std::move(mount));
  }
  std::sort(mounts.begin(), mounts.end(),
            [](const compose::ObservedMount& a, const compose::ObservedMount& b) { return a.target < b.target; });
  return mounts;
}

std::map<std::string, std::string> networks_from(const json& settings) {
  std::map<std::string, std::string> networks;
  const json& list = object_at(settings, "Networks");
  for (const auto& [name, endpoint] : list.items()) networks[name] = text_at(endpoint, "NetworkID");
  return networks;
}

std::uint16_t port_number(std::int64_t number) {
  return number > 0 && number <= 65535 ? static_cast<std::uint16_t>(number) : std::uint16_t{0};
}

void sort_publishers(std::vector<compose::Publisher>& publishers) {
  const auto key = [](const compose::Publisher& p) { return std::tie(p.target, p.protocol, p.host_ip, p.published); };
  std::sort(publishers.begin(), publishers.end(),
            [&key](const compose::Publisher& a, const compose::Publisher& b) { return key(a) < key(b); });
}

std::vector<compose::Publisher> publishers_from_list(const json& list) {
  std::vector<compose::Publisher> publishers;
  for (const json& entry : list) {
    publishers.push_back({.host_ip = text_at(entry, "IP"),
                          .target = port_number(number_at(entry, "PrivatePort")),
                          .published = port_number(number_at(entry, "PublicPort")),
                          .protocol = text_at(entry, "Type")});
  }
  sort_publishers(publishers);
  return publishers;
}

/// From {"80/tcp": [{"HostIp": ..., "HostPort": ...}], "90/tcp": null}.
std::vector<compose::Publisher> publishers_from_inspect(const json& ports) {
  std::vector<compose::Publisher> publishers;
  for (const auto& [key, bindings] : ports.items()) {
    const std::vector<std::string> parts = split(key, '/');
    compose::Publisher base;
    base.target = port_number(parse_int(parts.empty() ? std::string() : parts[0]).value_or(0));
    if (parts.size() > 1) base.protocol = parts[1];
    if (!bindings.is_array() || bindings.empty()) {
      publishers.push_back(base);
      continue;
    }
    for (const json& binding : bindings) {
      compose::Publisher publisher = base;
      publisher.host_ip = text_at(binding, "HostIp");
      publisher.published = port_number(parse_int(text_at(binding, "HostPort")).value_or(0));
      publishers.push_back(publisher);
    }
  }
  sort_publishers(publishers);
  return publishers;
}

std::string command_line(const json& answer) {
  std::string text = text_at(answer, "Path");
  for (const json& arg : list_at(answer, "Args")) {
    if (arg.is_string()) text += (text.empty() ? "" : " ") + arg.get<std::string>();
  }
  return text;
}

/// Words like the list's for inspect answers, which have none.
std::string status_words(ContainerState state, std::optional<int> exit_code) {
  switch (state) {
    case ContainerState::exited:
      return "Exited (" + std::to_string(exit_code.value_or(0)) + ")";
    case ContainerState::running:
      return "Up";
    case ContainerState::paused:
      return "Up (Paused)";
    case ContainerState::restarting:
      return "Restarting";
    case ContainerState::removing:
      return "Removal In Progress";
    case ContainerState::dead:
      return "Dead";
    case ContainerState::created:
      break;
  }
  return "Created";
}

}  // namespace

ParsedStatus parse_status(std::string_view status) {
  ParsedStatus parsed;
  if (status.starts_with("Exited (") || status.starts_with("Restarting (")) {
    const std::size_t open = status.find('(');
    const std::size_t close = status.find(')', open);
    if (close != std::string_view::npos) parsed.exit_code = parse_int(status.substr(open + 1, close - open - 1));
  }
  if (status.ends_with("(healthy)")) parsed.health = Health::healthy;
  if (status.ends_with("(unhealthy)")) parsed.health = Health::unhealthy;
  if (status.ends_with("(health: starting)") || status.ends_with("(starting)")) parsed.health = Health::starting;
  return parsed;
}

ContainerState parse_state(std::string_view state) {
  if (state == "running") return ContainerState::running;
  if (state == "paused") return ContainerState::paused;
  if (state == "restarting") return ContainerState::restarting;
  if (state == "removing") return ContainerState::removing;
  if (state == "exited" || state == "stopped") return ContainerState::exited;
  if (state == "stopping") return ContainerState::running;
  if (state == "dead") return ContainerState::dead;
  return ContainerState::created;
}

Health parse_health(std::string_view health) {
  if (health == "starting") return Health::starting;
  if (health == "healthy") return Health::healthy;
  if (health == "unhealthy") return Health::unhealthy;
  return Health::none;
}

bool is_anonymous_volume(std::string_view name) {
  return name.size() == 64 &&
         std::all_of(name.begin(), name.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::optional<std::chrono::system_clock::time_point> moment_of(std::int64_t seconds) {
  constexpr std::int64_t k_most = 9'000'000'000;  // the clock counts nanoseconds in 64 bits
  if (seconds < -k_most || seconds > k_most) return std::nullopt;
  return std::chrono::system_clock::from_time_t(static_cast<std::time_t>(seconds));
}

std::optional<std::chrono::system_clock::time_point> parse_engine_time(std::string_view text) {
  std::tm parts{};
  const std::string copy(text);
  const char* rest = ::strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr || parts.tm_year < 70) return std::nullopt;
  std::int64_t nanoseconds = 0;
  if (*rest == '.') {
    ++rest;
    std::int64_t unit = 100'000'000;
    for (; *rest >= '0' && *rest <= '9'; ++rest, unit /= 10) nanoseconds += (*rest - '0') * unit;
  }
  std::int64_t offset = 0;
  if (*rest == '+' || *rest == '-') {
    const std::string_view zone(rest + 1);
    if (zone.size() != 5 || zone[2] != ':') return std::nullopt;
    offset = parse_int(zone.substr(0, 2)).value_or(0) * 3600 + parse_int(zone.substr(3)).value_or(0) * 60;
    if (*rest == '-') offset = -offset;
  } else if (std::string_view(rest) != "Z") {
    return std::nullopt;
  }
  const std::optional<std::chrono::system_clock::time_point> whole = moment_of(::timegm(&parts) - offset);
  if (!whole) return std::nullopt;
  return *whole +
         std::chrono::duration_cast<std::chrono::system_clock::duration>(std::chrono::nanoseconds(nanoseconds));
}

compose::ObservedContainer container_from_list(const json& entry) {
  compose::ObservedContainer container;
  container.id = text_at(entry, "Id");
  // A linked container has more names, each with a second slash: its own has one.
  for (const json& name : list_at(entry, "Names")) {
    if (!name.is_string()) continue;
    const std::string own = without_slash(name.get<std::string>());
    if (container.name.empty() || own.find('/') == std::string::npos) container.name = own;
  }
  take_labels(container, strings_at(entry, "Labels"));
  container.image = text_at(entry, "Image");
  container.image_id = text_at(entry, "ImageID");
  container.state = parse_state(text_at(entry, "State"));
  container.status = strip_control(text_at(entry, "Status"));
  const ParsedStatus parsed = parse_status(container.status);
  container.health = parsed.health;
  if (container.state == ContainerState::exited || container.state == ContainerState::dead) {
    container.exit_code = parsed.exit_code;
  }
  container.command = strip_control(text_at(entry, "Command"));
  container.created = moment_of(number_at(entry, "Created")).value_or(std::chrono::system_clock::time_point{});
  container.mounts = mounts_from(list_at(entry, "Mounts"));
  container.networks = networks_from(object_at(entry, "NetworkSettings"));
  container.publishers = publishers_from_list(list_at(entry, "Ports"));
  container.network_mode = text_at(object_at(entry, "HostConfig"), "NetworkMode");
  return container;
}

compose::ContainerDetail detail_from_inspect(const json& answer) {
  compose::ContainerDetail detail;
  compose::ObservedContainer& container = detail.observed;
  const json& state = object_at(answer, "State");
  const json& config = object_at(answer, "Config");
  const json& settings = object_at(answer, "NetworkSettings");
  container.id = text_at(answer, "Id");
  container.name = without_slash(text_at(answer, "Name"));
  take_labels(container, strings_at(config, "Labels"));
  detail.user = text_at(config, "User");
  container.image = text_at(config, "Image");
  container.image_id = text_at(answer, "Image");
  // Podman gives ids without the algorithm here, and with it in its list.
  if (!container.image_id.empty() && container.image_id.find(':') == std::string::npos) {
    container.image_id = "sha256:" + container.image_id;
  }
  container.state = parse_state(text_at(state, "Status"));
  const json& health = object_at(state, "Health");
  container.health = parse_health(text_at(health, "Status"));
  if (container.state == ContainerState::exited || container.state == ContainerState::dead) {
    container.exit_code = static_cast<int>(number_at(state, "ExitCode"));
  }
  container.status = status_words(container.state, container.exit_code);
  container.command = strip_control(command_line(answer));
  container.created = parse_engine_time(text_at(answer, "Created")).value_or(std::chrono::system_clock::time_point{});
  container.mounts = mounts_from(list_at(answer, "Mounts"));
  container.networks = networks_from(settings);
  container.publishers = publishers_from_inspect(object_at(settings, "Ports"));
  container.network_mode = text_at(object_at(answer, "HostConfig"), "NetworkMode");
  detail.tty = flag_at(config, "Tty");
  detail.error = strip_control(text_at(state, "Error"));
  detail.out_of_memory = flag_at(state, "OOMKilled");
  const json& checks = list_at(health, "Log");
  if (!checks.empty()) detail.last_health_output = strip_control(trim(text_at(checks.back(), "Output")), true);
  return detail;
}

compose::ObservedNetwork network_from_list(const json& entry) {
  return {.id = text_at(entry, "Id"), .name = text_at(entry, "Name"), .labels = strings_at(entry, "Labels")};
}

compose::ObservedVolume volume_from_list(const json& entry) {
  return {.name = text_at(entry, "Name"), .driver = text_at(entry, "Driver"), .labels = strings_at(entry, "Labels")};
}

std::optional<compose::ContainerEvent> event_from_json(const json& line) {
  const std::string type = text_at(line, "Type");
  if (!line.is_object() || (!type.empty() && type != "container")) return std::nullopt;
  const json& actor = object_at(line, "Actor");
  compose::ContainerEvent event;
  event.container = text_at(actor, "ID");
  event.labels = strings_at(actor, "Attributes");
  event.action = strip_control(text_at(line, "Action"));
  // Podman's words for what Docker calls so.
  if (event.action == "remove") event.action = "destroy";
  if (event.action == "died") event.action = "die";
  event.name = label(event.labels, "name");
  event.service = label(event.labels, compose::k_label_service);
  if (event.action == "die") {
    event.exit_code = parse_int(label(event.labels, "exitCode"));
    if (!event.exit_code) event.exit_code = parse_int(label(event.labels, "containerExitCode"));
  }
  event.time_nanoseconds = number_at(line, "timeNano");
  if (event.time_nanoseconds == 0) {
    if (const auto moment = moment_of(number_at(line, "time"))) {
      event.time_nanoseconds = std::chrono::nanoseconds(moment->time_since_epoch()).count();
    }
  }
  if (event.container.empty() || event.action.empty()) return std::nullopt;
  return event;
}

}  // namespace hoist::remote

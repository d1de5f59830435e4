#include "tests/support/fake_engine_carry.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "compose/base/error.hpp"
#include "compose/plan/bound_hash.hpp"
#include "compose/plan/labels.hpp"

namespace hoist::test {

using namespace compose;

namespace {

constexpr int k_killed = 137;
constexpr int k_terminated = 143;
constexpr std::uint16_t k_first_free_port = 32768;

bool is_alive(const ObservedContainer& container) {
  return container.state == ContainerState::running || container.state == ContainerState::paused ||
         container.state == ContainerState::restarting;
}

bool has_check(const Service& service) {
  if (!service.healthcheck || service.healthcheck->disable) return false;
  const std::vector<std::string>& test = service.healthcheck->test;
  return !test.empty() && test.front() != "NONE";
}

std::uint16_t first_port(const std::string& published) {
  std::uint16_t port = 0;
  std::from_chars(published.data(), published.data() + published.size(), port);
  return port;
}

Error no_such(const char* what, const std::string& name) {
  return Error(ErrorCode::not_found, fmt::format("no such {}: {}", what, name));
}

}  // namespace

std::string FakeEngine::Carry::new_id() {
  // Short forms of ids differ too: they are the first twelve digits.
  return fmt::format("{:012x}{:052x}", ++engine_.made_, 0);
}

int FakeEngine::Carry::version_of(const std::string& reference) const {
  const auto found = engine_.published_images_.find(reference);
  return found == engine_.published_images_.end() ? 1 : found->second;
}

void FakeEngine::Carry::operator()(const PullImage& op) {
  engine_.state_.images[op.reference] = fake_image_id(op.reference, version_of(op.reference));
}

void FakeEngine::Carry::operator()(const BuildImage& op) {
  engine_.state_.images[op.reference] = fake_image_id(op.reference, version_of(op.reference));
}

void FakeEngine::Carry::operator()(const PushImage& op) {
  if (!engine_.state_.images.contains(op.reference)) throw no_such("image", op.reference);
}

void FakeEngine::Carry::operator()(const RemoveImage& op) {
  for (const ObservedContainer& container : engine_.state_.containers) {
    if (container.image != op.reference) continue;
    throw Error(ErrorCode::conflict, fmt::format("image '{}' is used by '{}'", op.reference, container.name));
  }
  engine_.state_.images.erase(op.reference);
}

void FakeEngine::Carry::operator()(const CreateNetwork& op) {
  if (const auto found = engine_.state_.networks.find(op.network.name); found != engine_.state_.networks.end()) {
    if (label_of(found->second.labels, k_label_project) == op.project) return;
    throw Error(ErrorCode::conflict, fmt::format("network '{}' exists already", op.network.name));
  }
  StringMap labels = op.network.labels;
  labels[k_label_project] = op.project;
  labels[k_label_network] = op.network.key;
  labels[k_label_config_hash] = op.network.config_hash;
  engine_.state_.networks[op.network.name] = {.id = new_id(), .name = op.network.name, .labels = labels};
}

void FakeEngine::Carry::operator()(const RemoveNetwork& op) {
  for (const ObservedContainer& container : engine_.state_.containers) {
    if (!is_alive(container) || !container.networks.contains(op.name)) continue;
    throw Error(ErrorCode::conflict, fmt::format("network '{}' is used by '{}'", op.name, container.name));
  }
  engine_.state_.networks.erase(op.name);
}

void FakeEngine::Carry::operator()(const CreateVolume& op) {
  StringMap labels = op.volume.labels;
  labels[k_label_project] = op.project;
  labels[k_label_volume] = op.volume.key;
  labels[k_label_config_hash] = op.volume.config_hash;
  engine_.state_.volumes.try_emplace(op.volume.name, ObservedVolume{op.volume.name, "local", labels});
}

void FakeEngine::Carry::operator()(const RemoveVolume& op) {
  for (const ObservedContainer& container : engine_.state_.containers) {
    for (const ObservedMount& mount : container.mounts) {
      if (mount.name != op.name) continue;
      throw Error(ErrorCode::conflict, fmt::format("volume '{}' is used by '{}'", op.name, container.name));
    }
  }
  engine_.state_.volumes.erase(op.name);
}

void FakeEngine::Carry::operator()(const CreateContainer& op) {
  if (const ObservedContainer* holder = engine_.find(op.spec.name)) {
    if (!op.spec.labels.empty() && holder->labels == op.spec.labels) return;
    throw Error(ErrorCode::conflict, fmt::format("the name '{}' is held by {}", op.spec.name, holder->id));
  }
  make(op.spec, op.spec.name);
}

void FakeEngine::Carry::operator()(const ReplaceContainer& op) {
  make(op.spec, fmt::format("{}_{}", op.old_id.substr(0, 12), op.spec.name));
  const std::string made = engine_.state_.containers.back().id;
  if (ObservedContainer* old = engine_.find(op.old_id)) {
    if (is_alive(*old)) engine_.ended(*old, k_terminated);
    if (engine_.find(op.old_id) != nullptr) engine_.removed(op.old_id, false);
  }
  engine_.get(made).name = op.spec.name;
}

void FakeEngine::Carry::operator()(const RenameContainer& op) {
  ObservedContainer& container = engine_.get(op.id);
  if (container.name == op.name) return;
  if (engine_.find(op.name) != nullptr) {
    throw Error(ErrorCode::conflict, fmt::format("the name '{}' is in use", op.name));
  }
  container.name = op.name;
  engine_.record(container, "rename");
}

void FakeEngine::Carry::operator()(const StartContainer& op) {
  start(engine_.get(op.container));
}

void FakeEngine::Carry::operator()(const StopContainer& op) {
  ObservedContainer* container = engine_.find(op.id);
  if (container != nullptr && is_alive(*container)) engine_.ended(*container, k_terminated);
}

void FakeEngine::Carry::operator()(const RestartContainer& op) {
  const std::string id = engine_.get(op.id).id;
  if (is_alive(engine_.get(id))) engine_.ended(engine_.get(id), k_terminated);
  start(engine_.get(id));
}

void FakeEngine::Carry::operator()(const KillContainer& op) {
  ObservedContainer* container = engine_.find(op.id);
  if (container == nullptr || !is_alive(*container)) return;
  const std::string signal = op.signal.starts_with("SIG") ? op.signal.substr(3) : op.signal;
  // Signals that programs handle and survive.
  if (signal == "HUP" || signal == "USR1" || signal == "USR2" || signal == "WINCH") return;
  engine_.ended(*container, k_killed);
}

void FakeEngine::Carry::operator()(const RemoveContainer& op) {
  ObservedContainer* container = engine_.find(op.id);
  if (container == nullptr) return;
  if (is_alive(*container)) {
    if (!op.force) throw Error(ErrorCode::conflict, fmt::format("container '{}' is running", container->name));
    engine_.ended(*container, k_killed);
  }
  if (engine_.find(op.id) != nullptr) engine_.removed(engine_.get(op.id).id, op.volumes);
}

void FakeEngine::Carry::operator()(const AwaitCondition& op) {
  engine_.wait_until(
      lock_,
      [this, &op] {
        return std::all_of(op.containers.begin(), op.containers.end(), [this, &op](const std::string& container) {
          return is_met(engine_.get(container), op.condition);
        });
      },
      stop_);
}

bool FakeEngine::Carry::is_met(const ObservedContainer& container, AwaitCondition::Condition condition) const {
  using Condition = AwaitCondition::Condition;
  const auto never = [&container](const std::string& why) {
    return Error(ErrorCode::failed, fmt::format("container '{}' {}", container.name, why));
  };
  if (container.state == ContainerState::exited) {
    if (container.exit_code == 0 && condition != Condition::healthy) return true;
    throw never(fmt::format("exited ({})", container.exit_code.value_or(0)));
  }
  if (condition == Condition::completed_successfully || container.state != ContainerState::running) return false;
  switch (container.health) {
    case Health::healthy:
      return true;
    case Health::unhealthy:
      throw never("is unhealthy");
    case Health::starting:
      return false;
    case Health::none:
      break;
  }
  if (condition == Condition::running_or_healthy) return true;
  throw never("has no healthcheck, so it can never be healthy");
}

void FakeEngine::Carry::make(const ContainerSpec& spec, const std::string& name) {
  const auto image = engine_.state_.images.find(spec.image);
  if (image == engine_.state_.images.end()) throw no_such("image", spec.image);
  ObservedContainer container{
      .id = new_id(),
      .name = name,
      .service = label_of(spec.labels, k_label_service),
      .number = spec.number,
      .one_off = label_of(spec.labels, k_label_one_off) == "True",
      .config_hash = spec.service->hash_texts.empty()
                         ? label_of(spec.labels, k_label_config_hash)
                         : bound_hash(*spec.service, hash_form_of(label_of(spec.labels, k_label_version)),
                                      engine_.state_.containers),
      .image = spec.image,
      .image_id = image->second,
      .image_label = label_of(spec.labels, k_label_image),
      .status = "Created",
      .labels = spec.labels};
  container.created = std::chrono::system_clock::time_point(std::chrono::seconds(engine_.made_));
  if (spec.service->command) container.command = fmt::format("{}", fmt::join(*spec.service->command, " "));
  join_networks(container, *spec.service);
  mount_volumes(container, spec);
  engine_.inside_[container.id] =
      std::make_shared<Inside>(Inside{.service = spec.service, .auto_remove = spec.auto_remove});
  engine_.state_.containers.push_back(std::move(container));
  engine_.record(engine_.state_.containers.back(), "create");
}

void FakeEngine::Carry::join_networks(ObservedContainer& container, const Service& service) const {
  constexpr std::string_view k_service = "service:";
  container.network_mode = service.network_mode;
  if (service.network_mode.starts_with(k_service)) {
    const std::string other = service.network_mode.substr(k_service.size());
    const std::string project = label_of(container.labels, k_label_project);
    std::vector<ObservedContainer> own = engine_.state_.containers;
    std::erase_if(
        own, [&project](const ObservedContainer& each) { return label_of(each.labels, k_label_project) != project; });
    const ObservedContainer* parent = first_container(own, other);
    if (parent == nullptr) throw no_such("container of service", other);
    container.network_mode = "container:" + parent->id;
  }
  for (const ServiceNetwork& wanted : service.networks) {
    const auto network = engine_.state_.networks.find(wanted.name);
    if (network == engine_.state_.networks.end()) throw no_such("network", wanted.name);
    container.networks[wanted.name] = network->second.id;
  }
}

void FakeEngine::Carry::mount_volumes(ObservedContainer& container, const ContainerSpec& spec) {
  const auto add_volume = [this, &container](const std::string& name, const std::string& target, bool anonymous) {
    engine_.state_.volumes.try_emplace(name, ObservedVolume{.name = name, .driver = "local"});
    container.mounts.push_back({.name = name, .target = target, .anonymous = anonymous});
  };
  for (const Mount& mount : spec.service->volumes) {
    if (mount.type != Mount::Type::volume) {
      container.mounts.push_back({.type = mount.type, .source = mount.source, .target = mount.target});
    } else if (!mount.volume_name.empty()) {
      add_volume(mount.volume_name, mount.target, false);
    } else if (const auto old = spec.inherited_volumes.find(mount.target); old != spec.inherited_volumes.end()) {
      add_volume(old->second, mount.target, true);
    } else {
      add_volume(new_id(), mount.target, true);
    }
  }
}

void FakeEngine::Carry::publish_ports(ObservedContainer& container, const Service& service) {
  std::vector<Publisher> publishers;
  const auto is_taken = [this, &publishers](std::uint16_t port, const std::string& protocol) {
    const auto is_it = [port, &protocol](const Publisher& held) {
      return held.published == port && held.protocol == protocol;
    };
    return std::any_of(publishers.begin(), publishers.end(), is_it) ||
           std::any_of(engine_.state_.containers.begin(), engine_.state_.containers.end(),
                       [&is_it](const ObservedContainer& each) {
                         return std::any_of(each.publishers.begin(), each.publishers.end(), is_it);
                       });
  };
  for (const PortMapping& mapping : service.ports) {
    std::uint16_t port = first_port(mapping.published);
    if (port == 0) {
      port = k_first_free_port;
      while (is_taken(port, mapping.protocol)) ++port;
    } else if (is_taken(port, mapping.protocol)) {
      throw Error(ErrorCode::conflict, fmt::format("port {}/{} is taken", port, mapping.protocol));
    }
    publishers.push_back({.host_ip = mapping.host_ip.empty() ? "0.0.0.0" : mapping.host_ip,
                          .target = mapping.target,
                          .published = port,
                          .protocol = mapping.protocol});
  }
  container.publishers = std::move(publishers);
}

void FakeEngine::Carry::start(ObservedContainer& container) {
  if (is_alive(container)) return;
  for (const auto& [name, id] : container.networks) {
    const auto network = engine_.state_.networks.find(name);
    if (network == engine_.state_.networks.end() || network->second.id != id) throw no_such("network", name);
  }
  const std::shared_ptr<Inside> inside = engine_.inside_of(container);
  if (inside->service) publish_ports(container, *inside->service);
  const auto found = engine_.scripts_.find(container.service);
  const FakeProcess process = found == engine_.scripts_.end() ? FakeProcess{} : found->second;
  const bool checked = inside->service && has_check(*inside->service);
  container.state = ContainerState::running;
  container.exit_code.reset();
  container.health = checked ? process.health : Health::none;
  container.status = "Up 1 second";
  if (checked) {
    container.status +=
        process.health == Health::starting ? " (health: starting)" : fmt::format(" ({})", to_string(process.health));
  }
  inside->begun = true;
  inside->running = true;
  inside->echo = process.echo;
  inside->runs[static_cast<std::int64_t>(engine_.made_ + 1) * 1'000'000'000] = inside->output.size();
  inside->output.insert(inside->output.end(), process.output.begin(), process.output.end());
  engine_.record(container, "start");
  if (process.exit_code) engine_.ended(container, *process.exit_code);
}

}  // namespace hoist::test

#include "tests/support/fake_engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "compose/base/error.hpp"
#include "compose/plan/labels.hpp"
#include "tests/support/fake_engine_carry.hpp"

namespace hoist::test {

using namespace compose;

namespace {

bool belongs(const StringMap& labels, const std::string& project) {
  const std::string owner = label_of(labels, k_label_project);
  return !owner.empty() && (project.empty() || owner == project);
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::string fake_image_id(const std::string& reference, int version) {
  const std::size_t hash = std::hash<std::string>{}(fmt::format("{}#{}", reference, version));
  return fmt::format("sha256:{:064x}", hash);
}

void FakeEngine::add_image(const std::string& reference, int version) {
  const std::scoped_lock lock(mutex_);
  state_.images[reference] = fake_image_id(reference, version);
}

void FakeEngine::publish_image(const std::string& reference, int version) {
  const std::scoped_lock lock(mutex_);
  published_images_[reference] = version;
}

void FakeEngine::script(const std::string& service, FakeProcess process) {
  const std::scoped_lock lock(mutex_);
  scripts_[service] = std::move(process);
}

void FakeEngine::script_exec(const std::string& command, FakeProcess process) {
  const std::scoped_lock lock(mutex_);
  exec_scripts_[command] = std::move(process);
}

void FakeEngine::edit(const std::function<void(ObservedState&)>& change) {
  const std::scoped_lock lock(mutex_);
  change(state_);
  changed_.notify_all();
}

void FakeEngine::set_health(const std::string& container, Health health) {
  const std::scoped_lock lock(mutex_);
  ObservedContainer& found = get(container);
  found.health = health;
  record(found, fmt::format("health_status: {}", to_string(health)));
}

void FakeEngine::print(const std::string& container, OutputChunk chunk) {
  const std::scoped_lock lock(mutex_);
  inside_of(get(container))->output.push_back(std::move(chunk));
  changed_.notify_all();
}

void FakeEngine::end(const std::string& container, int exit_code) {
  const std::scoped_lock lock(mutex_);
  ended(get(container), exit_code);
}

void FakeEngine::refuse(Diagnostic fault) {
  const std::scoped_lock lock(mutex_);
  refused_.push_back(std::move(fault));
}

void FakeEngine::leave_out(Diagnostic gap) {
  const std::scoped_lock lock(mutex_);
  left_out_.push_back(std::move(gap));
}

PlanFindings FakeEngine::check(const Plan& plan, std::stop_token) {
  const std::scoped_lock lock(mutex_);
  return plan.empty() ? PlanFindings{} : PlanFindings{refused_, left_out_};
}

void FakeEngine::fail(const ResourceKey& key, const std::string& message) {
  fail(key, std::make_exception_ptr(Error(ErrorCode::failed, message)));
}

void FakeEngine::fail(const ResourceKey& key, std::exception_ptr fault) {
  const std::scoped_lock lock(mutex_);
  failing_[key] = std::move(fault);
}

void FakeEngine::fail_output(const std::string& container, std::exception_ptr fault) {
  const std::scoped_lock lock(mutex_);
  mute_[container] = std::move(fault);
}

void FakeEngine::mend(const ResourceKey& key) {
  const std::scoped_lock lock(mutex_);
  failing_.erase(key);
}

void FakeEngine::hold(const ResourceKey& key) {
  const std::scoped_lock lock(mutex_);
  held_.insert(key);
}

void FakeEngine::release(const ResourceKey& key) {
  const std::scoped_lock lock(mutex_);
  held_.erase(key);
  changed_.notify_all();
}

ObservedState FakeEngine::state() const {
  const std::scoped_lock lock(mutex_);
  return state_;
}

std::vector<std::string> FakeEngine::applied() const {
  const std::scoped_lock lock(mutex_);
  return applied_;
}

void FakeEngine::forget_applied() {
  const std::scoped_lock lock(mutex_);
  applied_.clear();
}

std::vector<ExecRequest> FakeEngine::execs() const {
  const std::scoped_lock lock(mutex_);
  return execs_;
}

std::string FakeEngine::input_of(const std::string& container) const {
  const std::scoped_lock lock(mutex_);
  for (const ObservedContainer& each : state_.containers) {
    const auto found = inside_.find(each.id);
    if ((each.id == container || each.name == container) && found != inside_.end()) return found->second->input;
  }
  return {};
}

EngineInfo FakeEngine::info(std::stop_token) {
  return {.product = "Fake Engine",
          .version = "1.0",
          .api_version = "1.41",
          .os = "linux",
          .architecture = "x86_64",
          .address = "memory://"};
}

ObservedState FakeEngine::observe(const ObserveRequest& request, std::stop_token) {
  const std::scoped_lock lock(mutex_);
  ObservedState seen;
  for (const ObservedContainer& container : state_.containers) {
    if (!belongs(container.labels, request.project)) continue;
    if (!container.one_off || request.one_offs) seen.containers.push_back(container);
  }
  std::sort(seen.containers.begin(), seen.containers.end(), [](const auto& a, const auto& b) {
    return std::tie(a.service, a.number, a.created, a.name) < std::tie(b.service, b.number, b.created, b.name);
  });
  if (request.containers_only) return seen;
  for (const auto& [name, network] : state_.networks) {
    if (belongs(network.labels, request.project) || contains(request.networks, name)) seen.networks[name] = network;
  }
  for (const auto& [name, volume] : state_.volumes) {
    if (belongs(volume.labels, request.project) || contains(request.volumes, name)) seen.volumes[name] = volume;
  }
  for (const std::string& reference : request.images) {
    const auto found = state_.images.find(reference);
    if (found != state_.images.end()) seen.images.insert(*found);
  }
  return seen;
}

void FakeEngine::apply(const Operation& operation, EventSink&, std::stop_token stop) {
  Lock lock(mutex_);
  const ResourceKey key = target_of(operation);
  wait_until(
      lock, [this, &key] { return !held_.contains(key); }, stop);
  if (const auto injected = failing_.find(key); injected != failing_.end()) {
    std::rethrow_exception(injected->second);
  }
  std::visit(Carry{*this, lock, stop}, operation);
  applied_.push_back(fmt::format("{} {}", verb_of(operation), key.to_string()));
  changed_.notify_all();
}

ObservedContainer* FakeEngine::find(const std::string& id_or_name) {
  for (ObservedContainer& container : state_.containers) {
    if (container.id == id_or_name || container.name == id_or_name) return &container;
  }
  return nullptr;
}

ObservedContainer& FakeEngine::get(const std::string& id_or_name) {
  ObservedContainer* found = find(id_or_name);
  if (found == nullptr) throw Error(ErrorCode::not_found, fmt::format("no such container: {}", id_or_name));
  return *found;
}

std::shared_ptr<FakeEngine::Inside> FakeEngine::inside_of(const ObservedContainer& container) {
  std::shared_ptr<Inside>& inside = inside_[container.id];
  if (!inside) {
    inside = std::make_shared<Inside>(Inside{.exit_code = container.exit_code.value_or(0),
                                             .begun = container.state != ContainerState::created,
                                             .running = container.state == ContainerState::running});
  }
  return inside;
}

void FakeEngine::record(const ObservedContainer& container, const std::string& action) {
  history_.push_back({.container = container.id,
                      .name = container.name,
                      .service = container.service,
                      .action = action,
                      .exit_code = container.exit_code,
                      .time_nanoseconds = static_cast<std::int64_t>(++made_) * 1'000'000'000,
                      .labels = container.labels});
  changed_.notify_all();
}

void FakeEngine::ended(ObservedContainer& container, int exit_code) {
  const std::shared_ptr<Inside> inside = inside_of(container);
  container.state = ContainerState::exited;
  container.exit_code = exit_code;
  container.health = Health::none;
  container.publishers.clear();
  container.status = fmt::format("Exited ({}) 1 second ago", exit_code);
  inside->exit_code = exit_code;
  inside->running = false;
  record(container, "die");
  if (inside->auto_remove) removed(container.id, true);
}

void FakeEngine::removed(std::string id, bool volumes) {
  const auto gone = std::find_if(state_.containers.begin(), state_.containers.end(),
                                 [&id](const ObservedContainer& each) { return each.id == id; });
  const ObservedContainer last = *gone;
  state_.containers.erase(gone);
  const std::shared_ptr<Inside> inside = inside_of(last);
  inside->begun = true;  // whoever is attached to it waits no longer
  inside->running = false;
  inside_.erase(id);
  if (volumes) {
    for (const ObservedMount& mount : last.mounts) {
      if (mount.anonymous) state_.volumes.erase(mount.name);
    }
  }
  record(last, "destroy");
}

void FakeEngine::wait_until(Lock& lock, const std::function<bool()>& ready, const std::stop_token& stop) const {
  if (!changed_.wait(lock, stop, ready)) throw Error(ErrorCode::cancelled, "cancelled");
}

}  // namespace hoist::test

#include "remote/docker/containers.hpp"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "compose/base/clock.hpp"
#include "compose/base/error.hpp"
#include "compose/base/text.hpp"
#include "compose/plan/labels.hpp"
#include "remote/docker/container_files.hpp"
#include "remote/docker/container_json.hpp"
#include "remote/docker/hooks.hpp"
#include "remote/docker/json_access.hpp"
#include "remote/docker/namesakes.hpp"
#include "remote/docker/observe_json.hpp"
#include "remote/docker/port_holder.hpp"
#include "remote/docker/query.hpp"
#include "remote/docker/references.hpp"
#include "remote/docker/start_failure.hpp"
#include "remote/docker/windows_json.hpp"

namespace hoist::remote {
namespace {

using compose::ContainerSpec;
using compose::StringMap;
using nlohmann::json;
using std::chrono::seconds;

/// Making a container may wait for a copy of the image's volumes, starting one for its mounts and network.
constexpr seconds k_create_limit{300};
constexpr seconds k_start_limit{300};
/// What an engine may need beyond the container's own time to end.
constexpr seconds k_stop_slack{60};
constexpr seconds k_default_grace{10};

void say(EventSink& events, const compose::Operation& operation, std::string text) {
  events.emit({.resource = target_of(operation).to_string(), .phase = Event::Phase::working, .text = std::move(text)});
}

/// What holds a container name, in words.
std::string describe(const compose::ObservedContainer& holder) {
  const std::string project = compose::label_of(holder.labels, compose::k_label_project);
  const std::string id = holder.id.substr(0, 12);
  if (project.empty()) return fmt::format("container {}, which belongs to no project", id);
  return fmt::format("container {} of project '{}'", id, project);
}

Error name_taken(const std::string& name, const compose::ObservedContainer& holder) {
  return Error(ErrorCode::conflict, fmt::format("the name '{}' is held by {}", name, describe(holder)))
      .with_hint(fmt::format("remove it ('docker rm {}') or give the service another 'container_name'", name));
}

std::optional<compose::ObservedContainer> find_container(DockerClient& client, const std::string& name,
                                                         const std::stop_token& stop) {
  const std::optional<json> answer = client.find(container_path(name, "/json"), stop);
  if (!answer) return std::nullopt;
  return detail_from_inspect(*answer).observed;
}

/// Whether `holder` is what an earlier, broken-off creation from the same spec has left.
bool is_made_from(const compose::ObservedContainer& holder, const ContainerSpec& spec) {
  for (const auto& [key, value] : spec.labels) {
    if (compose::label_of(holder.labels, key.c_str()) != value) return false;
  }
  return compose::label_of(spec.labels, compose::k_label_project) == spec.project && !spec.labels.empty();
}

/// A spec on its way to the engine, with what it says of other containers.
struct Order {
  ContainerSpec spec;
  References references;
};

Order order_for(DockerClient& client, const ContainerSpec& spec, const std::stop_token& stop) {
  Order order{spec, resolve_references(client, spec, stop)};
  if (!order.references.config_hash.empty()) {
    order.spec.labels[compose::k_label_config_hash] = order.references.config_hash;
  }
  return order;
}

bool has_joined(DockerClient& client, const std::string& id, const std::string& network, const std::stop_token& stop) {
  const std::optional<json> answer = client.find(container_path(id, "/json"), stop);
  return answer && object_at(object_at(*answer, "NetworkSettings"), "Networks").contains(network);
}

void connect_later_networks(DockerClient& client, const std::string& id, const Order& order, ApiVersion api,
                            const std::stop_token& stop) {
  for (const auto& [network, body] : later_networks(order.spec, api, order.references)) {
    json request = body;
    request["Container"] = id;
    const HttpResponse response =
        client.post_raw(fmt::format("/networks/{}/connect", escape_query(network)), request, stop);
    // Joined already by an earlier, broken-off creation: 403 from Docker, 500 from Podman.
    if (response.status >= 400 && has_joined(client, id, network, stop)) continue;
    throw_unless_ok(response);
  }
}

/// Creates under `name`. Returns the id; nothing when the name is taken.
std::optional<std::string> try_create(DockerClient& client, const Order& order, const std::string& name,
                                      EventSink& events, const std::stop_token& stop) {
  const ContainerSpec& spec = order.spec;
  const ApiVersion api = client.api(stop);
  json body = create_body(spec, api, order.references);
  if (client.ping(stop).windows) adapt_to_windows(body, *spec.service);
  if (client.ping(stop).podman) adapt_to_podman(body, *spec.service);
  std::string target = "/containers/create?name=" + escape_query(name);
  if (!spec.service->platform.empty()) target += "&platform=" + escape_query(spec.service->platform);
  const HttpResponse response = client.post_raw(target, body, stop, k_create_limit);
  if (response.status >= 400) {
    const std::string message = engine_message(response, "");
    // Podman answers 500. An address may be in use too, which is another fault.
    const std::size_t of_name = message.find("name");
    if (of_name != std::string::npos && message.find("already in use", of_name) != std::string::npos)
      return std::nullopt;
    if (response.status == 404 && message.find("image") != std::string::npos) {
      throw Error(ErrorCode::not_found, fmt::format("image '{}' is not there: {}", spec.image, message))
          .with_hint(fmt::format("pull or build it for service '{}'", spec.service->name));
    }
    throw_unless_ok(response);
  }
  const json answer = parse_engine_json(response.body, target);
  const std::string id = text_at(answer, "Id");
  for (const json& warning : list_at(answer, "Warnings")) {
    if (!warning.is_string()) continue;
    events.emit({.resource = compose::ResourceKey{compose::ResourceKind::container, spec.name}.to_string(),
                 .phase = Event::Phase::warning,
                 .text = strip_control(warning.get<std::string>())});
  }
  connect_later_networks(client, id, order, api, stop);
  put_files(client, id, *spec.service, stop);
  return id;
}

void delete_container(DockerClient& client, const std::string& id, bool force, bool volumes,
                      const std::stop_token& stop) {
  const std::string target = container_path(id, fmt::format("?force={}&v={}", force ? 1 : 0, volumes ? 1 : 0));
  const HttpResponse response =
      client.send_raw({.method = "DELETE", .target = target, .head_timeout = k_stop_slack + k_default_grace}, stop);
  if (response.status == 404) return;
  if (response.status == 409 && engine_message(response, "").find("already in progress") != std::string::npos) {
    // Someone else removes it (or --rm does): done when it is gone.
    const HttpResponse gone =
        client.post_raw(container_path(id, "/wait?condition=removed"), nullptr, stop, k_stop_slack);
    if (gone.status != 404) throw_unless_ok(gone);
    return;
  }
  throw_unless_ok(response);
}

/// The time that a container may take to end, by its own settings when nothing is given.
seconds grace_of(DockerClient& client, const std::string& id, std::optional<seconds> given,
                 const std::stop_token& stop) {
  if (given) return *given;
  const std::optional<json> answer = client.find(container_path(id, "/json"), stop);
  if (!answer) return seconds{0};
  const json& config = object_at(*answer, "Config");
  return config.contains("StopTimeout") ? seconds{number_at(config, "StopTimeout")} : k_default_grace;
}

void stop_gracefully(DockerClient& client, const std::string& id, std::optional<seconds> timeout,
                     const std::stop_token& stop) {
  const seconds grace = grace_of(client, id, timeout, stop);
  const std::string query = timeout ? fmt::format("/stop?t={}", timeout->count()) : std::string("/stop");
  HttpRequest request{.method = "POST", .target = container_path(id, query)};
  // A negative time means "wait for ever".
  if (grace >= seconds{0}) request.head_timeout = grace + k_stop_slack;
  const HttpResponse response = client.send_raw(std::move(request), stop);
  if (response.status != 404) throw_unless_ok(response);
}

/// Patience with a name that is taken though no container shows it: an engine reserves the name before it shows the
/// container, so another client is making it, or has just given up.
class ReservedName {
 public:
  explicit ReservedName(std::string name) : name_(std::move(name)) {}

  /// Returns when it is time to try again. Errors: Error{conflict} in the end, Error{cancelled}.
  void wait(const std::stop_token& stop) {
    constexpr std::chrono::milliseconds k_pause{50};
    if (clock_.now() >= deadline_) {
      throw Error(ErrorCode::conflict, fmt::format("the name '{}' is reserved, but no container shows it", name_))
          .with_hint("another client seems to hang while it makes this container; restart the engine if it stays so");
    }
    if (!clock_.sleep_for(k_pause, stop)) throw Error(ErrorCode::cancelled, "cancelled");
  }

 private:
  std::string name_;
  SystemClock clock_;
  Clock::TimePoint deadline_ = clock_.now() + k_create_limit;
};

/// Makes what shall take an old container's place, under a name that holds the old one's id. Returns its id.
///
/// Two clients that replace the same container meet at that name. If both make the same they go on with one, and each
/// step that follows may be done twice.
std::string make_successor(DockerClient& client, const Order& order, const std::string& old_id, EventSink& events,
                           const std::stop_token& stop) {
  const ContainerSpec& spec = order.spec;
  const std::string temporary = fmt::format("{}_{}", old_id.substr(0, 12), spec.name);
  ReservedName reserved(temporary);
  while (true) {
    if (std::optional<std::string> id = try_create(client, order, temporary, events, stop)) return *std::move(id);
    const std::optional<compose::ObservedContainer> holder = find_container(client, temporary, stop);
    if (!holder) {
      reserved.wait(stop);
    } else if (is_made_from(*holder, spec)) {
      connect_later_networks(client, holder->id, order, client.api(stop), stop);
      return holder->id;
    } else {
      // An earlier replacement that was broken off, or one to another end: only one of the two can be had.
      delete_container(client, holder->id, true, false, stop);
    }
  }
}

/// Gives `id` its name. Returns the other container that holds the name already, if one does.
std::optional<compose::ObservedContainer> try_rename(DockerClient& client, const std::string& id,
                                                     const std::string& name, const std::stop_token& stop) {
  const HttpResponse response =
      client.post_raw(container_path(id, "/rename?name=" + escape_query(name)), nullptr, stop);
  if (response.status < 400) return std::nullopt;
  std::optional<compose::ObservedContainer> holder = find_container(client, name, stop);
  if (!holder) throw_unless_ok(response);
  if (holder->id.starts_with(id)) return std::nullopt;
  return holder;
}

}  // namespace

void create_container(DockerClient& client, const compose::CreateContainer& operation, EventSink& events,
                      std::stop_token stop) {
  say(events, operation, "creating");
  const Order order = order_for(client, operation.spec, stop);
  const ContainerSpec& spec = order.spec;
  ReservedName reserved(spec.name);
  while (!try_create(client, order, spec.name, events, stop)) {
    const std::optional<compose::ObservedContainer> holder = find_container(client, spec.name, stop);
    if (holder && is_made_from(*holder, spec)) {
      connect_later_networks(client, holder->id, order, client.api(stop), stop);
      return;
    }
    if (holder) throw name_taken(spec.name, *holder);
    reserved.wait(stop);
  }
}

void replace_container(DockerClient& client, const compose::ReplaceContainer& operation, EventSink& events,
                       std::stop_token stop) {
  say(events, operation, "creating");
  const Order order = order_for(client, operation.spec, stop);
  const ContainerSpec& spec = order.spec;
  const std::string id = make_successor(client, order, operation.old_id, events, stop);
  run_pre_stop(client, {operation.old_id, spec.service->name, target_of(operation).to_string()}, *spec.service, events,
               stop);
  say(events, operation, "stopping the old one");
  stop_gracefully(client, operation.old_id, operation.stop_timeout, stop);
  delete_container(client, operation.old_id, true, false, stop);
  // Beyond this point only the new one is left; a kill here leaves it under its temporary name.
  say(events, operation, "renaming");
  const std::optional<compose::ObservedContainer> holder = try_rename(client, id, spec.name, stop);
  if (!holder) return;
  // Somebody else has replaced the same container meanwhile: theirs stays.
  delete_container(client, id, true, false, stop);
  if (is_made_from(*holder, spec)) return;
  if (compose::label_of(holder->labels, compose::k_label_project) != spec.project) {
    throw name_taken(spec.name, *holder);
  }
  throw Error(ErrorCode::conflict,
              fmt::format("container '{}' was replaced at the same moment by another run, in another way", spec.name))
      .with_hint("run the command again when the other one has ended");
}

void rename_container(DockerClient& client, const compose::RenameContainer& operation, EventSink& events,
                      std::stop_token stop) {
  say(events, operation, "renaming");
  const std::optional<compose::ObservedContainer> holder = try_rename(client, operation.id, operation.name, stop);
  if (holder) throw name_taken(operation.name, *holder);
}

namespace {

/// Starts, once there is one network of each name; see namesakes.hpp.
HttpResponse call_start(DockerClient& client, const std::string& container, const std::stop_token& stop) {
  constexpr int k_attempts = 5;
  for (int attempt = 1;; ++attempt) {
    HttpResponse response = client.post_raw(container_path(container, "/start"), nullptr, stop, k_start_limit);
    if (response.status < 400 || attempt == k_attempts) return response;
    const std::string ambiguous = ambiguous_network(engine_message(response, ""));
    if (ambiguous.empty() || !settle_ambiguous_network(client, ambiguous, stop)) return response;
  }
}

}  // namespace

void start_container(DockerClient& client, const compose::StartContainer& operation, EventSink& events,
                     std::stop_token stop) {
  say(events, operation, "starting");
  // Again, though it was done when the container was made: that may have been broken off, and files change.
  if (operation.definition) put_files(client, operation.container, *operation.definition, stop);
  const HttpResponse response = call_start(client, operation.container, stop);
  constexpr int k_ran_already = 304;
  if (response.status == k_ran_already) return;
  if (response.status < 400) {
    if (operation.definition) {
      const HookPlace place{operation.container, operation.service, target_of(operation).to_string()};
      run_hooks(client, place, "post_start", operation.definition->post_start, events, stop);
    }
    return;
  }
  const std::string message = engine_message(response, "");
  const std::optional<PortClash> clash = find_port_clash(message);
  if (clash) {
    const std::string holder = describe_port_holder(client, *clash, operation.name, stop);
    throw Error(ErrorCode::conflict,
                fmt::format("port {}/{} is taken{}", clash->port, clash->protocol,
                            holder.empty() ? std::string(" (by whom cannot be seen)") : " by " + holder))
        .with_hint(fmt::format("stop it, or publish service '{}' on another port", operation.service));
  }
  if (response.status == 404 && message.find("No such container") != std::string::npos) throw_unless_ok(response);
  if (response.status == 404 || response.status == 400 || response.status >= 500) {
    const std::string cleaned = clean_start_failure(message);
    throw Error(ErrorCode::failed, fmt::format("container '{}' cannot start: {}", operation.name, cleaned))
        .with_hint(start_failure_hint(cleaned, operation.service));
  }
  throw_unless_ok(response);
}

void stop_container(DockerClient& client, const compose::StopContainer& operation, EventSink& events,
                    std::stop_token stop) {
  if (operation.definition) {
    const HookPlace place{operation.id, operation.service, target_of(operation).to_string()};
    run_pre_stop(client, place, *operation.definition, events, stop);
  }
  say(events, operation, "stopping");
  stop_gracefully(client, operation.id, operation.timeout, stop);
}

void restart_container(DockerClient& client, const compose::RestartContainer& operation, EventSink& events,
                       std::stop_token stop) {
  const HookPlace place{operation.id, operation.service, target_of(operation).to_string()};
  if (operation.definition) run_pre_stop(client, place, *operation.definition, events, stop);
  say(events, operation, "restarting");
  const seconds grace = grace_of(client, operation.id, operation.timeout, stop);
  const std::string query =
      operation.timeout ? fmt::format("/restart?t={}", operation.timeout->count()) : std::string("/restart");
  HttpRequest request{.method = "POST", .target = container_path(operation.id, query)};
  if (grace >= seconds{0}) request.head_timeout = grace + k_stop_slack + k_start_limit;
  client.send(std::move(request), stop);
  if (operation.definition) {
    run_hooks(client, place, "post_start", operation.definition->post_start, events, stop);
  }
}

void kill_container(DockerClient& client, const compose::KillContainer& operation, EventSink& events,
                    std::stop_token stop) {
  say(events, operation, "killing");
  const std::string query =
      operation.signal.empty() ? std::string("/kill") : "/kill?signal=" + escape_query(operation.signal);
  const HttpResponse response = client.post_raw(container_path(operation.id, query), nullptr, stop);
  // 409: it does not run, which is what a kill is for. Podman answers 500 then.
  if (response.status == 404 || response.status == 409) return;
  if (response.status == 500 && engine_message(response, "").find("state improper") != std::string::npos) return;
  throw_unless_ok(response);
}

void remove_container(DockerClient& client, const compose::RemoveContainer& operation, EventSink& events,
                      std::stop_token stop) {
  say(events, operation, "removing");
  delete_container(client, operation.id, operation.force, operation.volumes, stop);
}

}  // namespace hoist::remote

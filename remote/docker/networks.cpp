#include "remote/docker/networks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "compose/base/clock.hpp"
#include "compose/base/error.hpp"
#include "compose/base/text.hpp"
#include "compose/plan/labels.hpp"
#include "remote/docker/container_json.hpp"
#include "remote/docker/json_access.hpp"
#include "remote/docker/namesakes.hpp"
#include "remote/docker/observe_json.hpp"
#include "remote/docker/query.hpp"

namespace hoist::remote {
namespace {

using nlohmann::json;

void tell(EventSink& events, const compose::Operation& operation, Event::Phase phase, std::string text) {
  events.emit({.resource = target_of(operation).to_string(), .phase = phase, .text = std::move(text)});
}

std::string network_path(const std::string& name) {
  return "/networks/" + escape_query(name);
}

bool is_ours(const compose::ObservedNetwork& found, const compose::CreateNetwork& wanted) {
  const auto project = found.labels.find(compose::k_label_project);
  const auto key = found.labels.find(compose::k_label_network);
  return project != found.labels.end() && project->second == wanted.project && key != found.labels.end() &&
         key->second == wanted.network.key;
}

bool says_in_use(const HttpResponse& response) {
  const std::string message = engine_message(response, "");
  return message.find("active endpoints") != std::string::npos || message.find("in use") != std::string::npos ||
         message.find("being used") != std::string::npos || message.find("associated containers") != std::string::npos;
}

std::string names_on_network(DockerClient& client, const std::string& network, const std::stop_token& stop) {
  const std::optional<json> answer = client.find(network_path(network), stop);
  std::string names;
  if (!answer) return names;
  for (const auto& [id, endpoint] : object_at(*answer, "Containers").items()) {
    names += (names.empty() ? "'" : ", '") + strip_control(text_at(endpoint, "Name")) + "'";
  }
  return names;
}

/// Two clients that create the network at the same moment may both have one. Who finds another beside its own takes its
/// own back when that is the younger one, and gives the other client a moment to do so when it is the older one.
void leave_one(DockerClient& client, const compose::ObservedNetwork& made, const std::stop_token& stop) {
  constexpr int k_looks = 10;
  constexpr std::chrono::milliseconds k_pause{50};
  SystemClock clock;
  for (int look = 0; look < k_looks; ++look) {
    const std::vector<std::string> ids = network_namesakes(client, made, stop);
    if (ids.size() < 2) return;
    if (ids.front() != made.id) {
      client.send_raw({.method = "DELETE", .target = network_path(made.id), .head_timeout = k_quick_answer}, stop);
      return;
    }
    if (!clock.sleep_for(k_pause, stop)) throw Error(ErrorCode::cancelled, "cancelled");
  }
  // The other client had looked before it could see ours, or is no more.
  leave_one_namesake(client, made, stop);
}

}  // namespace

void create_network(DockerClient& client, const compose::CreateNetwork& operation, EventSink& events,
                    std::stop_token stop) {
  tell(events, operation, Event::Phase::working, "creating");
  const HttpResponse response = client.post_raw("/networks/create", network_body(operation, client.api(stop)), stop);
  if (response.status < 400) {
    const std::string id = text_at(parse_engine_json(response.body, "/networks/create"), "Id");
    leave_one(
        client,
        {.id = id,
         .name = operation.network.name,
         .labels = {{compose::k_label_project, operation.project}, {compose::k_label_network, operation.network.key}}},
        stop);
    return;
  }
  if (engine_message(response, "").find("already") != std::string::npos) {
    const std::vector<compose::ObservedNetwork> there = networks_named(client, operation.network.name, stop);
    for (const compose::ObservedNetwork& network : there) {
      if (!is_ours(network, operation)) continue;
      leave_one_namesake(client, network, stop);
      return;
    }
    if (!there.empty()) {
      throw Error(ErrorCode::conflict,
                  fmt::format("a network '{}' exists that is not this project's", operation.network.name))
          .with_hint("declare it 'external: true' to use it, or give the network another 'name'");
    }
  }
  throw_unless_ok(response);
}

void remove_network(DockerClient& client, const compose::RemoveNetwork& operation, EventSink& events,
                    std::stop_token stop) {
  tell(events, operation, Event::Phase::working, "removing");
  const std::optional<json> there =
      client.find(network_path(operation.id.empty() ? operation.name : operation.id), stop);
  if (!there) return;
  const compose::ObservedNetwork network = network_from_list(*there);
  std::vector<std::string> references = network_namesakes(client, network, stop);
  // Podman removes a network by its id though containers are on it.
  if (references.size() == 1) references = {network.name};
  for (const std::string& reference : references) {
    const HttpResponse response =
        client.send_raw({.method = "DELETE", .target = network_path(reference), .head_timeout = k_quick_answer}, stop);
    if (response.status == 404) continue;
    if (response.status >= 400 && says_in_use(response)) {
      const std::string names = names_on_network(client, reference, stop);
      tell(events, operation, Event::Phase::warning,
           fmt::format("network '{}' is still in use{}{}", operation.name, names.empty() ? "" : " by ", names));
      continue;
    }
    throw_unless_ok(response);
  }
}

void create_volume(DockerClient& client, const compose::CreateVolume& operation, EventSink& events,
                   std::stop_token stop) {
  tell(events, operation, Event::Phase::working, "creating");
  // An engine that has the volume already answers with it.
  client.post("/volumes/create", volume_body(operation), stop);
}

void remove_volume(DockerClient& client, const compose::RemoveVolume& operation, EventSink& events,
                   std::stop_token stop) {
  tell(events, operation, Event::Phase::working, "removing");
  const HttpResponse response = client.send_raw(
      {.method = "DELETE", .target = "/volumes/" + escape_query(operation.name), .head_timeout = k_quick_answer}, stop);
  if (response.status == 404) return;
  if (response.status == 409 && says_in_use(response)) {
    tell(events, operation, Event::Phase::warning, fmt::format("volume '{}' is still in use", operation.name));
    return;
  }
  throw_unless_ok(response);
}

}  // namespace hoist::remote

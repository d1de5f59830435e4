#include "remote/docker/observe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <tuple>

#include "compose/plan/labels.hpp"
#include "remote/docker/images.hpp"
#include "remote/docker/json_access.hpp"
#include "remote/docker/observe_json.hpp"
#include "remote/docker/parallel.hpp"
#include "remote/docker/query.hpp"

namespace hoist::remote {
namespace {

using compose::ObservedContainer;
using compose::ObservedState;
using compose::ObserveRequest;
using nlohmann::json;

std::string project_label(const std::string& project) {
  return project.empty() ? std::string(compose::k_label_project)
                         : fmt::format("{}={}", compose::k_label_project, project);
}

bool belongs(const compose::StringMap& labels, const std::string& project) {
  const auto found = labels.find(compose::k_label_project);
  return found != labels.end() && (project.empty() || found->second == project);
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<ObservedContainer> list_containers(DockerClient& client, const ObserveRequest& request,
                                               const std::stop_token& stop) {
  const Filters filters{{"label", {project_label(request.project)}}};
  const json list = client.get("/containers/json?all=1&" + filters_query(filters), stop);
  std::vector<ObservedContainer> containers;
  for (const json& entry : list) {
    ObservedContainer container = container_from_list(entry);
    if (container.one_off && !request.one_offs) continue;
    containers.push_back(std::move(container));
  }
  return containers;
}

/// Fills in what Podman's list leaves out: health and the network mode.
void complete_from_inspect(DockerClient& client, std::vector<ObservedContainer>& containers,
                           const std::stop_token& stop) {
  std::vector<std::function<void()>> tasks;
  for (ObservedContainer& container : containers) {
    tasks.emplace_back([&client, &container, &stop] {
      const std::optional<json> answer = client.find(container_path(container.id, "/json"), stop);
      if (!answer) return;  // gone since the list was made
      const compose::ContainerDetail detail = detail_from_inspect(*answer);
      container.health =
          container.state == compose::ContainerState::running ? detail.observed.health : compose::Health::none;
      container.network_mode = detail.observed.network_mode;
      if (container.health != compose::Health::none) {
        container.status +=
            fmt::format(" ({})", container.health == compose::Health::starting ? std::string_view("health: starting")
                                                                               : to_string(container.health));
      }
    });
  }
  in_parallel(tasks);
}

}  // namespace

void sort_containers(std::vector<ObservedContainer>& containers) {
  std::sort(containers.begin(), containers.end(), [](const ObservedContainer& a, const ObservedContainer& b) {
    return std::tie(a.service, a.number, a.created, a.name) < std::tie(b.service, b.number, b.created, b.name);
  });
}

ObservedState observe(DockerClient& client, const ObserveRequest& request, std::stop_token stop) {
  ObservedState state;
  const bool podman = client.ping(stop).podman;
  std::vector<std::function<void()>> tasks;
  tasks.emplace_back([&client, &request, &stop, &state, podman] {
    state.containers = list_containers(client, request, stop);
    if (podman) complete_from_inspect(client, state.containers, stop);
  });
  std::map<std::string, std::string> network_ids;
  if (!request.containers_only) {
    tasks.emplace_back([&client, &request, &stop, &state, &network_ids] {
      for (const json& entry : client.get("/networks", stop)) {
        compose::ObservedNetwork network = network_from_list(entry);
        network_ids[network.name] = network.id;
        if (belongs(network.labels, request.project) || contains(request.networks, network.name)) {
          state.networks[network.name] = std::move(network);
        }
      }
    });
    tasks.emplace_back([&client, &request, &stop, &state] {
      const json answer = client.get("/volumes", stop);
      for (const json& entry : list_at(answer, "Volumes")) {
        compose::ObservedVolume volume = volume_from_list(entry);
        if (belongs(volume.labels, request.project) || contains(request.volumes, volume.name)) {
          state.volumes[volume.name] = std::move(volume);
        }
      }
    });
    if (!request.images.empty()) {
      tasks.emplace_back(
          [&client, &request, &stop, &state] { state.images = find_image_ids(client, request.images, stop); });
    }
  }
  in_parallel(tasks);
  for (ObservedContainer& container : state.containers) {
    // Created but not started, or Podman: the list has a name or nothing in place of the network's id.
    for (auto& [name, id] : container.networks) {
      const auto known = network_ids.find(name);
      if (known != network_ids.end()) id = known->second;
    }
  }
  sort_containers(state.containers);
  return state;
}

}  // namespace hoist::remote

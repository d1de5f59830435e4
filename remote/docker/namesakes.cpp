#include "remote/docker/namesakes.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "compose/plan/labels.hpp"
#include "remote/docker/json_access.hpp"
#include "remote/docker/observe_json.hpp"
#include "remote/docker/query.hpp"

namespace hoist::remote {
namespace {

using nlohmann::json;

bool are_one(const compose::ObservedNetwork& a, const compose::ObservedNetwork& b) {
  const auto same = [&a, &b](const char* label) {
    return compose::label_of(a.labels, label) == compose::label_of(b.labels, label);
  };
  return a.name == b.name && same(compose::k_label_project) && same(compose::k_label_network);
}

/// The entries of the engine's list with exactly this name: its filter takes parts of names too.
std::vector<json> entries_named(DockerClient& client, const std::string& name, const std::stop_token& stop) {
  std::vector<json> found;
  for (const json& entry : client.get("/networks?" + filters_query({{"name", {name}}}), stop)) {
    if (text_at(entry, "Name") == name) found.push_back(entry);
  }
  return found;
}

bool has_container(DockerClient& client, const std::string& id, const std::stop_token& stop) {
  const std::optional<json> answer = client.find("/networks/" + escape_query(id), stop);
  return answer && !object_at(*answer, "Containers").empty();
}

}  // namespace

std::vector<compose::ObservedNetwork> networks_named(DockerClient& client, const std::string& name,
                                                     const std::stop_token& stop) {
  std::vector<compose::ObservedNetwork> networks;
  for (const json& entry : entries_named(client, name, stop)) networks.push_back(network_from_list(entry));
  return networks;
}

std::vector<std::string> network_namesakes(DockerClient& client, const compose::ObservedNetwork& network,
                                           const std::stop_token& stop) {
  std::vector<std::pair<std::string, std::string>> found;  // time of creation as text, id
  for (const json& entry : entries_named(client, network.name, stop)) {
    const compose::ObservedNetwork other = network_from_list(entry);
    if (are_one(other, network)) found.emplace_back(text_at(entry, "Created"), other.id);
  }
  std::ranges::sort(found);
  std::vector<std::string> ids;
  for (const auto& entry : found) ids.push_back(entry.second);
  return ids;
}

void leave_one_namesake(DockerClient& client, const compose::ObservedNetwork& network, const std::stop_token& stop) {
  const std::vector<std::string> ids = network_namesakes(client, network, stop);
  if (ids.size() < 2) return;
  const auto used = std::ranges::find_if(ids, [&](const std::string& id) { return has_container(client, id, stop); });
  const std::string& stays = used == ids.end() ? ids.front() : *used;
  for (const std::string& id : ids) {
    if (id == stays) continue;
    // One that has got a container meanwhile refuses to go: the next look finds it.
    client.send_raw({.method = "DELETE", .target = "/networks/" + escape_query(id), .head_timeout = k_quick_answer},
                    stop);
  }
}

std::string ambiguous_network(std::string_view message) {
  constexpr std::string_view k_before = "network ";
  const std::size_t end = message.find(" is ambiguous");
  if (end == std::string_view::npos) return {};
  const std::size_t begin = message.substr(0, end).rfind(k_before);
  return begin == std::string_view::npos
             ? std::string()
             : std::string(message.substr(begin + k_before.size(), end - begin - k_before.size()));
}

bool settle_ambiguous_network(DockerClient& client, const std::string& name, const std::stop_token& stop) {
  bool any = false;
  for (const compose::ObservedNetwork& network : networks_named(client, name, stop)) {
    if (compose::label_of(network.labels, compose::k_label_project).empty()) continue;
    any = true;
    leave_one_namesake(client, network, stop);
  }
  return any;
}

}  // namespace hoist::remote

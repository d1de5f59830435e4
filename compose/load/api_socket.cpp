#include "compose/load/api_socket.hpp"

#include <algorithm>
#include <string>

namespace hoist::compose {
namespace {

constexpr const char* k_socket = "/var/run/docker.sock";
constexpr const char* k_config_directory = "/run/secrets/docker";

bool wants_socket(const Node& service) {
  const Node* wanted = service.find("use_api_socket");
  return wanted != nullptr && *wanted == Node(true);
}

void append(Node& service, const char* list, Node entry) {
  Node* entries = service.find(list);
  if (entries == nullptr || !entries->is_sequence()) {
    service.set(list, Node(Node::Sequence{}));
    entries = service.find(list);
  }
  entries->items().push_back(std::move(entry));
}

Node mapping(std::initializer_list<std::pair<const char*, std::string>> members) {
  Node node(Node::Mapping{});
  for (const auto& [key, value] : members) node.set(key, Node(value));
  return node;
}

void open_api_socket(Node& service) {
  append(service, "volumes", mapping({{"type", "bind"}, {"source", k_socket}, {"target", k_socket}}));
  Node* environment = service.find("environment");
  if (environment == nullptr || !environment->is_mapping()) {
    service.set("environment", Node(Node::Mapping{}));
    environment = service.find("environment");
  }
  // Who names another place has credentials there.
  if (environment->find("DOCKER_CONFIG") == nullptr) environment->set("DOCKER_CONFIG", Node(k_config_directory));
  append(service, "configs",
         mapping({{"source", k_credentials_config}, {"target", std::string(k_config_directory) + "/config.json"}}));
}

}  // namespace

bool uses_api_socket(const Node& document) {
  const Node* services = document.find("services");
  return services != nullptr && services->is_mapping() &&
         std::ranges::any_of(services->members(), [](const Member& member) { return wants_socket(member.value); });
}

void open_api_sockets(Node& document) {
  for (Member& member : document.find("services")->members()) {
    if (wants_socket(member.value)) open_api_socket(member.value);
  }
}

}  // namespace hoist::compose

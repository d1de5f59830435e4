#include "compose/load/build_project.hpp"

#include <filesystem>
#include <limits>

#include "compose/load/build_parts.hpp"
#include "compose/load/config_hash.hpp"

namespace hoist::compose {
namespace {

/// A seccomp profile that is a file lies in the project's directory.
void resolve_profiles(std::vector<std::string>& options, const std::filesystem::path& directory) {
  for (std::string& option : options) {
    const std::string profile = seccomp_profile(option);
    if (profile.empty()) continue;
    option.replace(option.size() - profile.size(), profile.size(), (directory / profile).lexically_normal().string());
  }
}

/// The engine's name; the key when the document was not normalised.
std::string name_of(const std::string& key, const Attribute& resource) {
  std::string name = resource["name"].text();
  return name.empty() ? key : name;
}

/// The mapping of a service, empty when the file says nothing of it.
const Node& service_in(const Node& tree, const std::string& name) {
  static const Node k_nothing(Node::Mapping{});
  const Node* services = tree.find("services");
  const Node* service = services == nullptr ? nullptr : services->find(name);
  return service != nullptr && service->is_mapping() ? *service : k_nothing;
}

}  // namespace

Network build_network(const std::string& key, const Attribute& network) {
  Network result;
  result.key = key;
  result.name = name_of(key, network);
  result.driver = network["driver"].text();
  result.driver_opts = network["driver_opts"].text_map();
  result.ipam_driver = network["ipam"]["driver"].text();
  result.ipam_options = network["ipam"]["options"].text_map();
  for (const Attribute& pool : network["ipam"]["config"].items()) {
    result.ipam_pools.push_back({.subnet = pool["subnet"].text(),
                                 .ip_range = pool["ip_range"].text(),
                                 .gateway = pool["gateway"].text(),
                                 .aux_addresses = pool["aux_addresses"].text_map()});
  }
  result.labels = network["labels"].text_map();
  result.external = network["external"].flag();
  result.internal = network["internal"].flag();
  result.attachable = network["attachable"].flag();
  result.enable_ipv4 = network["enable_ipv4"].optional_flag();
  result.enable_ipv6 = network["enable_ipv6"].optional_flag();
  result.config_hash = network_config_hash(network.given() ? network.node() : Node(Node::Mapping{}));
  result.location = network.location();
  if (network.given()) result.places = build_places(network.node());
  return result;
}

Volume build_volume(const std::string& key, const Attribute& volume) {
  Volume result;
  result.key = key;
  result.name = name_of(key, volume);
  result.driver = volume["driver"].text();
  result.driver_opts = volume["driver_opts"].text_map();
  result.labels = volume["labels"].text_map();
  result.external = volume["external"].flag();
  result.config_hash = volume_config_hash(volume.given() ? volume.node() : Node(Node::Mapping{}));
  result.location = volume.location();
  return result;
}

Model build_model(const std::string& key, const Attribute& model) {
  Model result;
  result.key = key;
  result.reference = model["model"].text();
  result.context_size = model["context_size"].integer(0, std::numeric_limits<std::int64_t>::max());
  result.runtime_flags = model["runtime_flags"].texts();
  result.location = model.location();
  return result;
}

Project build_project(const Node& tree, const Sources& sources, const std::string& name,
                      std::vector<Diagnostic>& findings) {
  Project project;
  project.name = name;
  project.working_dir = sources.working_dir;
  project.compose_files = sources.files;
  project.env_files = sources.env_files;
  project.separator = sources.compatibility ? "_" : "-";
  project.environment = sources.environment;

  const Attribute document(&tree, {}, findings);
  for (const auto& [key, service] : document["services"].members()) {
    Service& made = project.services.emplace(key, build_service(key, service, document)).first->second;
    resolve_profiles(made.security_options, sources.working_dir);
    add_files(made, service, document, sources.environment);
  }
  for (const auto& [key, network] : document["networks"].members()) {
    project.networks.emplace(key, build_network(key, network));
  }
  for (const auto& [key, volume] : document["volumes"].members())
    project.volumes.emplace(key, build_volume(key, volume));
  for (const auto& [key, model] : document["models"].members()) project.models.emplace(key, build_model(key, model));
  return project;
}

void add_hashes(Project& project, const Node& tree) {
  for (auto& [name, service] : project.services) service.config_hash = service_config_hash(service_in(tree, name));
}

void add_places_and_older_hashes(Project& project, const Node& tree) {
  for (auto& [name, service] : project.services) {
    const Node& node = service_in(tree, name);
    service.older_hashes = older_service_hashes(node, service.config_hash);
    if (!bound_services(service).empty()) service.hash_texts = service_hash_texts(node);
    service.places = build_places(node);
  }
}

}  // namespace hoist::compose

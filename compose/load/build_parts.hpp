#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compose/load/attribute.hpp"
#include "compose/model/project.hpp"

/// The parts of build_project: from one attribute to one value. Findings go to those of the attribute.
namespace hoist::compose {

/// `document` is the whole document: services name networks, volumes and secrets at its top.
Service build_service(const std::string& name, const Attribute& service, const Attribute& document);

std::optional<Build> build_image(const Attribute& build, const Attribute& document);

/// The service's `volumes`.
std::vector<Mount> build_mounts(const Attribute& service, const Attribute& document);

/// Adds the secrets and configs of `from` to `service`: files as read-only binds, as Docker Compose does, all others
/// (and files with an owner or a mode) as files of each container. Those that cannot be had are no findings: they are
/// in the way of who makes a container only.
void add_files(Service& service, const Attribute& from, const Attribute& document, const StringMap& environment);

/// "/run:size=64m,ro" as path and options.
StringMap build_tmpfs(const Attribute& tmpfs);

/// The service's own attributes with those of `deploy.resources` and `gpus` put over them.
Resources build_resources(const Attribute& service);
/// By name; a single number stands for both limits.
std::vector<Ulimit> build_ulimits(const Attribute& ulimits);

/// Where each attribute of a service or a network stands.
Places build_places(const Node& owner);

std::vector<PortMapping> build_ports(const Attribute& ports);

/// By priority, highest first, then name; none for a service with `network_mode`.
std::vector<ServiceNetwork> build_service_networks(const Attribute& service, const Attribute& document);

/// What the service says itself and what follows from its links, namespaces and volumes_from; sorted.
std::vector<Dependency> build_dependencies(const Attribute& service);

Network build_network(const std::string& key, const Attribute& network);
Model build_model(const std::string& key, const Attribute& model);
Volume build_volume(const std::string& key, const Attribute& volume);

}  // namespace hoist::compose

#include "remote/docker/references.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "compose/base/error.hpp"
#include "compose/plan/bound_hash.hpp"
#include "compose/plan/labels.hpp"
#include "remote/docker/observe_json.hpp"
#include "remote/docker/query.hpp"

namespace hoist::remote {
namespace {

using compose::ContainerSpec;
using compose::ObservedContainer;
using compose::Service;
using nlohmann::json;

/// One run over what a service says.
class Resolution {
 public:
  Resolution(const ContainerSpec& spec, const std::vector<ObservedContainer>& containers)
      : spec_(spec), service_(*spec.service), containers_(containers) {}

  References resolve() const {
    References found;
    found.network_mode = space(service_.network_mode, "network");
    found.ipc = space(service_.ipc, "IPC namespace");
    found.pid = space(service_.pid, "process namespace");
    for (const std::string& text : service_.volumes_from) found.volumes_from.push_back(volumes(text));
    for (const std::string& link : service_.links) add_link(link, found.links);
    for (const std::string& link : service_.external_links) found.links.push_back(with_alias(link));
    const std::string release = compose::label_of(spec_.labels, compose::k_label_version);
    if (!service_.hash_texts.empty()) {
      found.config_hash = compose::bound_hash(service_, compose::hash_form_of(release), containers_);
    }
    return found;
  }

 private:
  const ObservedContainer& first_of(const std::string& name, std::string_view what) const {
    if (const ObservedContainer* first = compose::first_container(containers_, name)) return *first;
    throw Error(ErrorCode::not_found, fmt::format("service '{}' shares the {} of service '{}', which has no container",
                                                  service_.name, what, name))
        .with_hint(fmt::format("start service '{}' first", name));
  }

  std::string space(const std::string& mode, std::string_view what) const {
    const std::string name = compose::referred_service(mode);
    return name.empty() ? std::string() : "container:" + first_of(name, what).id;
  }

  std::string volumes(const std::string& text) const {
    const compose::VolumesSource source = compose::parse_volumes_from(text);
    const std::string container = source.service.empty() ? source.container : first_of(source.service, "volumes").id;
    return source.mode.empty() ? container : fmt::format("{}:{}", container, source.mode);
  }

  /// Each container of the linked service answers to the alias, to "db-1" and to "shop-db-1".
  void add_link(const std::string& link, std::vector<std::string>& links) const {
    const std::string name = link.substr(0, link.find(':'));
    const std::string alias = link.substr(link.find(':') == std::string::npos ? 0 : name.size() + 1);
    for (const ObservedContainer& container : containers_) {
      if (container.service != name || container.one_off) continue;
      links.push_back(fmt::format("{}:{}", container.name, alias));
      const std::string replica = compose::replica_name(container.name, name, std::to_string(container.number));
      links.push_back(fmt::format("{}:{}", container.name, replica));
      links.push_back(fmt::format("{}:{}{}{}", container.name, spec_.project, replica[name.size()], replica));
    }
  }

  static std::string with_alias(const std::string& link) {
    return link.find(':') == std::string::npos ? fmt::format("{}:{}", link, link) : link;
  }

  const ContainerSpec& spec_;
  const Service& service_;
  const std::vector<ObservedContainer>& containers_;
};

}  // namespace

References resolve_references(const ContainerSpec& spec, const std::vector<ObservedContainer>& containers) {
  return Resolution(spec, containers).resolve();
}

References resolve_references(DockerClient& client, const ContainerSpec& spec, std::stop_token stop) {
  const Service& service = *spec.service;
  if (service.links.empty() && compose::bound_services(service).empty()) return resolve_references(spec, {});
  const Filters filters{{"label",
                         {fmt::format("{}={}", compose::k_label_project, spec.project),
                          fmt::format("{}=False", compose::k_label_one_off)}}};
  std::vector<ObservedContainer> containers;
  for (const json& entry : client.get("/containers/json?all=1&" + filters_query(filters), stop)) {
    containers.push_back(container_from_list(entry));
  }
  return resolve_references(spec, containers);
}

}  // namespace hoist::remote

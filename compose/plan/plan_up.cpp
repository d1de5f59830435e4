#include "compose/plan/plan_up.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "compose/base/error.hpp"
#include "compose/plan/definitions.hpp"
#include "compose/plan/divergence.hpp"
#include "compose/plan/fate.hpp"
#include "compose/plan/labels.hpp"
#include "compose/plan/plan_builder.hpp"
#include "compose/plan/providers.hpp"
#include "compose/plan/resources.hpp"
#include "compose/plan/selection.hpp"
#include "compose/plan/starts.hpp"

namespace hoist::compose {
namespace {

using Kind = ContainerFate::Kind;

/// Makes the plan in passes, each over the services in dependency order: what goes, what must be there,
/// containers, starts. So every step comes after those it waits for.
class UpPlanner {
 public:
  UpPlanner(const Project& project, const ObservedState& observed, const UpRequest& request)
      : project_(project),
        observed_(observed),
        request_(request),
        graph_(dependency_graph(project)),
        order_(in_order(graph_, select_services(project, request.services, request.dependencies))),
        diverged_(diverged_networks(project, observed, request, order_)),
        fates_(decide_fates(project, observed, request, order_, diverged_.anew)),
        starter_(builder_, project_, fates_, observed_) {
    check_scale();
    if (order_.empty()) throw nothing_to_start();
  }

  Plan plan() {
    stop_dependants_of_changed();
    drop_containers();
    treat_orphans();
    for (const std::string& warning : diverged_.warnings) builder_.warn(warning);
    const ResourceSteps resources =
        plan_resources(builder_, project_, observed_, order_, diverged_.anew, network_users_);
    prepare_models();
    for (const std::vector<std::string>& stage : provider_stages(project_, order_)) {
      for (const std::string& name : stage) make_containers(project_.get_service(name), resources);
      for (const std::string& name : stage) start(project_.get_service(name));
    }
    if (request_.start) await();
    return with_definitions(builder_.take(), &project_);
  }

 private:
  void check_scale() const {
    for (const auto& [name, scale] : request_.scale) project_.get_service(name);
  }

  Error nothing_to_start() const {
    Error error(ErrorCode::not_found, fmt::format("{} has no service to start", project_.name));
    if (project_.disabled_services.empty()) return error.with_hint("declare one below 'services:'");
    const Service& first = project_.disabled_services.begin()->second;
    return error.with_hint(
        fmt::format("a profile switches '{}' on: --profile {}", first.name, fmt::join(first.profiles, " or ")));
  }

  NodeId stop(const ObservedContainer& container, const NodeIds& after, const std::string& cause) {
    const NodeId id =
        builder_.add(StopContainer{container.id, container.name, container.service, request_.timeout}, after, cause);
    stopped_[container.id] = id;
    return id;
  }

  /// Dependants with `restart: true` rest while what they depend on changes.
  void stop_dependants_of_changed() {
    for (const std::string& name : order_) {
      for (const Dependency& dependency : project_.get_service(name).depends_on) {
        const auto parent = fates_.find(dependency.service);
        if (!dependency.restart || parent == fates_.end() || !parent->second.replaces()) continue;
        const std::string cause = fmt::format("'{}' is made anew", dependency.service);
        for (const ContainerFate& fate : fates_[name].containers) {
          if (fate.kind != Kind::keep || !is_alive(*fate.container)) continue;
          if (!stopped_.contains(fate.container->id)) {
            stop(*fate.container, {}, cause);
            restart_causes_[fate.container->id] = cause;
          }
          rests_[dependency.service].insert(stopped_.at(fate.container->id));
        }
      }
    }
  }

  void drop_containers() {
    for (const std::string& name : order_) {
      for (const ContainerFate& fate : fates_[name].containers) {
        if (fate.kind == Kind::drop) drop(*fate.container, fate.cause);
      }
    }
  }

  void drop(const ObservedContainer& container, const std::string& cause) {
    NodeIds after;
    if (is_alive(container)) after.insert(stop(container, {}, cause));
    const NodeId id = builder_.add(
        RemoveContainer{.id = container.id, .name = container.name, .service = container.service}, after, cause);
    released_.push_back({&container, id});
    for (const auto& entry : container.networks) network_users_[entry.first].insert(id);
  }

  void prepare_models() {
    std::set<std::string> wanted;
    for (const std::string& name : order_) {
      for (const std::string& model : project_.get_service(name).models) wanted.insert(model);
    }
    for (const std::string& key : wanted) {
      models_[key] = builder_.add(PrepareModel{project_.models.at(key), project_.environment}, {}, "services use it");
    }
  }

  ContainerSpec spec_of(const std::shared_ptr<const Service>& service, int number, const ObservedContainer* old) const {
    const std::string image = service->image_name(project_);
    const auto current = observed_.images.find(image);
    const ContainerIdentity identity{
        .number = number,
        .image_id = current == observed_.images.end() ? std::string() : current->second,
        .replaces = old == nullptr ? std::string() : fmt::format("{}{}{}", service->name, project_.separator, number)};
    ContainerSpec spec{.service = service,
                       .project = project_.name,
                       .name = container_name(project_, *service, number),
                       .image = image,
                       .number = number,
                       .labels = container_labels(project_, *service, identity)};
    if (old != nullptr && !request_.renew_anonymous_volumes) {
      spec.inherited_volumes = inherited_volumes(*service, *old);
      leave_to_their_owners(*service, spec.inherited_volumes);
    }
    return spec;
  }

  /// Takes out the volumes that come from another service by `volumes_from`: from there they come again.
  void leave_to_their_owners(const Service& service, StringMap& volumes) const {
    for (const std::string& text : service.volumes_from) {
      const ObservedContainer* owner = first_container(observed_.containers, parse_volumes_from(text).service);
      if (owner == nullptr) continue;
      for (const ObservedMount& mount : owner->mounts) {
        std::erase_if(volumes, [&mount](const auto& entry) { return entry.second == mount.name; });
      }
    }
  }

  /// What must be there before a container of the service can be made.
  NodeIds needs_of(const Service& service, const ResourceSteps& resources) const {
    NodeIds after;
    for (const Dependency& dependency : service.depends_on) after.merge(starter_.provided(dependency.service));
    for (const ServiceNetwork& network : service.networks) resources.add_network(network.name, after);
    for (const Mount& mount : service.volumes) resources.add_volume(mount.volume_name, after);
    for (const std::string& model : service.models) after.insert(models_.at(model));
    std::vector<std::string> named = bound_services(service);
    for (const std::string& link : service.links) named.push_back(link.substr(0, link.find(':')));
    for (const std::string& other : named) {
      if (const auto made = made_.find(other); made != made_.end()) {
        after.insert(made->second.begin(), made->second.end());
      }
    }
    return after;
  }

  void make_containers(const Service& service, const ResourceSteps& resources) {
    ServiceFate& fate = fates_[service.name];
    const auto shared = std::make_shared<const Service>(service);
    const NodeIds needs = needs_of(service, resources);
    NodeIds rest = needs;
    if (const auto found = rests_.find(service.name); found != rests_.end()) {
      rest.insert(found->second.begin(), found->second.end());
    }
    for (const ContainerFate& each : fate.containers) {
      const ObservedContainer& old = *each.container;
      if (each.kind == Kind::replace) {
        ReplaceContainer operation{spec_of(shared, std::max(old.number, 1), &old), old.id, old.name, request_.timeout};
        const std::string name = operation.spec.name;
        const NodeId id = builder_.add(std::move(operation), rest, each.cause);
        made_[service.name].insert(id);
        released_.push_back({&old, id});
        starts_.push_back({service.name, name, name, {id}, "it was made anew"});
      } else if (each.kind == Kind::keep) {
        keep(service, each);
      }
    }
    for (const int number : fate.missing) create(shared, number, rest);
  }

  void keep(const Service& service, const ContainerFate& fate) {
    const ObservedContainer& container = *fate.container;
    NodeIds after;
    std::string name = container.name;
    if (!fate.new_name.empty()) {
      name = fate.new_name;
      const NodeId id = builder_.add(RenameContainer{container.id, container.name, name}, holders_of(name),
                                     "an earlier replacement was broken off");
      made_[service.name].insert(id);
      after.insert(id);
    }
    if (const auto stopped = stopped_.find(container.id); stopped != stopped_.end()) {
      after.insert(stopped->second);
      starts_.push_back({service.name, container.id, name, after, restart_causes_[container.id]});
    } else if (container.state == ContainerState::paused) {
      builder_.warn(fmt::format("container '{}' is paused and stays so; 'docker unpause {}' wakes it", name, name));
    } else if (!is_alive(container)) {
      starts_.push_back({service.name, container.id, name, after, not_running(container)});
    }
  }

  static std::string not_running(const ObservedContainer& container) {
    if (container.state == ContainerState::created) return "it was never started";
    if (!container.exit_code) return "it does not run";
    return fmt::format("it had exited ({})", *container.exit_code);
  }

  void create(const std::shared_ptr<const Service>& service, int number, NodeIds after) {
    ContainerSpec spec = spec_of(service, number, predecessor(*service, number));
    const std::string name = spec.name;
    after.merge(holders_of(name));
    const NodeId id = builder_.add(CreateContainer{std::move(spec)}, after, "it does not exist");
    made_[service->name].insert(id);
    starts_.push_back({service->name, name, name, {id}, "it was created"});
  }

  /// The container with this number that is dropped only because its network is made anew.
  const ObservedContainer* predecessor(const Service& service, int number) const {
    for (const auto& [container, id] : released_) {
      if (container->service == service.name && container->number == number) return container;
    }
    return nullptr;
  }

  /// The steps after which a name is free.
  NodeIds holders_of(const std::string& name) const {
    NodeIds ids;
    for (const auto& [container, id] : released_) {
      if (container->name == name) ids.insert(id);
    }
    return ids;
  }

  void treat_orphans() {
    std::vector<const ObservedContainer*> orphans;
    for (const ObservedContainer& container : observed_.containers) {
      const bool left_over =
          container.one_off ? !is_alive(container) && request_.remove_orphans : is_orphan(project_, container);
      if (!left_over) continue;
      if (request_.remove_orphans) {
        drop(container, container.one_off ? "it was a one-off" : "the file has no such service");
      } else {
        orphans.push_back(&container);
      }
    }
    if (!request_.ignore_orphans && !orphans.empty()) builder_.warn(orphan_warning(orphans));
  }

  void start(const Service& service) {
    if (service.provider) {
      starter_.provide(service, request_.start ? starter_.conditions(service) : NodeIds{});
      return;
    }
    if (!request_.start) return;
    std::vector<StartStep> steps;
    for (const StartStep& step : starts_) {
      if (step.service == service.name) steps.push_back(step);
    }
    for (StartStep& step : steps) step.after.merge(port_holders(service));
    starter_.start(service.name, steps);
  }

  void await() {
    if (!request_.ready_for.empty()) starter_.conditions(project_.get_service(request_.ready_for));
    if (!request_.wait) return;
    for (const std::string& name : order_) starter_.await_for_wait(name);
  }

  /// The steps after which the host ports that a service publishes are free.
  NodeIds port_holders(const Service& service) const {
    NodeIds ids;
    for (const auto& [container, id] : released_) {
      for (const Publisher& held : container->publishers) {
        const std::string port = std::to_string(held.published);
        const bool wanted = std::ranges::any_of(service.ports, [&held, &port](const PortMapping& mapping) {
          return mapping.published == port && mapping.protocol == held.protocol;
        });
        if (wanted) ids.insert(id);
      }
    }
    return ids;
  }

  const Project& project_;
  const ObservedState& observed_;
  const UpRequest& request_;
  DependencyGraph graph_;
  std::vector<std::string> order_;
  DivergedNetworks diverged_;
  std::map<std::string, ServiceFate> fates_;
  PlanBuilder builder_;
  StartPlanner starter_;
  std::map<std::string, NodeId> stopped_;              ///< container id -> its stop
  std::map<std::string, NodeIds> rests_;               ///< service -> stops of its dependants before it changes
  std::map<std::string, std::string> restart_causes_;  ///< container id -> why it is started again
  std::map<std::string, NodeId> models_;               ///< key -> the step that prepares it
  std::map<std::string, NodeIds> made_;                ///< service -> steps that make its containers
  std::map<std::string, NodeIds> network_users_;       ///< network -> steps after which nobody of ours is on it
  std::vector<std::pair<const ObservedContainer*, NodeId>> released_;  ///< what goes, and the step it goes with
  std::vector<StartStep> starts_;
};

}  // namespace

Plan plan_up(const Project& project, const ObservedState& observed, const UpRequest& request) {
  return UpPlanner(project, observed, request).plan();
}

}  // namespace hoist::compose

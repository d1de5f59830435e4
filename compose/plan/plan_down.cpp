#include "compose/plan/plan_down.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "compose/plan/definitions.hpp"
#include "compose/plan/ending.hpp"
#include "compose/plan/labels.hpp"
#include "compose/plan/plan_builder.hpp"
#include "compose/plan/providers.hpp"
#include "compose/plan/selection.hpp"

namespace hoist::compose {
namespace {

class DownPlanner {
 public:
  DownPlanner(const Project* project, const ObservedState& observed, const DownRequest& request)
      : project_(project),
        observed_(observed),
        request_(request),
        chosen_(select_existing(project, observed, request.services)) {}

  Plan plan() {
    remove_containers();
    remove_networks();
    // What was asked for by service leaves what the services share.
    if (request_.services.empty()) {
      if (request_.remove_volumes) remove_volumes();
      if (request_.images != DownRequest::Images::keep) remove_images();
    }
    return with_definitions(builder_.take(), project_);
  }

 private:
  void remove_containers() {
    std::vector<const ObservedContainer*> going;
    std::vector<const ObservedContainer*> orphans;
    for (const ObservedContainer& container : observed_.containers) {
      const bool orphan = project_ != nullptr && is_orphan(*project_, container);
      if (orphan && !request_.remove_orphans) {
        orphans.push_back(&container);
        staying_.push_back(&container);
      } else if (orphan || chosen_.contains(container.service)) {
        going.push_back(&container);
      } else {
        staying_.push_back(&container);
      }
    }
    if (!orphans.empty() && !request_.ignore_orphans) builder_.warn(orphan_warning(orphans));
    const std::map<std::string, NodeId> stops =
        plan_stops(builder_, dependency_graph(project_, observed_), going, request_.timeout, "down",
                   provider_endings(project_, request_.services, RunProvider::Action::down));
    for (const ObservedContainer* container : going) {
      NodeIds after;
      if (const auto stop = stops.find(container->id); stop != stops.end()) after.insert(stop->second);
      removals_[container->id] = builder_.add(RemoveContainer{.id = container->id,
                                                              .name = container->name,
                                                              .service = container->service,
                                                              .force = true,
                                                              .volumes = request_.remove_volumes},
                                              after, "down");
    }
  }

  /// Networks of the project that nobody of it is on any more.
  void remove_networks() {
    for (const auto& [name, network] : observed_.networks) {
      if (label_of(network.labels, k_label_project).empty() || !is_ours(network.labels)) continue;
      const bool in_use = std::ranges::any_of(
          staying_, [&name = name](const ObservedContainer* container) { return container->networks.contains(name); });
      if (in_use || (!request_.services.empty() && !staying_.empty())) continue;
      builder_.add(RemoveNetwork{name, network.id}, all_removals(), "down");
    }
  }

  void remove_volumes() {
    for (const auto& [name, volume] : observed_.volumes) {
      if (is_ours(volume.labels)) builder_.add(RemoveVolume{name}, all_removals(), "--volumes");
    }
  }

  void remove_images() {
    if (project_ == nullptr) {
      builder_.warn("images are named in the Compose file alone, and there is none here: they stay");
      return;
    }
    std::set<std::string> references;
    for (const auto* services : {&project_->services, &project_->disabled_services}) {
      for (const auto& [name, service] : *services) {
        const bool local = service.image.empty();
        if (local || request_.images == DownRequest::Images::all) references.insert(service.image_name(*project_));
      }
    }
    for (const std::string& reference : references) {
      if (observed_.images.contains(reference)) builder_.add(RemoveImage{reference}, all_removals(), "--rmi");
    }
  }

  /// `observed` may hold networks and volumes of other owners, which the file only names.
  bool is_ours(const StringMap& labels) const {
    const std::string owner = label_of(labels, k_label_project);
    if (project_ != nullptr) return owner == project_->name;
    return !owner.empty();
  }

  NodeIds all_removals() const {
    NodeIds ids;
    for (const auto& entry : removals_) ids.insert(entry.second);
    return ids;
  }

  const Project* project_;
  const ObservedState& observed_;
  const DownRequest& request_;
  std::set<std::string> chosen_;
  PlanBuilder builder_;
  std::vector<const ObservedContainer*> staying_;
  std::map<std::string, NodeId> removals_;  ///< by container id
};

}  // namespace

ObserveRequest observe_request_for_down(const std::string& project_name, const Project* project) {
  ObserveRequest request{.project = project_name, .one_offs = true};
  if (project == nullptr) return request;
  std::set<std::string> images;
  for (const auto* services : {&project->services, &project->disabled_services}) {
    for (const auto& [name, service] : *services) images.insert(service.image_name(*project));
  }
  request.images.assign(images.begin(), images.end());
  return request;
}

Plan plan_down(const Project* project, const ObservedState& observed, const DownRequest& request) {
  return DownPlanner(project, observed, request).plan();
}

}  // namespace hoist::compose

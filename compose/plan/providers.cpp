#include "compose/plan/providers.hpp"

#include <algorithm>
#include <memory>

namespace hoist::compose {
namespace {

RunProvider run_of(const Project& project, const Service& service, RunProvider::Action action) {
  return {std::make_shared<const Service>(service), project.name, action, project.environment};
}

}  // namespace

std::map<std::string, Operation> provider_endings(const Project* project, const std::vector<std::string>& named,
                                                  RunProvider::Action action) {
  std::map<std::string, Operation> endings;
  if (project == nullptr) return endings;
  for (const auto& [name, service] : project->services) {
    const bool chosen = named.empty() || std::ranges::find(named, name) != named.end();
    if (service.provider && chosen) endings.emplace(name, run_of(*project, service, action));
  }
  return endings;
}

RunProvider provider_up(const Project& project, const Service& service) {
  return run_of(project, service, RunProvider::Action::up);
}

std::vector<std::vector<std::string>> provider_stages(const Project& project, const std::vector<std::string>& order) {
  std::vector<std::vector<std::string>> stages;
  std::map<std::string, std::size_t> stage_of;
  for (const std::string& name : order) {
    std::size_t stage = 0;
    for (const Dependency& dependency : project.get_service(name).depends_on) {
      const auto known = stage_of.find(dependency.service);
      if (known == stage_of.end()) continue;
      const bool tells = project.get_service(dependency.service).provider.has_value();
      stage = std::max(stage, known->second + (tells ? 1 : 0));
    }
    stage_of[name] = stage;
    if (stages.size() <= stage) stages.resize(stage + 1);
    stages[stage].push_back(name);
  }
  return stages;
}

}  // namespace hoist::compose

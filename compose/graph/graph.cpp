#include "compose/graph/graph.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "compose/base/error.hpp"

namespace hoist::compose {
namespace {

/// A walk in depth that remembers the way it came: the order when it ends well, a cycle when it meets itself.
class Walk {
 public:
  explicit Walk(const DependencyGraph& graph) : graph_(graph) {
    for (const auto& entry : graph) {
      if (!visit(entry.first)) return;
    }
  }

  const std::vector<std::string>& order() const { return order_; }
  const std::vector<std::string>& cycle() const { return cycle_; }

 private:
  bool visit(const std::string& name) {
    if (done_.contains(name)) return true;
    const auto met = std::ranges::find(path_, name);
    if (met != path_.end()) {
      cycle_.assign(met, path_.end());
      cycle_.push_back(name);
      return false;
    }
    path_.push_back(name);
    if (const auto found = graph_.find(name); found != graph_.end()) {
      for (const std::string& needed : found->second) {
        if (!visit(needed)) return false;
      }
    }
    path_.pop_back();
    done_.insert(name);
    order_.push_back(name);
    return true;
  }

  const DependencyGraph& graph_;
  std::vector<std::string> path_;
  std::set<std::string> done_;
  std::vector<std::string> order_;
  std::vector<std::string> cycle_;
};

}  // namespace

DependencyGraph dependency_graph(const Project& project) {
  DependencyGraph graph;
  for (const auto& [name, service] : project.services) {
    std::set<std::string>& needed = graph[name];
    for (const Dependency& dependency : service.depends_on) {
      if (project.services.contains(dependency.service)) needed.insert(dependency.service);
    }
  }
  return graph;
}

std::vector<std::string> find_cycle(const DependencyGraph& graph) {
  return Walk(graph).cycle();
}

std::vector<std::string> dependency_order(const DependencyGraph& graph) {
  const Walk walk(graph);
  if (!walk.cycle().empty()) {
    throw Error(ErrorCode::bad_input, fmt::format("services depend on each other: {}", fmt::join(walk.cycle(), " -> ")))
        .with_hint("take one of these out of 'depends_on', 'links' or the shared namespaces");
  }
  return walk.order();
}

std::set<std::string> with_dependencies(const DependencyGraph& graph, const std::set<std::string>& names) {
  std::set<std::string> reached;
  std::vector<std::string> open(names.begin(), names.end());
  while (!open.empty()) {
    const std::string name = std::move(open.back());
    open.pop_back();
    if (!reached.insert(name).second) continue;
    if (const auto found = graph.find(name); found != graph.end()) {
      open.insert(open.end(), found->second.begin(), found->second.end());
    }
  }
  return reached;
}

DependencyGraph reversed(const DependencyGraph& graph) {
  DependencyGraph turned;
  for (const auto& [name, needed] : graph) {
    turned.try_emplace(name);
    for (const std::string& other : needed) turned[other].insert(name);
  }
  return turned;
}

}  // namespace hoist::compose

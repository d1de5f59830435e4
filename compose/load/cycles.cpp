#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

#include "compose/load/consistency.hpp"
#include "compose/load/member_index.hpp"

namespace hoist::compose {
namespace {

/// Depth-first search that reports the way back to a service that is still on the path.
class CycleSearch {
 public:
  CycleSearch(const Node& services, std::vector<Diagnostic>& findings)
      : services_(services), index_(services), findings_(findings) {}

  void run() {
    std::vector<std::string> names;
    for (const Member& member : services_.members()) names.push_back(member.key);
    std::ranges::sort(names);  // the same message whatever the order in the file
    for (const std::string& name : names) visit(name);
  }

 private:
  enum class State { fresh, on_path, done };

  void visit(const std::string& name) {
    State& state = states_[name];
    if (state != State::fresh) return;
    state = State::on_path;
    path_.push_back(name);
    const Node* service = index_.find(name);
    const Node* dependencies = service == nullptr ? nullptr : service->find("depends_on");
    if (dependencies != nullptr && dependencies->is_mapping()) {
      for (const Member& dependency : dependencies->members()) {
        if (index_.find(dependency.key) == nullptr) continue;  // reported elsewhere
        if (states_[dependency.key] == State::on_path) report(dependency);
        visit(dependency.key);
      }
    }
    path_.pop_back();
    states_[name] = State::done;
  }

  void report(const Member& back) {
    const auto start = std::ranges::find(path_, back.key);
    const std::vector<std::string> cycle(start, path_.end());
    findings_.push_back({Diagnostic::Severity::error,
                         back.key_location.known() ? back.key_location : back.value.location,
                         fmt::format("services.{}.depends_on", path_.back()),
                         fmt::format("dependency cycle: {} -> {}", fmt::join(cycle, " -> "), back.key),
                         {}});
  }

  const Node& services_;
  MemberIndex<const Node> index_;
  std::vector<Diagnostic>& findings_;
  std::map<std::string, State> states_;
  std::vector<std::string> path_;
};

}  // namespace

void check_cycles(const Node& services, std::vector<Diagnostic>& findings) {
  if (services.is_mapping()) CycleSearch(services, findings).run();
}

}  // namespace hoist::compose

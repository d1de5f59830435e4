#include "compose/plan/definitions.hpp"

#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace hoist::compose {
namespace {

/// One copy of each service that is needed, however many containers it has.
class Definitions {
 public:
  explicit Definitions(const Project& project) : project_(project) {}

  Definition find(const std::string& name) {
    const auto known = made_.find(name);
    if (known != made_.end()) return known->second;
    return made_[name] = make(name);
  }

 private:
  Definition make(const std::string& name) const {
    for (const auto* services : {&project_.services, &project_.disabled_services}) {
      const auto found = services->find(name);
      if (found == services->end()) continue;
      const Service& service = found->second;
      const bool plain = service.files.empty() && service.post_start.empty() && service.pre_stop.empty();
      return plain ? nullptr : std::make_shared<const Service>(service);
    }
    return nullptr;
  }

  const Project& project_;
  std::map<std::string, Definition> made_;
};

template <typename Operation>
concept has_definition = requires(Operation& operation) {
  operation.definition;
};

}  // namespace

Plan with_definitions(Plan plan, const Project* project) {
  if (project == nullptr) return plan;
  Definitions definitions(*project);
  for (PlanNode& node : plan.nodes) {
    std::visit(
        [&definitions](auto& operation) {
          if constexpr (has_definition<std::remove_reference_t<decltype(operation)>>) {
            operation.definition = definitions.find(operation.service);
          }
        },
        node.op);
  }
  return plan;
}

}  // namespace hoist::compose

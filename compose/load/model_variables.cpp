#include "compose/load/model_variables.hpp"

#include <algorithm>

#include "compose/base/text.hpp"

namespace hoist::compose {
namespace {

const Node* models_of(const Node& service) {
  const Node* models = service.find("models");
  return models != nullptr && models->is_mapping() ? models : nullptr;
}

/// The scalar at `key` of a mapping that may not be there; empty when there is none.
std::string text_of(const Node* owner, const char* key) {
  const Node* value = owner != nullptr && owner->is_mapping() ? owner->find(key) : nullptr;
  return value != nullptr && value->is_scalar() && !value->is_null() ? value->scalar_text() : std::string();
}

Node& environment_of(Node& service) {
  const Node* environment = service.find("environment");
  if (environment == nullptr || !environment->is_mapping()) service.set("environment", Node(Node::Mapping{}));
  return *service.find("environment");
}

void set_variables(Node& service, const Node* known, const std::string& endpoint) {
  const Node::Mapping uses = models_of(service)->members();
  Node& environment = environment_of(service);
  for (const Member& use : uses) {
    std::string prefix = to_upper(use.key);
    std::ranges::replace(prefix, '-', '_');
    const std::string model = text_of(&use.value, "model_var");
    const std::string url = text_of(&use.value, "endpoint_var");
    environment.set(model.empty() ? prefix + "_MODEL" : model,
                    Node(text_of(known == nullptr ? nullptr : known->find(use.key), "model")));
    environment.set(url.empty() ? prefix + "_URL" : url, Node(endpoint));
  }
}

}  // namespace

bool uses_models(const Node& document) {
  const Node* services = document.find("services");
  return services != nullptr && services->is_mapping() &&
         std::ranges::any_of(services->members(),
                             [](const Member& member) { return models_of(member.value) != nullptr; });
}

void set_model_variables(Node& document, const std::string& endpoint) {
  const Node* known = document.find("models");
  for (Member& member : document.find("services")->members()) {
    if (models_of(member.value) != nullptr) set_variables(member.value, known, endpoint);
  }
}

}  // namespace hoist::compose

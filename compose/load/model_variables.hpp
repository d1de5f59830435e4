#pragma once

#include <string>

#include "compose/load/node.hpp"

namespace hoist::compose {

/// Whether a service of a canonical document uses a language model.
bool uses_models(const Node& document);

/// Sets the variables by which services find the models that they use: `<KEY>_MODEL` and `<KEY>_URL`, or those that the
/// service names. They replace what the file says of them. `endpoint`: where models answer.
/// Source: Docker Compose's SetModelVariables.
void set_model_variables(Node& document, const std::string& endpoint);

}  // namespace hoist::compose

#pragma once

#include "compose/load/node.hpp"

namespace hoist::compose {

/// Takes out the top-level networks, volumes, secrets, configs and models that no service of the document
/// uses. Wants the canonical form. Source: Docker Compose, which neither creates nor prints them.
void drop_unused(Node& document);

}  // namespace hoist::compose

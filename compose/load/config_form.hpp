#pragma once

#include "compose/load/node.hpp"

namespace hoist::compose {

/// Takes out what `docker compose config` leaves unsaid: a bind's path is created, an env file is required.
/// SSH keys become a list, `deploy` repeats `scale`. Wants settled values.
void to_config_form(Node& tree);

/// The tree as `docker compose config --format json` has it. It differs from the YAML: extensions below the
/// top level and models are left out, an absent command, `ipam` and some parts of `deploy` are written. Wants
/// the form of to_config_form. Source: Docker Compose 2.40 and compose-go's JSON tags.
Node to_json_form(Node tree);

}  // namespace hoist::compose

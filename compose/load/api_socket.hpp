#pragma once

#include "compose/load/node.hpp"

namespace hoist::compose {

/// The config in which services with `use_api_socket` get this machine's credentials; no file can have one of this
/// name.
inline constexpr const char* k_credentials_config = "#apisocket";

/// Whether a service of the document has `use_api_socket`.
bool uses_api_socket(const Node& document);

/// Gives such services what it stands for: the engine's socket, a config with credentials, and where to find that. Part
/// of what is made and hashed, not of what `config` shows.
///
/// Source: Docker Compose 5, apiSocket.go.
void open_api_sockets(Node& document);

}  // namespace hoist::compose

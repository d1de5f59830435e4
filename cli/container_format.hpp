#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "compose/plan/observed.hpp"

namespace hoist::cli {

/// "0.0.0.0:8080->80/tcp, 443/tcp": as Docker words the ports of a container. Neighbouring ports that are published
/// alike become one range: "0.0.0.0:8000-8002->8000-8002/tcp".
std::string format_ports(const std::vector<compose::Publisher>& publishers);

/// Options of `format_ps_*`.
struct PsFormat {
  std::chrono::system_clock::time_point now;
  bool full = false;  ///< ids and commands in full
};

/// The table that `ps` prints.
std::string format_ps_table(const std::vector<compose::ObservedContainer>& containers, const PsFormat& format);

/// One JSON object per line with Docker Compose's field names.
std::string format_ps_json(const std::vector<compose::ObservedContainer>& containers, const PsFormat& format);

/// The project's label on a container.
std::string project_of(const compose::ObservedContainer& container);

}  // namespace hoist::cli

#pragma once

#include <string_view>

#include "compose/model/service.hpp"

namespace hoist::compose {

/// The mount of a short entry "[SOURCE:]TARGET[:OPTIONS]", its source as written. A source that starts with
/// `.`, `/`, `~`, `\` or a drive letter is a bind mount, any other a volume; without one the volume is anonymous.
/// Errors: Error{bad_input}. The caller adds the place.
/// Source: Compose Specification, services.volumes; compose-go's format.ParseVolume.
Mount parse_volume(std::string_view spec);

}  // namespace hoist::compose

#pragma once

#include <filesystem>
#include <vector>

#include "compose/load/load.hpp"

namespace hoist::test {

/// The folders of all cases, sorted.
std::vector<std::filesystem::path> golden_cases();

/// What `arguments.txt` of a case asks for.
compose::LoadRequest request_of(const std::filesystem::path& directory);

}  // namespace hoist::test

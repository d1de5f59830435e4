#pragma once

#include <functional>
#include <vector>

namespace hoist::remote {

/// Runs all tasks, several at once (the caller's thread included), and returns when all have ended.
/// Errors: the first task's in list order that failed; the others still run to their end.
void in_parallel(const std::vector<std::function<void()>>& tasks);

}  // namespace hoist::remote

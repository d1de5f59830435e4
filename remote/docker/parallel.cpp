#include "remote/docker/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <system_error>
#include <thread>

namespace hoist::remote {

void in_parallel(const std::vector<std::function<void()>>& tasks) {
  constexpr std::size_t k_most_threads = 8;
  std::vector<std::exception_ptr> errors(tasks.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&tasks, &errors, &next] {
    for (std::size_t i = next++; i < tasks.size(); i = next++) {
      try {
        tasks[i]();
      } catch (...) {
        // An exception must not leave a thread: it is carried to the caller.
        errors[i] = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> helpers;
    try {
      for (std::size_t i = 1; i < std::min(tasks.size(), k_most_threads); ++i) helpers.emplace_back(work);
    } catch (const std::system_error&) {
      // No more threads to be had: those that run, and this one, do it all.
    }
    work();
  }
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

}  // namespace hoist::remote

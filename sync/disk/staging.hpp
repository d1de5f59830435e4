#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "compose/base/file.hpp"
#include "compose/base/text.hpp"
#include "sync/disk/root.hpp"

namespace hoist::sync {

/// How much of what was overwritten or removed is kept, also of earlier sessions; the oldest goes first.
struct TrashLimits {
  std::uint64_t bytes = 64U << 20U;
  std::size_t entries = 1000;
};

/// A directory of the engine's own in a root, on the same file system: where files are made before they are moved into
/// their places, and where those go that they replace. Made when it is first needed, for nobody else to look into.
class Staging {
 public:
  static constexpr const char* k_name = ".hoist-sync";

  Staging(const Root& root, const TrashLimits& limits)
      : root_(root), limits_(limits), prefix_(random_hex(k_prefix_bytes) + '-') {}
  /// Removes the directory when no trash is in it.
  ~Staging();
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  /// The directory; -1 and errno when it cannot be had.
  int fd();
  /// A name that nothing in the directory has.
  std::string new_name();
  /// Keeps the entry `name` of the directory as what was at `path`, and lets go of the oldest that are over the limits.
  void keep(const std::string& name, const std::string& path, std::uint64_t size);

 private:
  struct Kept {
    std::string name;
    std::uint64_t size = 0;
  };

  static constexpr std::size_t k_prefix_bytes = 8;

  void adopt();
  void drop_oldest();

  const Root& root_;
  const TrashLimits limits_;
  const std::string prefix_;  ///< of names, so that nobody else has made them
  Fd fd_;
  std::uint64_t next_ = 0;
  std::deque<Kept> kept_;
  std::uint64_t kept_bytes_ = 0;
};

}  // namespace hoist::sync

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sync/core/ignore.hpp"
#include "sync/disk/scan.hpp"
#include "sync/session/far_end.hpp"

namespace hoist::sync {

/// A directory of this machine as the far end of a session. It works when it is asked, so that its answers are there at
/// once.
class LocalFarEnd final : public FarEnd {
 public:
  /// `contents`: where files come from; it must outlive this. Errors: as Root.
  LocalFarEnd(const std::string& root, const IgnoreRules& rules, ContentSource& contents, std::optional<Owner> owner);

  void scan() override;
  void look(const std::string& path) override;
  void submit(std::uint64_t id, Step step) override;
  std::vector<FarEvent> take() override { return std::exchange(events_, {}); }

 private:
  Root root_;
  IgnoreRules rules_;
  ContentSource& contents_;
  Scanner scanner_;
  Applier applier_;
  Tree tree_;  ///< as it was last scanned
  std::vector<FarEvent> events_;
};

}  // namespace hoist::sync

#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "cli/watch/watched_tree.hpp"
#include "compose/base/byte_stream.hpp"
#include "sync/session/live_session.hpp"

namespace hoist::cli {

/// One rule in one container.
struct MirrorKey {
  std::string service;
  std::string container;  ///< id
  std::size_t rule = 0;   ///< index in the service's

  auto operator<=>(const MirrorKey&) const = default;
};

/// What a mirror has to tell since it was last asked.
struct MirrorReport {
  bool connected = false;     ///< for the first time
  std::uint64_t changes = 0;  ///< carried over
  bool edited = false;        ///< they come from edits here, and do not only mend what the container changed
  std::string last_path;      ///< of them
  bool settled = false;       ///< nothing is under way
  std::vector<std::string> problems;
  std::optional<std::string> lost;  ///< why it has ended; it has been closed
  bool halted = false;              ///< lost because of what happened here
};

/// The sync sessions of a watch: each carries a directory over to one container.
///
/// A container that is opened again goes on with what both sides agreed on before, so that what it has changed itself
/// is left alone. Thread: that of the owner.
class Mirrors {
 public:
  using StartAgent = std::function<std::unique_ptr<ByteStream>(const std::string& container, std::stop_token)>;

  /// `on_news` is called from threads of the sessions: `report` has something. It must not block.
  Mirrors(StartAgent start_agent, std::function<void(const MirrorKey&)> on_news);

  /// Begins to carry over; does nothing when it does already. Errors: as StartAgent and sync::LiveSession.
  void open(const MirrorKey& key, const WatchedTree& tree, std::stop_token stop);
  /// Ends those of a container that does not run any more.
  void close(const std::string& container);
  /// Forgets what is known of a container that is no more.
  void forget(const std::string& container);
  /// What has happened; nothing for one that is not open.
  std::optional<MirrorReport> report(const MirrorKey& key);
  /// Whether nothing is under way in any container of a service.
  bool is_settled(const std::string& service) const;

 private:
  struct Mirror {
    std::unique_ptr<sync::LiveSession> session;
    std::uint64_t told_changes = 0;
    bool told_connected = false;
    bool told_settled = false;
    bool goes_on = false;  ///< from a session before
    std::set<std::string> told_problems;
  };

  void keep(const MirrorKey& key, const Mirror& mirror);

  const StartAgent start_agent_;
  const std::function<void(const MirrorKey&)> on_news_;
  std::map<MirrorKey, sync::SessionOptions> continued_;  ///< of those that were closed
  std::map<MirrorKey, Mirror> mirrors_;
};

}  // namespace hoist::cli

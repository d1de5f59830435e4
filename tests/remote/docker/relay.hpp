#pragma once

#include <memory>
#include <string>

#include "remote/http/client.hpp"
#include "tests/support/temp_dir.hpp"

namespace hoist::test {

/// Stands between a client and an engine, and can do what engines do when they die or hang.
///
/// Thread: any.
class Relay {
 public:
  /// Listens on a Unix socket of its own; each connection goes on to the Unix socket `target`.
  explicit Relay(std::string target);
  ~Relay();

  remote::HttpEndpoint address() const;
  /// Ends all connections and listens no more, as when the engine is killed.
  void kill();
  /// Passes nothing on any more, in either direction; connections are still taken.
  void freeze();
  /// The bytes passed on to the client so far.
  std::size_t passed() const;

 private:
  class Loop;
  TempDir directory_;
  std::unique_ptr<Loop> loop_;
};

}  // namespace hoist::test

#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "compose/base/byte_stream.hpp"
#include "sync/session/session.hpp"
#include "sync/wire/messages.hpp"

namespace hoist::sync {

struct LiveRequest {
  std::string root;        ///< the directory here; absolute
  wire::Hello hello;       ///< what is asked of the agent; its rules count here too
  SessionOptions options;  ///< with the ancestor of the last session, if there was one
};

/// A session with the agent at the other end of a stream, watched and driven by a thread of its own until it is
/// destroyed, halts, or loses its agent.
///
/// Thread: any, for each method.
class LiveSession {
 public:
  /// `on_news` is called from a thread of the session when `status` or `fault` have changed; it must not block and not
  /// call back. Errors: as Root and InotifyWatcher, when the directory cannot be watched.
  LiveSession(LiveRequest request, std::unique_ptr<ByteStream> stream, std::function<void()> on_news);
  ~LiveSession();
  LiveSession(const LiveSession&) = delete;
  LiveSession& operator=(const LiveSession&) = delete;

  SessionStatus status() const;
  /// Why it has ended; null as long as it has not. What halts it is told by `status`.
  std::exception_ptr fault() const;
  /// Returns when all that was done here before is at the far end. Errors: the session's fault; Error{failed} when it
  /// has halted; Error{cancelled}.
  void flush(std::stop_token stop);
  /// The options with which the next session goes on from here.
  SessionOptions continued() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hoist::sync

#pragma once

#include <functional>
#include <memory>

#include "compose/base/byte_stream.hpp"
#include "sync/session/far_end.hpp"
#include "sync/wire/messages.hpp"

namespace hoist::sync {

/// An agent at the other end of a stream as the far end of a session. One thread writes what is asked, with the content
/// of files read when their turn comes; one reads the answers.
class WireFarEnd final : public FarEnd {
 public:
  /// `stream` and `contents` must outlive it; `contents` is used by the writing thread alone. `known`: what the far
  /// end's tree was when it was last seen; when it still is, it need not be sent. `on_news` is called from a thread of
  /// its own when `take` may have something.
  WireFarEnd(ByteStream& stream, const wire::Hello& hello, ContentSource& contents, Tree known,
             std::function<void()> on_news);
  ~WireFarEnd() override;

  void scan() override;
  void look(const std::string& path) override;
  void submit(std::uint64_t id, Step step) override;
  std::vector<FarEvent> take() override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hoist::sync

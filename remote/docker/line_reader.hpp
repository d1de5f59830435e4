#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace hoist::remote {

/// Cuts a stream of pieces into lines without their ends ("\n" or "\r\n"); empty lines are left out.
class LineReader {
 public:
  using OnLine = std::function<void(std::string_view)>;

  enum class LongLine { refuse, cut };

  /// The other end decides how long its lines are, but not how much memory they take: one of more than `limit` bytes is
  /// an error, or is handed over in pieces.
  LineReader(OnLine on_line, std::size_t limit, LongLine long_line = LongLine::refuse)
      : on_line_(std::move(on_line)), limit_(limit), long_line_(long_line) {}

  /// Takes the next piece. Errors: Error{failed} for a line over the limit that is refused; what `on_line` throws.
  void feed(std::string_view piece);
  /// Hands over what is left when the stream has ended.
  void finish();

 private:
  void hand_over(std::string_view line);

  OnLine on_line_;
  std::size_t limit_;
  LongLine long_line_;
  std::string held_;
};

}  // namespace hoist::remote

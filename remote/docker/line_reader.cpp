#include "remote/docker/line_reader.hpp"

#include <fmt/format.h>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"

namespace hoist::remote {

void LineReader::hand_over(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (!line.empty()) on_line_(line);
}

void LineReader::feed(std::string_view piece) {
  while (!piece.empty()) {
    const std::size_t end = piece.find('\n');
    const std::string_view part = piece.substr(0, end);
    if (held_.size() + part.size() > limit_) {
      if (long_line_ == LongLine::cut) {
        const std::size_t taken = limit_ - held_.size();
        held_ += part.substr(0, taken);
        finish();
        piece.remove_prefix(taken);
        continue;
      }
      throw Error(ErrorCode::failed,
                  fmt::format("the engine sent a line of more than {}", human_size(static_cast<double>(limit_))));
    }
    if (end == std::string_view::npos) {
      held_ += part;
      return;
    }
    if (held_.empty()) {
      hand_over(part);
    } else {
      held_ += part;
      const std::string line = std::exchange(held_, {});
      hand_over(line);
    }
    piece.remove_prefix(end + 1);
  }
}

void LineReader::finish() {
  const std::string line = std::exchange(held_, {});
  hand_over(line);
}

}  // namespace hoist::remote

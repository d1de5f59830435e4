#include "remote/docker/frame_decoder.hpp"

#include <algorithm>

#include "compose/base/error.hpp"

namespace hoist::remote {

void FrameDecoder::feed(std::string_view bytes, const OnPiece& on_piece) {
  while (!bytes.empty()) {
    if (payload_left_ == 0) {
      const std::size_t take = std::min(bytes.size(), head_.size() - head_size_);
      std::copy_n(bytes.begin(), take, head_.begin() + static_cast<std::ptrdiff_t>(head_size_));
      head_size_ += take;
      bytes.remove_prefix(take);
      if (head_size_ == head_.size()) read_head();
      continue;
    }
    const std::size_t take = std::min<std::size_t>(bytes.size(), payload_left_);
    on_piece(stream_, bytes.substr(0, take));
    payload_left_ -= static_cast<std::uint32_t>(take);
    bytes.remove_prefix(take);
  }
}

void FrameDecoder::read_head() {
  // 0 = standard input (as engines echo it), 1 = output, 2 = errors, 3 = the engine's own complaints.
  if (head_[0] > 3 || head_[1] != 0 || head_[2] != 0 || head_[3] != 0) {
    throw Error(ErrorCode::unavailable, "the engine's output stream is damaged");
  }
  stream_ = head_[0] >= 2 ? compose::OutputStream::err : compose::OutputStream::out;
  payload_left_ = static_cast<std::uint32_t>(head_[4]) << 24U | static_cast<std::uint32_t>(head_[5]) << 16U |
                  static_cast<std::uint32_t>(head_[6]) << 8U | static_cast<std::uint32_t>(head_[7]);
  head_size_ = 0;
}

}  // namespace hoist::remote

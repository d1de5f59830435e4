#pragma once

#include "compose/base/byte_stream.hpp"
#include "compose/base/file.hpp"

namespace hoist {

/// A pair of pipes, a socket or our standard input and output as a stream.
class FdStream final : public ByteStream {
 public:
  /// Both become non-blocking, and may be the same file opened twice.
  FdStream(Fd in, Fd out);

  std::size_t read(std::span<char> into, std::stop_token stop) override;
  void write(std::string_view bytes, std::stop_token stop) override;
  void close_write() override { out_.reset(); }

 private:
  Fd in_;
  Fd out_;
};

}  // namespace hoist

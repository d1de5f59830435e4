#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "compose/base/error.hpp"
#include "remote/docker/frame_decoder.hpp"
#include "remote/docker/line_reader.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using namespace hoist;

struct Decoded {
  std::vector<std::pair<compose::OutputStream, std::string>> pieces;  ///< neighbours of one stream joined
  std::vector<std::string> lines;
  bool damaged = false;
  bool boundary = false;

  bool operator==(const Decoded&) const = default;
};

Decoded decode(std::string_view bytes, std::size_t step) {
  Decoded result;
  remote::FrameDecoder decoder;
  remote::LineReader reader([&result](std::string_view line) { result.lines.emplace_back(line); }, 1U << 20U);
  try {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size()))) {
      decoder.feed(bytes.substr(0, step), [&](compose::OutputStream stream, std::string_view piece) {
        if (result.pieces.empty() || result.pieces.back().first != stream) result.pieces.emplace_back(stream, "");
        result.pieces.back().second += piece;
        reader.feed(piece);
      });
    }
    result.boundary = decoder.at_boundary();
  } catch (const Error& error) {
    fuzz::check(error.code() == ErrorCode::unavailable, "a damaged stream is the engine's fault");
    result.damaged = true;
  }
  reader.finish();
  return result;
}

}  // namespace

/// The first byte says how the rest is cut into pieces: the output is the same for every cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes = fuzz::text_of(data, size).substr(1);
  const Decoded whole = decode(bytes, bytes.size() + 1);
  fuzz::check(decode(bytes, 1) == whole, "byte by byte gives the same");
  fuzz::check(decode(bytes, 1U + data[0]) == whole, "any cut gives the same");
  for (const std::string& line : whole.lines) {
    fuzz::check(!line.empty() && line.find('\n') == std::string::npos, "a line is one line");
  }
  return 0;
}

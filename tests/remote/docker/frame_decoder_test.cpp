#include "remote/docker/frame_decoder.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "compose/base/error.hpp"

using namespace hoist;
using namespace hoist::compose;
using namespace hoist::remote;

namespace {

std::string frame(char stream, const std::string& text) {
  std::string head(8, '\0');
  head[0] = stream;
  head[6] = static_cast<char>(text.size() >> 8U & 0xffU);
  head[7] = static_cast<char>(text.size() & 0xffU);
  return head + text;
}

}  // namespace

TEST_CASE("the two outputs come apart however the bytes are cut", "[docker][frames]") {
  const std::string bytes = frame(1, "out") + frame(2, "") + frame(2, "err") + frame(0, "in") + frame(3, "engine") +
                            frame(1, std::string(300, 'x'));
  const auto size = GENERATE(1U, 3U, 7U, 8U, 9U, 1000U);
  FrameDecoder decoder;
  std::string out, err;
  const auto collect = [&out, &err](OutputStream from, std::string_view piece) {
    (from == OutputStream::err ? err : out) += piece;
  };
  for (std::size_t i = 0; i < bytes.size(); i += size) {
    decoder.feed(std::string_view(bytes).substr(i, size), collect);
  }
  CHECK(out == "outin" + std::string(300, 'x'));
  CHECK(err == "errengine");
  CHECK(decoder.at_boundary());
}

TEST_CASE("a stream that ends within a frame was cut off", "[docker][frames]") {
  const std::string bytes = frame(1, "out");
  const auto size = GENERATE(1U, 7U, 8U, 10U);
  FrameDecoder decoder;
  decoder.feed(std::string_view(bytes).substr(0, size), [](OutputStream, std::string_view) {});
  CHECK_FALSE(decoder.at_boundary());
}

TEST_CASE("a head that cannot be one is a damaged stream", "[docker][frames]") {
  const auto bytes =
      GENERATE(as<std::string>{}, "plain text", std::string("\4\0\0\0\0\0\0\1", 8), std::string("\1\0\1\0\0\0\0\1", 8));
  FrameDecoder decoder;
  CHECK_THROWS_WITH(decoder.feed(bytes, [](OutputStream, std::string_view) {}),
                    "the engine's output stream is damaged");
}

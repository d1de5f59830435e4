#include "remote/docker/build_trace.hpp"

#include <catch2/catch.hpp>

#include "compose/base/error.hpp"
#include "remote/docker/base64.hpp"
#include "remote/docker/line_reader.hpp"
#include "remote/docker/protobuf_reader.hpp"

using namespace hoist;
using namespace hoist::remote;

TEST_CASE("base64 is read in both alphabets, with padding and without", "[docker][base64]") {
  const std::string all{"\xfb\xff\xfe\x00x", 5};
  CHECK(encode_base64(all) == "+//+AHg=");
  CHECK(encode_base64_url(all) == "-__-AHg=");
  CHECK(decode_base64("+//+AHg=") == all);
  CHECK(decode_base64("-__-AHg") == all);
  CHECK_FALSE(decode_base64("a"));
  CHECK_FALSE(decode_base64("a*b="));
  CHECK(encode_base64("").empty());
}

TEST_CASE("a report that an engine sent is decoded", "[docker][trace]") {
  const auto step = decode_build_trace(
      *decode_base64("CosBCkdzaGEyNTY6ZWM4NTk0YTQ5Y2VmNWU2OTVlMTIyNWMzZDdhODg5NWNiNzc1ZDk0MTc5Y2RlNWVkOTk1MDk"
                     "xM2Y0MzUwMTI1OBokW2lu"
                     "dGVybmFsXSBsb2FkIHJlbW90ZSBidWlsZCBjb250ZXh0KgwI8aeV2AYQk6brsAMyDAjxp5XYBhDJ8tyyAw=="));
  REQUIRE(step);
  REQUIRE(step->vertexes.size() == 1);
  CHECK(step->vertexes[0].name == "[internal] load remote build context");
  CHECK(step->vertexes[0].started);
  CHECK(step->vertexes[0].completed);
  CHECK_FALSE(step->vertexes[0].cached);

  const auto output =
      decode_build_trace(*decode_base64("Gl4KR3NoYTI1NjphOGE3YmE1N2RlOGJhZmU2ZTc1YjNjNjY0NDMyYzBiYjJmMTA2ZDBm"
                                        "NDc2ODU2NWU2YzYyZTkyNDcwOWY3NTdlEgsI8qeV2AYQ"
                                        "xpvcNRgCIgRlcnIKGmAKR3NoYTI1NjphOGE3YmE1N2RlOGJhZmU2ZTc1YjNjNjY0NDMy"
                                        "YzBiYjJmMTA2ZDBmNDc2ODU2NWU2YzYyZTkyNDcwOWY3"
                                        "NTdlEgsI8qeV2AYQjLzeNRgBIgZoZWxsbwo="));
  REQUIRE(output);
  REQUIRE(output->logs.size() == 2);
  CHECK(output->logs[0].text == "err\n");
  CHECK(output->logs[0].stream == 2);
  CHECK(output->logs[1].text == "hello\n");
}

TEST_CASE("a report that is cut anywhere is refused or a shorter report, never a fault", "[docker][trace]") {
  const std::string whole = *decode_base64(
      "CosBCkdzaGEyNTY6ZWM4NTk0YTQ5Y2VmNWU2OTVlMTIyNWMzZDdhODg5NWNiNzc1ZDk0MTc5Y2RlNWVkOTk1MDkxM2Y0MzUwMTI1OB"
      "okW2lu"
      "dGVybmFsXSBsb2FkIHJlbW90ZSBidWlsZCBjb250ZXh0KgwI8aeV2AYQk6brsAMyDAjxp5XYBhDJ8tyyAw==");
  for (std::size_t size = 1; size < whole.size(); ++size) CHECK_FALSE(decode_build_trace(whole.substr(0, size)));
  CHECK(decode_build_trace("") == BuildTrace{});
}

TEST_CASE("fields that are not well formed end the message", "[docker][protobuf]") {
  const auto bytes = GENERATE(as<std::string>{},
                              std::string("\x0a\x05"
                                          "ab"),
                              std::string("\x0b"), std::string("\x00\x01", 2), std::string(11, '\xff'),
                              std::string("\x0d\x01\x02"), std::string("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
  ProtobufReader reader(bytes);
  while (reader.next()) {
  }
  CHECK_FALSE(reader.intact());
}

TEST_CASE("lines come out whole however the pieces fall", "[docker][lines]") {
  const auto size = GENERATE(1U, 2U, 3U, 100U);
  std::vector<std::string> lines;
  LineReader reader([&lines](std::string_view line) { lines.emplace_back(line); }, 10);
  const std::string text = "one\r\ntwo\n\n\r\nthree";
  for (std::size_t i = 0; i < text.size(); i += size) reader.feed(std::string_view(text).substr(i, size));
  reader.finish();
  CHECK(lines == std::vector<std::string>{"one", "two", "three"});
}

TEST_CASE("a line without end is an error, not a memory leak", "[docker][lines]") {
  LineReader reader([](std::string_view) {}, 10);
  reader.feed("0123456789");
  CHECK_THROWS_AS(reader.feed("x"), Error);
}

TEST_CASE("lines that are too long are cut where that is wanted", "[docker]") {
  std::vector<std::string> lines;
  LineReader reader([&lines](std::string_view line) { lines.emplace_back(line); }, 4, LineReader::LongLine::cut);
  for (const char* piece : {"abcdefghij", "klm\nno", "\n"}) reader.feed(piece);
  reader.finish();
  CHECK(lines == std::vector<std::string>{"abcd", "efgh", "ijkl", "m", "no"});
}

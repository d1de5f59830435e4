#include "sync/core/digest.hpp"

#include <catch2/catch.hpp>

using namespace hoist::sync;

TEST_CASE("a digest does not depend on how the bytes come", "[sync]") {
  std::string bytes;
  for (int i = 0; i < 100'000; ++i) bytes += static_cast<char>(i * 7);
  for (const std::size_t piece : {1U, 3U, 4096U, 65'537U}) {
    Digester digester;
    for (std::size_t at = 0; at < bytes.size(); at += piece) digester.add(std::string_view(bytes).substr(at, piece));
    CHECK(digester.digest() == digest_of(bytes));
  }
}

TEST_CASE("a digest is that of XXH3, 128 bits", "[sync]") {
  CHECK(to_string(digest_of("")) == "99aa06d3014798d86001c324468d497f");
  CHECK(to_string(digest_of("a")) != to_string(digest_of("b")));
}

#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace hoist::sync {

/// What tells contents apart: 128 bits of XXH3. No defence against somebody who makes two contents with one digest.
struct Digest {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  auto operator<=>(const Digest&) const = default;
};

/// 32 hexadecimal digits, for texts.
std::string to_string(const Digest& digest);

Digest digest_of(std::string_view bytes);

/// The digest of bytes that come in pieces.
class Digester {
 public:
  Digester();
  ~Digester();
  Digester(const Digester&) = delete;
  Digester& operator=(const Digester&) = delete;

  void add(std::string_view bytes);
  /// Of all that was added so far.
  Digest digest() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hoist::sync

#include "sync/core/digest.hpp"

// The library's code becomes part of ours: the agent is linked to nothing.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace hoist::sync {
namespace {

Digest from(XXH128_hash_t hash) {
  return {hash.high64, hash.low64};
}

}  // namespace

struct Digester::State {
  XXH3_state_t hash;
};

std::string to_string(const Digest& digest) {
  constexpr std::string_view k_digits = "0123456789abcdef";
  std::string text(32, '0');
  for (std::size_t i = 0; i < 16; ++i) {
    text[i] = k_digits[(digest.high >> (60 - 4 * i)) & 0xF];
    text[16 + i] = k_digits[(digest.low >> (60 - 4 * i)) & 0xF];
  }
  return text;
}

Digest digest_of(std::string_view bytes) {
  return from(XXH3_128bits(bytes.data(), bytes.size()));
}

Digester::Digester() : state_(std::make_unique<State>()) {
  XXH3_128bits_reset(&state_->hash);
}

Digester::~Digester() = default;

void Digester::add(std::string_view bytes) {
  XXH3_128bits_update(&state_->hash, bytes.data(), bytes.size());
}

Digest Digester::digest() const {
  return from(XXH3_128bits_digest(&state_->hash));
}

}  // namespace hoist::sync

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sync/core/tree.hpp"

namespace hoist::sync {

/// Writes values one after the other: numbers in as few bytes as they need, texts with their length in front.
class WireWriter {
 public:
  void number(std::uint64_t value);
  /// Small negative numbers are short as well.
  void signed_number(std::int64_t value);
  void flag(bool value) { number(value ? 1 : 0); }
  void text(std::string_view value);
  void digest(const Digest& value);
  /// A tree with all that it holds, without stamps but for the time of files; or nothing.
  void tree(const Tree& value);

  std::string take() { return std::move(out_); }

 private:
  void node(const Node& value);

  std::string out_;
};

/// Reads what WireWriter wrote, from whoever it comes: no input makes it read, allocate or recurse without bounds.
/// Errors of every method: Error{failed} when the bytes are not that.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : left_(bytes) {}

  std::uint64_t number();
  /// At most `most`.
  std::uint64_t number(std::uint64_t most);
  std::int64_t signed_number();
  bool flag() { return number(1) == 1; }
  std::string text();
  /// Names an entry below a root: see is_valid_path.
  std::string path();
  Digest digest();
  Tree tree();
  /// Nothing may be left.
  void finish() const;

 private:
  Tree node(int depth);
  std::string_view bytes(std::uint64_t count);

  std::string_view left_;
};

}  // namespace hoist::sync

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace hoist::remote {

/// One field of an encoded protocol buffer message.
struct ProtobufField {
  std::uint32_t number = 0;
  std::uint64_t integer = 0;  ///< varint and fixed fields
  std::string_view bytes;     ///< length-delimited fields: text, bytes, an inner message

  /// The integer as a signed 64-bit value (int64, not sint64).
  std::int64_t as_signed() const { return static_cast<std::int64_t>(integer); }
};

/// Reads the fields of a message one after the other. Copies nothing, never reads past the end; safe on any
/// bytes.
///
/// Source: the protocol buffers encoding, without groups.
class ProtobufReader {
 public:
  explicit ProtobufReader(std::string_view message) : rest_(message) {}

  /// The next field; nothing at the end and after a fault.
  std::optional<ProtobufField> next();
  /// False once the message has turned out not to be well formed.
  bool intact() const { return intact_; }

 private:
  std::optional<std::uint64_t> varint();
  std::optional<std::uint64_t> fixed(std::size_t width);

  std::string_view rest_;
  bool intact_ = true;
};

}  // namespace hoist::remote

#include "remote/docker/protobuf_reader.hpp"

namespace hoist::remote {
namespace {

constexpr std::uint64_t k_largest_number = (1ULL << 29U) - 1;

enum WireType : unsigned { k_varint = 0, k_fixed64 = 1, k_bytes = 2, k_fixed32 = 5 };

}  // namespace

std::optional<std::uint64_t> ProtobufReader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
    if ((byte & 0x80U) == 0) return value;
  }
  intact_ = false;
  return std::nullopt;
}

std::optional<std::uint64_t> ProtobufReader::fixed(std::size_t width) {
  if (rest_.size() < width) {
    intact_ = false;
    return std::nullopt;
  }
  std::uint64_t value = 0;
  for (std::size_t i = width; i > 0; --i) value = value << 8U | static_cast<unsigned char>(rest_[i - 1]);
  rest_.remove_prefix(width);
  return value;
}

std::optional<ProtobufField> ProtobufReader::next() {
  if (!intact_ || rest_.empty()) return std::nullopt;
  const std::optional<std::uint64_t> key = varint();
  if (!key) return std::nullopt;
  ProtobufField field;
  const std::uint64_t number = *key >> 3U;
  std::optional<std::uint64_t> value;
  switch (static_cast<unsigned>(*key & 7U)) {
    case k_varint:
      value = varint();
      break;
    case k_fixed64:
      value = fixed(8);
      break;
    case k_fixed32:
      value = fixed(4);
      break;
    case k_bytes:
      value = varint();
      if (value && *value > rest_.size()) value.reset();
      if (value) {
        field.bytes = rest_.substr(0, static_cast<std::size_t>(*value));
        rest_.remove_prefix(field.bytes.size());
      }
      break;
    default:
      break;
  }
  if (!value || number == 0 || number > k_largest_number) {
    intact_ = false;
    return std::nullopt;
  }
  field.number = static_cast<std::uint32_t>(number);
  field.integer = *value;
  return field;
}

}  // namespace hoist::remote

#include "sync/wire/codec.hpp"

#include "compose/base/error.hpp"
#include "sync/core/path.hpp"

namespace hoist::sync {
namespace {

/// As deep as a scan goes, and a little more.
constexpr int k_deepest = 220;
constexpr std::uint64_t k_kinds = 3;  ///< stands for "nothing" where a kind may stand

[[noreturn]] void refuse(const char* what) {
  throw Error(ErrorCode::failed, std::string("the other end sent ") + what);
}

bool is_name(std::string_view name) {
  return !name.empty() && name.find('/') == std::string_view::npos && is_valid_path(name);
}

}  // namespace

void WireWriter::number(std::uint64_t value) {
  while (value >= 0x80) {
    out_ += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  out_ += static_cast<char>(value);
}

void WireWriter::signed_number(std::int64_t value) {
  number((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}

void WireWriter::text(std::string_view value) {
  number(value.size());
  out_ += value;
}

void WireWriter::digest(const Digest& value) {
  for (const std::uint64_t half : {value.high, value.low}) {
    for (int shift = 0; shift < 64; shift += 8) out_ += static_cast<char>(half >> shift);
  }
}

void WireWriter::tree(const Tree& value) {
  if (value) {
    node(*value);
  } else {
    number(k_kinds);
  }
}

void WireWriter::node(const Node& value) {
  number(static_cast<std::uint64_t>(value.kind()));
  switch (value.kind()) {
    case NodeKind::directory:
      number(value.mode());
      number(value.children().size());
      for (const Child& child : value.children()) {
        text(child.name);
        node(*child.node);
      }
      break;
    case NodeKind::file:
      number(value.mode());
      number(value.size());
      digest(value.digest());
      signed_number(value.stamp().modified);
      break;
    case NodeKind::symlink:
      text(value.target());
      signed_number(value.stamp().modified);
      break;
  }
}

std::uint64_t WireReader::number() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes(1).front());
    const std::uint64_t part = byte & 0x7FU;
    if (shift == 63 && part > 1) break;
    value |= part << shift;
    if ((byte & 0x80U) != 0) continue;
    // One form for each number, so that what is read can be written again as it was.
    if (part == 0 && shift > 0) break;
    return value;
  }
  refuse("a number that is none");
}

std::uint64_t WireReader::number(std::uint64_t most) {
  const std::uint64_t value = number();
  if (value > most) refuse("a number that is too large");
  return value;
}

std::int64_t WireReader::signed_number() {
  const std::uint64_t value = number();
  return static_cast<std::int64_t>((value >> 1) ^ (0 - (value & 1)));
}

std::string_view WireReader::bytes(std::uint64_t count) {
  if (count > left_.size()) refuse("a message that is cut off");
  const std::string_view taken = left_.substr(0, count);
  left_.remove_prefix(count);
  return taken;
}

std::string WireReader::text() {
  return std::string(bytes(number()));
}

std::string WireReader::path() {
  std::string value = text();
  if (!is_valid_path(value)) refuse("a path that leads nowhere");
  return value;
}

Digest WireReader::digest() {
  const auto half = [this] {
    std::uint64_t value = 0;
    const std::string_view raw = bytes(8);
    for (std::size_t i = 0; i < 8; ++i) value |= std::uint64_t{static_cast<unsigned char>(raw[i])} << (8 * i);
    return value;
  };
  const std::uint64_t high = half();
  return {high, half()};
}

Tree WireReader::tree() {
  return node(0);
}

Tree WireReader::node(int depth) {
  constexpr unsigned k_most_mode = 07777;
  const std::uint64_t kind = number(k_kinds);
  if (kind == k_kinds) {
    if (depth > 0) refuse("a tree with a hole");
    return nullptr;
  }
  switch (static_cast<NodeKind>(kind)) {
    case NodeKind::directory: {
      if (depth == k_deepest) refuse("a tree that is too deep");
      const auto mode = static_cast<unsigned>(number(k_most_mode));
      const std::uint64_t count = number(left_.size());  // a child takes more than a byte
      Children children;
      for (std::uint64_t i = 0; i < count; ++i) {
        std::string name = text();
        if (!is_name(name)) refuse("a name that is none");
        if (!children.empty() && children.back().name >= name) refuse("names that are out of order");
        Tree child = node(depth + 1);
        children.push_back({std::move(name), std::move(child)});
      }
      return Node::directory(mode, std::move(children));
    }
    case NodeKind::file: {
      const auto mode = static_cast<unsigned>(number(k_most_mode));
      const std::uint64_t size = number();
      const Digest content = digest();
      return Node::file(mode, size, content, {.modified = signed_number()});
    }
    case NodeKind::symlink: {
      std::string target = text();
      return Node::symlink(std::move(target), {.modified = signed_number()});
    }
  }
  refuse("a kind that is none");
}

void WireReader::finish() const {
  if (!left_.empty()) refuse("more than a message holds");
}

}  // namespace hoist::sync

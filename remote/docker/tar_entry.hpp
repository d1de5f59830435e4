#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hoist::remote {

/// A tar archive is made of blocks of this size, in bytes; two empty ones end it.
inline constexpr std::size_t k_tar_block = 512;

/// What stands before the content of one entry.
struct TarEntry {
  std::string name;
  std::string link;
  char type = '0';
  std::uint64_t size = 0;
  unsigned mode = 0;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::int64_t mtime = 0;
  unsigned device_major = 0;
  unsigned device_minor = 0;
};

/// The bytes that fill up the last block of a content of `size` bytes.
std::size_t tar_padding(std::uint64_t size);

/// Appends the header of an entry. What ustar cannot hold goes into a pax header before it.
void put_tar_entry(std::string& out, const TarEntry& entry);

/// Appends a whole file; the size is that of `content`.
void put_tar_file(std::string& out, TarEntry entry, std::string_view content);

}  // namespace hoist::remote

#include "remote/docker/tar_entry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace hoist::remote {
namespace {

constexpr std::uint64_t k_ustar_size_limit = 1ULL << 33U;  // eleven octal digits
constexpr std::int64_t k_ustar_time_limit = 1LL << 33U;    // eleven octal digits
constexpr std::uint32_t k_ustar_mode_bits = 07777U;
constexpr std::uint32_t k_ustar_id_limit = 1U << 21U;  // seven octal digits
constexpr std::size_t k_ustar_name_limit = 100;

bool is_plain(std::string_view text) {
  return text.size() <= k_ustar_name_limit &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0 && c < 0x7f; });
}

bool is_ustar_time(std::int64_t seconds) {
  return seconds >= 0 && seconds < k_ustar_time_limit;
}

/// A pax record counts its own length: "30 path=...\n".
std::string pax_record(std::string_view key, std::string_view value) {
  const std::size_t rest = key.size() + value.size() + 3;
  std::size_t length = rest + 1;
  while (length != rest + std::to_string(length).size()) length = rest + std::to_string(length).size();
  return fmt::format("{} {}={}\n", length, key, value);
}

void put_octal(std::string& header, std::size_t at, std::size_t width, std::uint64_t value) {
  header.replace(at, width - 1, fmt::format("{:0{}o}", value, width - 1));
}

void put_text(std::string& header, std::size_t at, std::size_t width, std::string_view text) {
  text = text.substr(0, width);
  header.replace(at, text.size(), text);
}

void put_header(std::string& out, const TarEntry& entry) {
  std::string header(k_tar_block, '\0');
  put_text(header, 0, k_ustar_name_limit, entry.name);
  put_octal(header, 100, 8, entry.mode & k_ustar_mode_bits);
  put_octal(header, 108, 8, entry.uid < k_ustar_id_limit ? entry.uid : 0);
  put_octal(header, 116, 8, entry.gid < k_ustar_id_limit ? entry.gid : 0);
  put_octal(header, 124, 12, entry.size < k_ustar_size_limit ? entry.size : 0);
  put_octal(header, 136, 12, is_ustar_time(entry.mtime) ? static_cast<std::uint64_t>(entry.mtime) : 0);
  header.replace(148, 8, "        ");
  header[156] = entry.type;
  put_text(header, 157, k_ustar_name_limit, entry.link);
  put_text(header, 257, 6, std::string_view("ustar\0", 6));
  put_text(header, 263, 2, "00");
  put_octal(header, 329, 8, entry.device_major);
  put_octal(header, 337, 8, entry.device_minor);
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  header.replace(148, 8, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  out += header;
}

}  // namespace

std::size_t tar_padding(std::uint64_t size) {
  return static_cast<std::size_t>((k_tar_block - size % k_tar_block) % k_tar_block);
}

void put_tar_entry(std::string& out, const TarEntry& entry) {
  std::string records;
  if (!is_plain(entry.name)) records += pax_record("path", entry.name);
  if (!is_plain(entry.link)) records += pax_record("linkpath", entry.link);
  if (entry.size >= k_ustar_size_limit) records += pax_record("size", std::to_string(entry.size));
  if (!is_ustar_time(entry.mtime)) records += pax_record("mtime", std::to_string(entry.mtime));
  if (entry.uid >= k_ustar_id_limit) records += pax_record("uid", std::to_string(entry.uid));
  if (entry.gid >= k_ustar_id_limit) records += pax_record("gid", std::to_string(entry.gid));
  if (!records.empty()) {
    put_header(out, {.name = "PaxHeaders/entry", .type = 'x', .size = records.size(), .mode = 0644});
    out += records;
    out.append(tar_padding(records.size()), '\0');
  }
  put_header(out, entry);
}

void put_tar_file(std::string& out, TarEntry entry, std::string_view content) {
  entry.size = content.size();
  put_tar_entry(out, entry);
  out += content;
  out.append(tar_padding(content.size()), '\0');
}

}  // namespace hoist::remote

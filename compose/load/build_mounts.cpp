#include <fmt/format.h>

#include <array>

#include "compose/load/build_parts.hpp"

namespace hoist::compose {
namespace {

Mount::Type type_of(const Attribute& type) {
  constexpr std::array k_names{"bind", "volume", "tmpfs", "image", "npipe", "cluster"};
  const std::string text = type.text();
  for (std::size_t i = 0; i < k_names.size(); ++i) {
    if (text == k_names[i]) return static_cast<Mount::Type>(i);
  }
  if (!text.empty()) type.fail(fmt::format("unknown type of mount '{}'", text));
  return Mount::Type::volume;
}

Mount build_mount(const Attribute& entry, const Attribute& document) {
  Mount mount;
  mount.type = type_of(entry["type"]);
  mount.source = entry["source"].text();
  mount.target = entry["target"].text();
  mount.read_only = entry["read_only"].flag();
  mount.consistency = entry["consistency"].text();
  mount.location = entry.location();
  if (mount.type == Mount::Type::volume && !mount.source.empty()) {
    mount.volume_name = document["volumes"][mount.source]["name"].text();
  }
  const Attribute bind = entry["bind"];
  mount.bind_propagation = bind["propagation"].text();
  mount.bind_selinux = bind["selinux"].text();
  mount.bind_recursive = bind["recursive"].text();
  mount.bind_create_host_path = mount.type == Mount::Type::bind && bind.given() && bind["create_host_path"].flag(true);
  mount.volume_nocopy = entry["volume"]["nocopy"].flag();
  mount.volume_labels = entry["volume"]["labels"].text_map();
  mount.subpath = entry[mount.type == Mount::Type::image ? "image" : "volume"]["subpath"].text();
  mount.tmpfs_size = entry["tmpfs"]["size"].bytes();
  mount.tmpfs_mode = static_cast<std::uint32_t>(entry["tmpfs"]["mode"].integer(0, 07777));
  return mount;
}

}  // namespace

StringMap build_tmpfs(const Attribute& tmpfs) {
  StringMap all;
  for (const Attribute& entry : tmpfs.items()) {
    const std::string text = entry.text();
    const std::size_t colon = text.find(':');
    all[text.substr(0, colon)] = colon == text.npos ? std::string() : text.substr(colon + 1);
  }
  return all;
}

std::vector<Mount> build_mounts(const Attribute& service, const Attribute& document) {
  std::vector<Mount> mounts;
  for (const Attribute& entry : service["volumes"].items()) mounts.push_back(build_mount(entry, document));
  return mounts;
}

}  // namespace hoist::compose

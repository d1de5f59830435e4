#include "compose/load/short_forms.hpp"

#include <fmt/format.h>

#include "compose/base/text.hpp"
#include "compose/load/canonical.hpp"
#include "compose/load/short_ports.hpp"
#include "compose/load/short_volumes.hpp"

namespace hoist::compose {
namespace {

void put_text(Node& mapping, std::string_view key, const std::string& text) {
  if (!text.empty()) mapping.set(key, Node(text, mapping.location));
}

Node port_node(const PortMapping& port, const SourceLocation& where) {
  Node node(Node::Mapping{}, where);
  put_text(node, "mode", port.mode);
  put_text(node, "host_ip", port.host_ip);
  node.set("target", Node(std::int64_t{port.target}, where));
  put_text(node, "published", port.published);
  put_text(node, "protocol", port.protocol);
  return node;
}

Node volume_node(const Mount& mount, bool anonymous_short, const SourceLocation& where) {
  Node node(Node::Mapping{}, where);
  const bool bind = mount.type == Mount::Type::bind;
  node.set("type", Node(bind ? "bind" : "volume", where));
  put_text(node, "source", mount.source);
  put_text(node, "target", mount.target.empty() ? std::string() : clean_path(mount.target));
  if (mount.read_only) node.set("read_only", Node(true, where));
  if (bind || !mount.bind_propagation.empty() || !mount.bind_selinux.empty()) {
    Node options(Node::Mapping{}, where);
    put_text(options, "selinux", mount.bind_selinux);
    put_text(options, "propagation", mount.bind_propagation);
    if (bind) options.set("create_host_path", Node(true, where));
    node.set("bind", std::move(options));
  }
  if ((!bind && !anonymous_short) || mount.volume_nocopy) {
    Node options(Node::Mapping{}, where);
    if (mount.volume_nocopy) options.set("nocopy", Node(true, where));
    node.set("volume", std::move(options));
  }
  return node;
}

}  // namespace

void expand_ports(Node& ports, Visit& visit, bool keep_unreadable) {
  if (!ports.is_sequence()) return;
  Node::Sequence expanded;
  for (std::size_t i = 0; i < ports.items().size(); ++i) {
    Node& entry = ports.items()[i];
    if (!entry.is_scalar()) {
      expanded.push_back(entry);
      continue;
    }
    try {
      for (const PortMapping& port : parse_ports(entry.scalar_text())) {
        expanded.push_back(port_node(port, entry.location));
      }
    } catch (const Error& error) {
      // A finding like all others, so that a person sees all of a file's at once.
      if (keep_unreadable) return;
      visit.enter(i);
      visit.fail(entry, error.what(), error.hint());
      visit.leave();
    }
  }
  ports.items() = std::move(expanded);
}

void expand_volume(Node& volume, Visit& visit, bool keep_unreadable) {
  if (!volume.is_string()) return;
  try {
    const bool anonymous_short = volume.as_string().size() <= 2;
    volume = volume_node(parse_volume(volume.as_string()), anonymous_short, volume.location);
  } catch (const Error& error) {
    // Likewise.
    if (!keep_unreadable) visit.fail(volume, error.what(), error.hint());
  }
}

void expand_device(Node& device, Visit& visit, bool keep_unreadable) {
  if (!device.is_string()) return;
  const std::vector<std::string> parts = split(device.as_string(), ':');
  if (parts.size() > 3) {
    if (!keep_unreadable) {
      visit.fail(device, fmt::format("'{}' is not a device entry", device.as_string()),
                 "write it as source:target:permissions, or in the long form");
    }
    return;
  }
  Node node(Node::Mapping{}, device.location);
  const std::string source = parts.empty() ? std::string() : parts[0];
  const std::string target = parts.size() > 1 && !parts[1].empty() ? parts[1] : source;
  node.set("source", Node(source, device.location));
  node.set("target", Node(target, device.location));
  node.set("permissions", Node(parts.size() > 2 ? parts[2] : "rwm", device.location));
  device = std::move(node);
}

}  // namespace hoist::compose

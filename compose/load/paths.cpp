#include "compose/load/paths.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <system_error>

#include "compose/load/canonical.hpp"
#include "compose/load/rule_tree.hpp"

namespace hoist::compose {
namespace {

namespace fs = std::filesystem;

bool is_windows_absolute(std::string_view path) {
  if (path.starts_with("\\\\")) return true;
  return path.size() >= 3 && std::isalpha(static_cast<unsigned char>(path[0])) != 0 && path[1] == ':' &&
         (path[2] == '/' || path[2] == '\\');
}

/// For what may name a path on a Windows machine too: mounts, files of secrets.
std::string host_path(const std::string& path, const PathBase& base) {
  if (is_windows_absolute(path)) return path;
  return path.empty() ? base.directory : absolute_path(path, base);
}

/// `path` with its symbolic links followed as far as it exists. A path that is to stay relative is left
/// alone.
std::string without_links(const std::string& path) {
  if (!path.starts_with('/')) return path;
  std::error_code failure;
  const fs::path real = fs::weakly_canonical(path, failure);
  return failure ? path : real.string();
}

void resolve_context(Node& node, const PathBase& base) {
  if (node.is_string() && !is_remote_context(node.as_string()))
    node.as_string() = absolute_path(node.as_string(), base);
}

void resolve_mount(Node& mount, const PathBase& base, Visit& visit) {
  const Node* type = mount.find("type");
  if (type == nullptr || !type->is_string() || type->as_string() != "bind") return;
  Node* source = mount.find("source");
  if (source == nullptr) {
    visit.fail(mount, "a bind mount needs a source", "set 'source' to a path of the host");
  } else if (source->is_string()) {
    source->as_string() = host_path(source->as_string(), base);
  }
}

void resolve_volume_device(Node& volume, const PathBase& base) {
  const Node* driver = volume.find("driver");
  Node* options = volume.find("driver_opts");
  if (driver == nullptr || options == nullptr || *driver != Node("local")) return;
  const Node* kind = options->find("o");
  Node* device = options->find("device");
  if (kind == nullptr || device == nullptr || *kind != Node("bind") || !device->is_string()) return;
  device->as_string() = host_path(device->as_string(), base);
}

}  // namespace

std::string absolute_path(const std::string& path, const PathBase& base) {
  std::string expanded = path;
  if (path.starts_with('~') && !base.home.empty()) expanded = clean_path(base.home + "/" + path.substr(1));
  if (expanded.empty() || expanded.starts_with('/')) return expanded;
  return clean_path(base.directory + "/" + expanded);
}

bool is_remote_context(std::string_view context) {
  constexpr std::array<std::string_view, 5> k_prefixes{"service:", "git://", "ssh://", "github.com/", "git@"};
  return context.find("://") != std::string_view::npos ||
         std::ranges::any_of(k_prefixes, [context](std::string_view prefix) { return context.starts_with(prefix); });
}

void resolve_paths(Node& document, const PathBase& base, std::vector<Diagnostic>& findings) {
  const Rule path = [&base](Node& node, Visit&) {
    if (node.is_string()) node.as_string() = absolute_path(node.as_string(), base);
  };
  const Rule file = [&base](Node& node, Visit&) {
    if (node.is_string()) node.as_string() = host_path(node.as_string(), base);
  };
  const Rule context = [&base](Node& node, Visit&) { resolve_context(node, base); };
  const RuleTree rules{
      {"configs.*.file", file},
      {"secrets.*.file", file},
      {"services.*.build.additional_contexts.*", context},
      {"services.*.build.context", context},
      {"services.*.build.ssh.*", file},
      {"services.*.develop.watch.[].path",
       [&base](Node& node, Visit&) {
         if (node.is_string()) node.as_string() = without_links(absolute_path(node.as_string(), base));
       }},
      {"services.*.env_file.[].path", path},
      {"services.*.extends.file", path},
      {"services.*.label_file.[]", path},
      {"services.*.volumes.[]", [&base](Node& node, Visit& visit) { resolve_mount(node, base, visit); }},
      {"volumes.*", [&base](Node& node, Visit&) { resolve_volume_device(node, base); }},
  };
  Visit visit(findings);
  rules.apply(document, visit);
}

std::string shown_path(const std::string& file, const std::filesystem::path& current_directory) {
  const std::filesystem::path relative = std::filesystem::path(file).lexically_relative(current_directory);
  const bool below = !relative.empty() && *relative.begin() != "..";
  return below ? relative.string() : file;
}

}  // namespace hoist::compose

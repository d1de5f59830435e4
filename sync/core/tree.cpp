#include "sync/core/tree.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace hoist::sync {
namespace {

constexpr unsigned k_permissions = 07777;

/// The digest of a directory: of the names, kinds, modes and digests in it.
Digest digest_of(const Children& children) {
  std::string text;
  for (const Child& child : children) {
    const Node& node = *child.node;
    text += child.name;
    text += '\0';
    text += static_cast<char>(node.kind());
    text += static_cast<char>(node.mode() >> 8);
    text += static_cast<char>(node.mode() & 0xFF);
    for (const std::uint64_t half : {node.digest().high, node.digest().low}) {
      for (int shift = 0; shift < 64; shift += 8) text += static_cast<char>((half >> shift) & 0xFF);
    }
  }
  return sync::digest_of(std::string_view(text));
}

void describe(std::string& out, const std::string& path, const Node& node) {
  constexpr std::array<char, 3> k_letters{'d', 'f', 'l'};
  out += k_letters[static_cast<std::size_t>(node.kind())];
  if (node.kind() != NodeKind::symlink) {
    out += ' ';
    for (int shift = node.mode() > 0777 ? 9 : 6; shift >= 0; shift -= 3) {
      out += static_cast<char>('0' + ((node.mode() >> shift) & 7));
    }
  }
  out += ' ' + (path.empty() ? std::string(".") : path);
  if (node.is_file()) out += ' ' + to_string(node.digest()).substr(0, 8);
  if (node.kind() == NodeKind::symlink) out += " -> " + node.target();
  out += '\n';
  for (const Child& child : node.children()) describe(out, joined(path, child.name), *child.node);
}

}  // namespace

std::string_view to_string(NodeKind kind) {
  switch (kind) {
    case NodeKind::directory:
      return "directory";
    case NodeKind::file:
      return "file";
    case NodeKind::symlink:
      return "symlink";
  }
  return "entry";
}

Tree Node::file(unsigned mode, std::uint64_t size, const Digest& digest, const Stamp& stamp) {
  auto node = std::make_shared<Node>(NodeKind::file);
  node->mode_ = static_cast<std::uint16_t>(mode & k_permissions);
  node->size_ = size;
  node->digest_ = digest;
  node->stamp_ = stamp;
  return node;
}

Tree Node::symlink(std::string target, const Stamp& stamp) {
  auto node = std::make_shared<Node>(NodeKind::symlink);
  node->mode_ = 0777;
  node->size_ = target.size();
  node->digest_ = sync::digest_of(std::string_view(target));
  node->stamp_ = stamp;
  node->target_ = std::make_unique<const std::string>(std::move(target));
  return node;
}

Tree Node::directory(unsigned mode, Children children, const Stamp& stamp) {
  auto node = std::make_shared<Node>(NodeKind::directory);
  node->mode_ = static_cast<std::uint16_t>(mode & k_permissions);
  for (const Child& child : children) node->size_ += 1 + (child.node->is_directory() ? child.node->size() : 0);
  node->digest_ = digest_of(children);
  node->stamp_ = stamp;
  children.shrink_to_fit();
  if (!children.empty()) node->children_ = std::make_unique<const Children>(std::move(children));
  return node;
}

const std::string& Node::target() const {
  static const std::string k_none;
  return target_ ? *target_ : k_none;
}

const Children& Node::children() const {
  static const Children k_none;
  return children_ ? *children_ : k_none;
}

Tree Node::find(std::string_view name) const {
  const Children& all = children();
  const auto found =
      std::lower_bound(all.begin(), all.end(), name, [](const Child& c, std::string_view n) { return c.name < n; });
  return found != all.end() && found->name == name ? found->node : nullptr;
}

bool same_content(const Tree& left, const Tree& right) {
  if (left == right) return true;
  if (!left || !right) return false;
  return left->kind() == right->kind() && left->size() == right->size() && left->digest() == right->digest();
}

bool same(const Tree& left, const Tree& right) {
  return left == right || (same_content(left, right) && left->mode() == right->mode());
}

Tree find(const Tree& tree, std::string_view path) {
  Tree at = tree;
  while (at && !path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    at = at->find(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return at;
}

std::string joined(std::string_view directory, std::string_view name) {
  std::string path(directory);
  if (!path.empty() && !name.empty()) path += '/';
  path += name;
  return path;
}

std::string_view parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view name_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::string to_string(const Tree& tree) {
  std::string out;
  if (tree) describe(out, {}, *tree);
  return out;
}

}  // namespace hoist::sync

#include "tests/sync/core/random_trees.hpp"

#include <string>
#include <utility>

namespace hoist::test {
namespace {

using namespace hoist::sync;

constexpr const char* k_names[] = {"a", "a.b", "b", "c"};

}  // namespace

Tree RandomTrees::any(int depth) {
  const int kind = pick(depth > 0 ? 8 : 5);
  if (kind == 0) return Node::symlink(std::string(1, static_cast<char>('x' + pick(2))));
  if (kind < 5) {
    return Node::file(pick(6) == 0 ? 0755 : 0644, 1, digest_of(std::string(1, static_cast<char>('0' + pick(3)))));
  }
  return directory(depth);
}

Tree RandomTrees::directory(int depth) {
  Children children;
  for (const char* name : k_names) {
    if (pick(2) == 0) children.push_back({name, any(depth - 1)});
  }
  return Node::directory(pick(8) == 0 ? 0700 : 0755, std::move(children));
}

Tree RandomTrees::edited(const Tree& tree, int depth) {
  if (!tree || !tree->is_directory()) return pick(4) == 0 ? any(depth) : tree;
  Children children;
  for (const char* name : k_names) {
    Tree child = tree->find(name);
    const int what = pick(6);
    if (what == 0) child = nullptr;
    if (what == 1) child = any(depth - 1);
    if (what > 3 && child) child = edited(child, depth - 1);
    if (child) children.push_back({name, std::move(child)});
  }
  return Node::directory(pick(8) == 0 ? 0700 : tree->mode(), std::move(children));
}

}  // namespace hoist::test

#include "sync/core/steps.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "tests/sync/core/random_trees.hpp"
#include "tests/sync/core/tree_text.hpp"

using namespace hoist::sync;
using hoist::test::RandomTrees;
using hoist::test::tree_of;

namespace {

std::vector<Step> steps_between(const Tree& before, const Tree& after) {
  return steps_of(diff(before, after));
}

std::vector<std::string> texts(const char* before, const char* after) {
  std::vector<std::string> out;
  for (const Step& step : steps_between(tree_of(before), tree_of(after))) out.push_back(to_string(step));
  return out;
}

/// A file system that does a step only when a real one could: the rest is a failed check.
class MemoryDisk {
 public:
  explicit MemoryDisk(const Tree& tree) { add({}, tree); }

  void apply(const Step& step) {
    CAPTURE(to_string(step));
    std::visit([this](const auto& each) { apply(each); }, step);
  }
  /// As a tree again.
  Tree tree(const std::string& path = {}) const {
    const Tree& node = entries_.at(path);
    if (!node->is_directory()) return node;
    Children children;
    for (const auto& [below, child] : entries_) {
      if (!below.empty() && parent_of(below) == path) children.push_back({std::string(name_of(below)), tree(below)});
    }
    std::sort(children.begin(), children.end(), [](const Child& l, const Child& r) { return l.name < r.name; });
    return Node::directory(node->mode(), std::move(children));
  }

 private:
  void add(const std::string& path, const Tree& tree) {
    entries_[path] = tree;
    for (const Child& child : tree->children()) add(joined(path, child.name), child.node);
  }
  Tree at(const std::string& path) const {
    const auto found = entries_.find(path);
    return found == entries_.end() ? nullptr : found->second;
  }
  void check_place(const std::string& path) const {
    if (path.empty()) return;
    const Tree parent = at(std::string(parent_of(path)));
    CHECK((parent && parent->is_directory()));
  }
  void check_there(const std::string& path, const Tree& wanted) const {
    const Tree here = at(path);
    CHECK(static_cast<bool>(here) == static_cast<bool>(wanted));
    if (!here || !wanted) return;
    CHECK(here->kind() == wanted->kind());
    if (!wanted->is_directory()) CHECK(same(here, wanted));
  }
  bool is_empty(const std::string& path) const {
    const auto below = entries_.lower_bound(path + '/');
    return below == entries_.end() || !below->first.starts_with(path + '/');
  }

  void apply(const PutEntry& put) {
    check_place(put.path);
    check_there(put.path, put.before);
    if (put.before) CHECK(put.before->kind() == put.after->kind());
    entries_[put.path] = put.after->is_directory() ? Node::directory(put.after->mode()) : put.after;
  }
  void apply(const RemoveEntry& removal) {
    check_there(removal.path, removal.before);
    CHECK(is_empty(removal.path));
    entries_.erase(removal.path);
  }
  void apply(const MoveEntry& move) {
    check_place(move.to);
    check_there(move.to, move.replaced);
    check_there(move.from, move.moved);
    CHECK_FALSE(move.to.starts_with(move.from + '/'));
    std::map<std::string, Tree> moved;
    for (auto it = entries_.begin(); it != entries_.end();) {
      if (it->first != move.from && !it->first.starts_with(move.from + '/')) {
        ++it;
        continue;
      }
      moved[move.to + it->first.substr(move.from.size())] = it->second;
      it = entries_.erase(it);
    }
    for (auto& [path, node] : moved) entries_[path] = node;
  }

  std::map<std::string, Tree> entries_;
};

}  // namespace

TEST_CASE("steps come in an order in which each can be done", "[sync]") {
  struct Case {
    const char* before;
    const char* after;
    std::vector<std::string> expected;
  };
  const auto c = GENERATE(values<Case>({
      {"", "", {}},
      {"", "d/e/a=1 d/b=2", {"put d", "put d/e", "put d/b", "put d/e/a"}},
      {"d/e/a=1 d/b=2", "", {"remove d/b", "remove d/e/a", "remove d/e", "remove d"}},
      {"a=1", "a=2", {"put a"}},
      {"a=1", "a=1:755", {"put a"}},
      {"a=1", "a/b=2", {"remove a", "put a", "put a/b"}},
      {"a/b=1 a/c=2", "a=3", {"remove a/b", "remove a/c", "remove a", "put a"}},
      {"a=1", "a@x", {"remove a", "put a"}},
      {"d/:700 d/a=1", "d/a=2", {"put d", "put d/a"}},
  }));
  CAPTURE(c.before, c.after);
  CHECK(texts(c.before, c.after) == c.expected);
}

TEST_CASE("content that goes at one path and comes at another is moved", "[sync]") {
  struct Case {
    const char* before;
    const char* after;
    std::vector<std::string> expected;
  };
  const auto c = GENERATE(values<Case>({
      {"a=1", "b=1", {"move a to b"}},
      {"a=1", "d/b=1", {"put d", "move a to d/b"}},
      {"d/a=1 d/b=2", "e/a=1 e/b=2", {"move d to e"}},
      {"d/a=1 d/b=2", "e/a=1 e/b=3", {"put e", "move d/a to e/a", "put e/b", "remove d/b", "remove d"}},
      {"a=1 b=2", "b=1", {"move a to b"}},
      {"a=1 b=1", "c=1", {"move a to c", "remove b"}},
      {"a=1", "b=1 c=1", {"move a to b", "put c"}},
      {"a=1", "b=1:755", {"put b", "remove a"}},
      {"d/a=1 d/b=2", "d/b=2 e=1", {"move d/a to e"}},
      {"a=1 b=2", "a=2 b=1", {"put a", "put b"}},
  }));
  CAPTURE(c.before, c.after);
  CHECK(texts(c.before, c.after) == c.expected);
}

TEST_CASE("what is empty is not moved", "[sync]") {
  CHECK(texts("d/", "e/") == std::vector<std::string>{"put e", "remove d"});
}

TEST_CASE("steps lead from any tree to any other", "[sync]") {
  for (unsigned seed = 0; seed < 4000; ++seed) {
    CAPTURE(seed);
    RandomTrees trees(seed);
    const Tree before = trees.directory();
    const Tree after = trees.pick(2) == 0 ? trees.directory() : trees.edited(before);
    MemoryDisk disk(before);
    for (const Step& step : steps_between(before, after)) disk.apply(step);
    CHECK(same(disk.tree(), after));
  }
}

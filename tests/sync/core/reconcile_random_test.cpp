#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "sync/core/reconcile.hpp"
#include "tests/sync/core/random_trees.hpp"

using namespace hoist::sync;
using hoist::test::RandomTrees;

namespace {

/// Every file and symlink: path and digest.
using Contents = std::multimap<std::string, Digest>;

void collect(Contents& contents, const std::string& path, const Tree& tree) {
  if (!tree) return;
  if (!tree->is_directory()) contents.emplace(path, tree->digest());
  for (const Child& child : tree->children()) collect(contents, joined(path, child.name), child.node);
}

bool holds(const Tree& tree, const std::string& path, const Digest& digest) {
  const Tree node = find(tree, path);
  return node && !node->is_directory() && node->digest() == digest;
}

/// Checks that content of `before` which the ancestor did not have is on one of the sides afterwards.
void check_nothing_lost(const Tree& ancestor, const Tree& before, const Tree& alpha, const Tree& beta) {
  Contents contents;
  collect(contents, {}, before);
  for (const auto& [path, digest] : contents) {
    if (holds(ancestor, path, digest)) continue;
    CAPTURE(path);
    CHECK((holds(alpha, path, digest) || holds(beta, path, digest)));
  }
}

void check_starts_from(const Tree& tree, const std::vector<Change>& changes) {
  for (const Change& change : changes) CHECK(same(find(tree, change.path), change.before));
}

}  // namespace

TEST_CASE("whatever the sides hold, they agree afterwards or are in conflict, and nothing new is lost", "[sync]") {
  const Mode mode = GENERATE(Mode::one_way_safe, Mode::one_way_replica, Mode::two_way_safe, Mode::two_way_resolved);
  for (unsigned seed = 0; seed < 2000; ++seed) {
    CAPTURE(seed, to_string(mode));
    RandomTrees trees(seed);
    const Tree ancestor = trees.pick(8) == 0 ? nullptr : trees.directory();
    const Tree alpha = trees.pick(3) == 0 ? trees.directory() : trees.edited(ancestor ? ancestor : trees.directory());
    const Tree beta = trees.pick(3) == 0 ? trees.directory() : trees.edited(ancestor ? ancestor : trees.directory());
    const Reconciliation r = reconcile(ancestor, alpha, beta, mode);
    check_starts_from(alpha, r.alpha);
    check_starts_from(beta, r.beta);

    const Tree new_alpha = with_changes(alpha, r.alpha);
    const Tree new_beta = with_changes(beta, r.beta);
    Tree new_ancestor = with_changes(ancestor, r.ancestor);
    new_ancestor = with_changes(with_changes(new_ancestor, r.alpha), r.beta);

    const bool two_ways = mode == Mode::two_way_safe || mode == Mode::two_way_resolved;
    if (!two_ways) CHECK(r.alpha.empty());
    if (mode == Mode::one_way_replica) CHECK(same(new_beta, alpha));
    if (mode == Mode::two_way_resolved) CHECK(r.conflicts.empty());
    if (two_ways && r.conflicts.empty()) {
      CHECK(same(new_alpha, new_beta));
      CHECK(same(new_ancestor, new_alpha));
    }
    if (mode == Mode::one_way_safe || mode == Mode::two_way_safe) {
      check_nothing_lost(ancestor, alpha, new_alpha, new_beta);
      check_nothing_lost(ancestor, beta, new_alpha, new_beta);
    }
    const Reconciliation again = reconcile(new_ancestor, new_alpha, new_beta, mode);
    CHECK(again.alpha.empty());
    CHECK(again.beta.empty());
    CHECK(again.conflicts.size() == r.conflicts.size());
  }
}

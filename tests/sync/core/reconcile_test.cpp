#include "sync/core/reconcile.hpp"

#include <catch2/catch.hpp>

#include "tests/sync/core/tree_text.hpp"

using namespace hoist::sync;
using hoist::test::tree_of;

namespace {

/// What is to be done as one line: "alpha: create a; beta: remove b; conflict: c".
std::string plan_of(const char* ancestor, const char* alpha, const char* beta, Mode mode) {
  const Reconciliation r = reconcile(tree_of(ancestor), tree_of(alpha), tree_of(beta), mode);
  std::string out;
  const auto add = [&out](const char* side, const std::string& text) {
    out += (out.empty() ? "" : "; ") + std::string(side) + ": " + text;
  };
  for (const Change& change : r.alpha) add("alpha", to_string(change));
  for (const Change& change : r.beta) add("beta", to_string(change));
  for (const Conflict& conflict : r.conflicts) add("conflict", conflict.path);
  return out;
}

struct Case {
  const char* ancestor;
  const char* alpha;
  const char* beta;
  const char* expected;
};

void check(Mode mode, const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    CAPTURE(to_string(mode), c.ancestor, c.alpha, c.beta);
    CHECK(plan_of(c.ancestor, c.alpha, c.beta, mode) == c.expected);
  }
}

}  // namespace

TEST_CASE("sides that agree need nothing, whatever was before", "[sync]") {
  for (const Mode mode : {Mode::one_way_safe, Mode::one_way_replica, Mode::two_way_safe, Mode::two_way_resolved}) {
    check(mode, {{"-", "-", "-", ""},
                 {"a=1", "a=1", "a=1", ""},
                 {"a=1", "a=2 d/b=1", "a=2 d/b=1", ""},
                 {"a=1 d/b=1", "", "", ""}});
  }
}

TEST_CASE("what both sides did by themselves is known from then on", "[sync]") {
  const Tree ancestor = tree_of("a=1 gone=1 d/gone=1");
  const Tree both = tree_of("a=2 new=1 d/:700");
  const Reconciliation r = reconcile(ancestor, both, both, Mode::two_way_safe);
  CHECK(r.alpha.empty());
  CHECK(r.beta.empty());
  CHECK(same(with_changes(ancestor, r.ancestor), both));
}

TEST_CASE("a replica becomes what the user's side is", "[sync]") {
  check(Mode::one_way_replica, {
                                   {"-", "a=1", "-", "beta: create "},
                                   {"", "a=1", "", "beta: create a"},
                                   {"a=1", "a=2", "a=1", "beta: replace a"},
                                   {"a=1", "a=1", "a=2", "beta: replace a"},
                                   {"a=1", "a=1", "", "beta: create a"},
                                   {"", "", "extra=1", "beta: remove extra"},
                                   {"a=1", "a/b=1", "a=3", "beta: replace a (file by directory)"},
                                   {"d/a=1", "d/a=1", "d/:700 d/a=1", "beta: set mode of d"},
                               });
}

TEST_CASE("one way and safe: what came into being at the far end stays", "[sync]") {
  check(Mode::one_way_safe, {
                                {"a=1", "a=2", "a=1", "beta: replace a"},
                                {"a=1", "a=1", "", "beta: create a"},
                                {"a=1", "", "a=1", "beta: remove a"},
                                {"", "", "extra=1", ""},
                                {"a=1", "a=1", "a=2", "conflict: a"},
                                {"a=1", "a=3", "a=2", "conflict: a"},
                                {"", "a=1", "a=2", "conflict: a"},
                                {"a=1", "", "a=2", ""},
                                {"a=1", "a=1", "a=1:755", "beta: replace a"},
                                {"d/a=1 d/b=1", "", "d/a=1 d/b=1", "beta: remove d"},
                                {"d/a=1 d/b=1", "", "d/a=1 d/b=1 d/made=1", "beta: remove d/a; beta: remove d/b"},
                                {"d/a=1", "d=1", "d/a=1 d/made=1", "conflict: d"},
                                {"d/a=1", "d=1", "d/a=1", "beta: replace d (directory by file)"},
                                {"d/a=1", "d=1", "d/", "beta: replace d (directory by file)"},
                                {"d/a=1", "d/a=1", "d/:700 d/a=1", "beta: set mode of d"},
                                {"d/a=1", "d/:700 d/a=1", "d/a=1", "beta: set mode of d"},
                            });
}

TEST_CASE("both ways: what one side did goes to the other", "[sync]") {
  for (const Mode mode : {Mode::two_way_safe, Mode::two_way_resolved}) {
    check(mode, {
                    {"", "a=1", "", "beta: create a"},
                    {"", "", "a=1", "alpha: create a"},
                    {"a=1", "a=2", "a=1", "beta: replace a"},
                    {"a=1", "a=1", "a=2", "alpha: replace a"},
                    {"a=1", "", "a=1", "beta: remove a"},
                    {"a=1", "a=1", "", "alpha: remove a"},
                    {"a=1", "a=1", "a/b=1", "alpha: replace a (file by directory)"},
                    {"d/", "d/", "d/:700", "alpha: set mode of d"},
                    {"d/", "d/:750", "d/:700", "beta: set mode of d"},
                    {"a=1 b=1", "a=2 b=1", "a=1 b=2", "alpha: replace b; beta: replace a"},
                    {"", "d/a=1", "d/b=1", "alpha: create d/b; beta: create d/a"},
                    {"l@x", "l@y", "l@x", "beta: replace l"},
                });
  }
}

TEST_CASE("both ways and safe: content that both sides made is a conflict", "[sync]") {
  check(Mode::two_way_safe, {
                                {"a=1", "a=2", "a=3", "conflict: a"},
                                {"", "a=2", "a=3", "conflict: a"},
                                {"a=1", "a/x=1", "a=3", "conflict: a"},
                                {"d/a=1 d/b=1", "d/a=2 d/b=1", "d/a=3 d/b=2", "alpha: replace d/b; conflict: d/a"},
                            });
}

TEST_CASE("both ways and safe: a deletion gives way to new content, and only to that", "[sync]") {
  check(Mode::two_way_safe, {
                                {"a=1", "", "a=2", "alpha: create a"},
                                {"a=1", "a=2", "", "beta: create a"},
                                {"d/a=1 d/b=1", "", "d/a=1 d/b=2", "alpha: create d; beta: remove d/a"},
                                {"d/a=1 d/b=1", "", "d/a=1", "beta: remove d"},
                                {"d/a=1 d/b=1", "d/a=1", "", "alpha: remove d"},
                                {"d/a=1", "d=1", "", "beta: create d"},
                                {"d/a=1 d/b=1", "d=1", "d/a=1", "beta: replace d (directory by file)"},
                                {"d/a=1 d/b=1", "d/a=1", "d=1", "alpha: replace d (directory by file)"},
                            });
}

TEST_CASE("both ways and resolved: what the user's side did wins", "[sync]") {
  check(Mode::two_way_resolved, {
                                    {"a=1", "a=2", "a=3", "beta: replace a"},
                                    {"a=1", "", "a=3", "beta: remove a"},
                                    {"a=1", "a=2", "", "beta: create a"},
                                    {"d/a=1", "", "d/a=1 d/b=1", "beta: remove d"},
                                });
}

TEST_CASE("a conflict tells what each side did", "[sync]") {
  const Reconciliation r =
      reconcile(tree_of("d/a/x=1"), tree_of("d/a=1"), tree_of("d/a/x=1 d/a/y=1"), Mode::one_way_safe);
  REQUIRE(r.conflicts.size() == 1);
  const Conflict& conflict = r.conflicts.front();
  CHECK(conflict.path == "d/a");
  REQUIRE(conflict.alpha.size() == 1);
  CHECK(to_string(conflict.alpha.front()) == "replace d/a (directory by file)");
  REQUIRE(conflict.beta.size() == 1);
  CHECK(to_string(conflict.beta.front()) == "create d/a/y");
}

TEST_CASE("a removal that is not done yet is known as such the next time", "[sync]") {
  // The far end could not remove 'a': it must not turn into something of its own there.
  const Tree ancestor = tree_of("d/a=1");
  const Tree beta = tree_of("d/a=1");
  const Reconciliation r = reconcile(ancestor, tree_of(""), beta, Mode::one_way_safe);
  CHECK(same(with_changes(ancestor, r.ancestor), ancestor));
}

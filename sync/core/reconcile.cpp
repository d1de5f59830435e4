#include "sync/core/reconcile.hpp"

#include <algorithm>
#include <iterator>

namespace hoist::sync {
namespace {

bool is_directory(const Tree& tree) {
  return tree && tree->is_directory();
}

/// The children of a directory; none of all else.
const Children& children_of(const Tree& tree) {
  static const Children k_none;
  return is_directory(tree) ? tree->children() : k_none;
}

bool add_content(const std::vector<Change>& changes) {
  return std::any_of(changes.begin(), changes.end(), adds_content);
}

/// What of `tree` is not in `ancestor`, with the directories that lead there; nothing when all of it is.
Tree new_content(const Tree& tree, const Tree& ancestor) {
  if (!tree || same_content(tree, ancestor)) return nullptr;
  if (!tree->is_directory()) return tree;
  Children kept;
  for_each_name(tree->children(), children_of(ancestor),
                [&kept](const std::string& name, const Tree& here, const Tree& there) {
                  if (Tree part = new_content(here, there)) kept.push_back({name, std::move(part)});
                });
  // A directory that was always there and holds nothing new goes with what it held.
  if (kept.empty() && is_directory(ancestor)) return nullptr;
  return Node::directory(tree->mode(), std::move(kept), tree->stamp());
}

class Reconciler {
 public:
  explicit Reconciler(Mode mode) : mode_(mode) {}

  void visit(const std::string& path, const Tree& ancestor, const Tree& alpha, const Tree& beta) {
    if (same(alpha, beta)) {
      if (!same(ancestor, alpha)) result_.ancestor.push_back({path, ancestor, alpha});
      return;
    }
    // Beyond this point the sides differ.
    if (is_directory(alpha) && is_directory(beta)) {
      visit_directories(path, ancestor, alpha, beta);
      return;
    }
    // Beyond this point one of them is no directory, so that the path is decided as a whole.
    switch (mode_) {
      case Mode::one_way_replica:
        result_.beta.push_back({path, beta, alpha});
        break;
      case Mode::one_way_safe:
        push(path, ancestor, alpha, beta);
        break;
      case Mode::two_way_safe:
      case Mode::two_way_resolved:
        exchange(path, ancestor, alpha, beta);
        break;
    }
  }

  Reconciliation take() { return std::move(result_); }

 private:
  bool is_one_way() const { return mode_ == Mode::one_way_safe || mode_ == Mode::one_way_replica; }

  void visit_directories(const std::string& path, const Tree& ancestor, const Tree& alpha, const Tree& beta) {
    const bool known = is_directory(ancestor);
    if (alpha->mode() == beta->mode()) {
      if (!known || ancestor->mode() != alpha->mode()) agree_on_directory(path, ancestor, alpha);
    } else if (is_one_way() || !known || alpha->mode() != ancestor->mode()) {
      if (!known) agree_on_directory(path, ancestor, beta);
      result_.beta.push_back({path, beta, alpha, true});
    } else {
      result_.alpha.push_back({path, alpha, beta, true});
    }
    const Children& before = children_of(ancestor);
    // Names of the ancestor alone are gone on both sides.
    auto old = before.begin();
    const auto old_of = [&old, &before, &path, this](const std::string& name) -> Tree {
      for (; old != before.end() && old->name < name; ++old) forget(joined(path, old->name), old->node);
      if (old == before.end() || old->name != name) return nullptr;
      return (old++)->node;
    };
    for_each_name(alpha->children(), beta->children(),
                  [&](const std::string& name, const Tree& left, const Tree& right) {
                    visit(joined(path, name), old_of(name), left, right);
                  });
    for (; old != before.end(); ++old) forget(joined(path, old->name), old->node);
  }

  void forget(std::string path, const Tree& ancestor) {
    result_.ancestor.push_back({std::move(path), ancestor, nullptr});
  }

  /// Both sides have a directory here: the ancestor gets it, and what it holds is decided name by name.
  void agree_on_directory(const std::string& path, const Tree& ancestor, const Tree& directory) {
    if (is_directory(ancestor)) {
      result_.ancestor.push_back({path, ancestor, directory, true});
    } else {
      result_.ancestor.push_back({path, ancestor, Node::directory(directory->mode())});
    }
  }

  /// One way, safe.
  void push(const std::string& path, const Tree& ancestor, const Tree& alpha, const Tree& beta) {
    std::vector<Change> at_beta = diff(ancestor, beta);
    if (!alpha) {
      take_away(result_.beta, path, beta, ancestor);
    } else if (add_content(at_beta)) {
      add_conflict(path, diff(ancestor, alpha), std::move(at_beta));
    } else {
      result_.beta.push_back({path, beta, alpha});
    }
  }

  /// Both ways.
  void exchange(const std::string& path, const Tree& ancestor, const Tree& alpha, const Tree& beta) {
    std::vector<Change> at_alpha = diff(ancestor, alpha);
    std::vector<Change> at_beta = diff(ancestor, beta);
    if (at_beta.empty() || (mode_ == Mode::two_way_resolved && !at_alpha.empty())) {
      result_.beta.push_back({path, beta, alpha});
    } else if (at_alpha.empty()) {
      result_.alpha.push_back({path, alpha, beta});
    } else if (!alpha) {
      keep_new(path, ancestor, result_.alpha, result_.beta, beta);
    } else if (!beta) {
      keep_new(path, ancestor, result_.beta, result_.alpha, alpha);
    } else if (!add_content(at_alpha)) {
      result_.alpha.push_back({path, alpha, beta});
    } else if (!add_content(at_beta)) {
      result_.beta.push_back({path, beta, alpha});
    } else {
      add_conflict(path, std::move(at_alpha), std::move(at_beta));
    }
  }

  /// One side removed the path, the other changed something in it: what is new there comes back, the rest goes.
  static void keep_new(const std::string& path, const Tree& ancestor, std::vector<Change>& remover,
                       std::vector<Change>& changer, const Tree& changed) {
    const Tree kept = take_away(changer, path, changed, ancestor);
    if (kept) remover.push_back({path, nullptr, kept});
  }

  /// Removes from `tree` what it has from the ancestor; returns what stays.
  static Tree take_away(std::vector<Change>& changes, const std::string& path, const Tree& tree, const Tree& ancestor) {
    Tree kept = new_content(tree, ancestor);
    for (Change& change : diff(tree, kept)) {
      change.path = joined(path, change.path);
      changes.push_back(std::move(change));
    }
    return kept;
  }

  void add_conflict(const std::string& path, std::vector<Change> at_alpha, std::vector<Change> at_beta) {
    const auto below = [&path](std::vector<Change> changes) {
      for (Change& change : changes) change.path = joined(path, change.path);
      return changes;
    };
    result_.conflicts.push_back({path, below(std::move(at_alpha)), below(std::move(at_beta))});
  }

  Mode mode_;
  Reconciliation result_;
};

}  // namespace

std::string_view to_string(Mode mode) {
  switch (mode) {
    case Mode::one_way_safe:
      return "one-way-safe";
    case Mode::one_way_replica:
      return "one-way-replica";
    case Mode::two_way_safe:
      return "two-way-safe";
    case Mode::two_way_resolved:
      return "two-way-resolved";
  }
  return "one-way-safe";
}

Reconciliation reconcile(const Tree& ancestor, const Tree& alpha, const Tree& beta, Mode mode) {
  Reconciler reconciler(mode);
  reconciler.visit({}, ancestor, alpha, beta);
  return reconciler.take();
}

}  // namespace hoist::sync

#include "sync/session/local_far_end.hpp"

#include <utility>

namespace hoist::sync {

LocalFarEnd::LocalFarEnd(const std::string& root, const IgnoreRules& rules, ContentSource& contents,
                         std::optional<Owner> owner)
    : root_(root), rules_(rules), contents_(contents), scanner_(root_, rules_), applier_(root_, owner) {}

void LocalFarEnd::scan() {
  Scan scan = scanner_.scan(tree_, {});
  tree_ = scan.tree;
  events_.emplace_back(FarTree{tree_, std::move(scan.problems)});
}

void LocalFarEnd::look(const std::string& path) {
  tree_ = scanner_.rescan(tree_, {path}, {}).tree;
  events_.emplace_back(FarEntry{path, find(tree_, path)});
}

void LocalFarEnd::submit(std::uint64_t id, Step step) {
  events_.emplace_back(StepDone{id, applier_.apply(step, contents_, {})});
}

}  // namespace hoist::sync

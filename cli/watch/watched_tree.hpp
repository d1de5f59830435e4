#pragma once

#include <string>
#include <vector>

#include "compose/model/service.hpp"
#include "sync/wire/messages.hpp"

namespace hoist::cli {

/// What a watch rule is about, as the sync engine sees it.
struct WatchedTree {
  std::string root;      ///< the directory here: the rule's path, or the one that holds the file
  std::string far_root;  ///< what it is in the container; empty for a rule without a target
  std::vector<sync::wire::Hello::RuleList> rules;
};

/// The tree of a rule: what the build leaves behind, what editors leave lying about and what the rule ignores is no
/// part of it. Errors: Error{not_found} when the path is not there, Error{bad_input} for a file whose target has
/// another name.
WatchedTree watched_tree(const compose::Service& service, const compose::WatchRule& rule);

/// Whether what the rule carries over is in the container already, as it is bind-mounted there.
bool is_mounted(const compose::Service& service, const compose::WatchRule& rule);

}  // namespace hoist::cli

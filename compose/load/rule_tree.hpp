#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/load/node.hpp"

namespace hoist::compose {

/// The place in a document where a rule works, and where it reports to.
class Visit {
 public:
  explicit Visit(std::vector<Diagnostic>& findings) : findings_(findings) {}

  /// "services.web.ports[0]".
  std::string path() const;

  /// The key must live until it is left.
  void enter(std::string_view key) { steps_.push_back({key, 0}); }
  void enter(std::size_t index) { steps_.push_back({{}, index}); }
  void leave() { steps_.pop_back(); }

  void fail(const Node& at, std::string message, std::string hint = {});
  void warn(const Node& at, std::string message, std::string hint = {});

 private:
  void report(Diagnostic::Severity severity, const Node& at, std::string message, std::string hint);

  struct Step {
    std::string_view key;
    std::size_t index = 0;  ///< of an entry of a list: then the key has no data
  };
  std::vector<Step> steps_;
  std::vector<Diagnostic>& findings_;
};

/// What happens to the value at a path. It may replace the value.
using Rule = std::function<void(Node&, Visit&)>;

/// Rules by path: "services.*.ports.[].mode", where `*` is any key and `[]` any entry of a list. A key that a
/// rule names wins over `*`. A rule runs before those below it.
class RuleTree {
 public:
  RuleTree(std::initializer_list<std::pair<std::string_view, Rule>> rules);
  void add(std::string_view pattern, Rule rule);

  /// Runs the rules over a document; values without a rule stay as they are.
  void apply(Node& document, Visit& visit) const { apply(root_, document, visit); }

 private:
  struct Branch {
    std::map<std::string, Branch, std::less<>> children;
    Rule rule;
    const Branch* child(std::string_view key) const;
  };
  static void apply(const Branch& branch, Node& node, Visit& visit);

  Branch root_;
};

}  // namespace hoist::compose

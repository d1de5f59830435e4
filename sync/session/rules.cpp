#include "sync/session/rules.hpp"

namespace hoist::sync {

IgnoreRules rules_of(const wire::Hello& hello) {
  using Kind = wire::Hello::RuleList::Kind;
  IgnoreRules rules;
  for (const wire::Hello::RuleList& list : hello.rules) {
    switch (list.kind) {
      case Kind::docker:
        rules.add_docker(list.text, "rules", list.directory);
        break;
      case Kind::git:
        rules.set_git(list.text, list.directory);
        break;
      case Kind::only:
        rules.take_only(list.text, "rules");
        break;
    }
  }
  return rules;
}

}  // namespace hoist::sync

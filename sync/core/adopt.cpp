#include "sync/core/adopt.hpp"

#include "sync/core/change.hpp"

namespace hoist::sync {

Tree common_ground(const Tree& alpha, const Tree& beta) {
  if (!alpha || !beta || alpha->kind() != beta->kind()) return nullptr;
  if (!beta->is_directory() || same(alpha, beta)) return beta;
  Children children;
  for_each_name(alpha->children(), beta->children(),
                [&children](const std::string& name, const Tree& left, const Tree& right) {
                  if (Tree common = common_ground(left, right)) children.push_back({name, std::move(common)});
                });
  return Node::directory(beta->mode(), std::move(children), beta->stamp());
}

}  // namespace hoist::sync

#pragma once

#include <random>

#include "sync/core/tree.hpp"

namespace hoist::test {

/// Small trees over few names and contents, so that two of them meet in every way.
class RandomTrees {
 public:
  explicit RandomTrees(unsigned seed) : random_(seed) {}

  sync::Tree any(int depth = 3);
  sync::Tree directory(int depth = 3);
  /// `tree` after a few edits.
  sync::Tree edited(const sync::Tree& tree, int depth = 3);
  /// 0 to `below` - 1.
  int pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

 private:
  std::mt19937 random_;
};

}  // namespace hoist::test

#pragma once

#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/load/node.hpp"

namespace hoist::compose {

/// Errors that were found so far, while what is wrong is taken out of the tree so that the rest can be read on:
/// one run tells all that is wrong with a set of files, not what the first failing phase saw of it.
class SetAside {
 public:
  /// Takes the errors out of `findings`, and each attribute that has one out of `tree`; in place of a whole service,
  /// network ... that is wrong stays an empty one. An error in the place of an earlier one, or about something that
  /// holds it, follows from that and is dropped. Returns false when an error is about something whose absence would
  /// only cause more of them (a whole section): then nothing more can be learned.
  bool take(std::vector<Diagnostic>& findings, Node& tree);

  bool empty() const { return errors_.empty(); }
  /// All of them, by file (in the order of their appearance), line and column.
  std::vector<Diagnostic> errors() const;

  /// File, line and column.
  using Place = std::tuple<std::string, int, int>;
  /// Precondition: the location is known.
  static Place place_of(const SourceLocation& location);

 private:
  bool follows(const Diagnostic& finding) const;
  void add(Diagnostic error);

  std::vector<Diagnostic> errors_;
  std::set<Place> places_;         ///< of the errors
  std::set<std::string> holders_;  ///< paths of what holds something wrong, without indices
};

}  // namespace hoist::compose

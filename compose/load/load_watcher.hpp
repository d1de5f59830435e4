#pragma once

#include <string>
#include <string_view>

#include "compose/base/source_location.hpp"
#include "compose/load/node.hpp"
#include "compose/load/sources.hpp"

namespace hoist::compose {

/// One step of `extends`: a service that was merged over the one that it extends.
struct Extension {
  const Node* base_document;  ///< tells documents apart
  std::string base_name;
  const Node* document;
  std::string name;
  const Node& base;          ///< with all that it extends itself
  const Node& own;           ///< what the service says itself, with its tags
  const Node& merged;        ///< both
  SourceLocation asked_for;  ///< the `extends`
};

/// Looks on while files are loaded, and changes nothing. Nothing is made or copied for it where there is none.
///
/// Thread: the one that loads. It must not throw.
class LoadWatcher {
 public:
  virtual ~LoadWatcher() = default;

  /// A project is about to be read: the first, or one that is included from a place in the one around it.
  virtual void begin_project(const Sources& sources, const SourceLocation& included_at) = 0;
  virtual void end_project() = 0;
  /// A phase is done; `phase` is its name in README.md, or `choose_project_name` once the name is settled. `model` is
  /// what the documents so far have become, `document` the one in work, null where the phase is about all of them. The
  /// files that `extends` names have no model, and only the phases 2 and 3.
  virtual void after(std::string_view phase, const Node& model, const Node* document) = 0;
  virtual void extended(const Extension& extension) = 0;
};

}  // namespace hoist::compose

#include "compose/load/explain.hpp"

#include <memory>
#include <utility>

#include "compose/base/error.hpp"
#include "compose/load/explain_recorder.hpp"

namespace hoist::compose {
namespace {

const Node* value_at(const Node& tree, const TreePath& path) {
  const Node* node = &tree;
  for (const PathPart& part : path) node = part.index ? &node->items()[*part.index] : node->find(part.key);
  return node;
}

/// Standard input can be read only once, and the files are read twice.
LoadRequest repeatable(const LoadRequest& request) {
  LoadRequest copy = request;
  copy.read_stdin = [read = request.read_stdin, text = std::make_shared<std::optional<std::string>>()] {
    if (!*text) *text = read();
    return **text;
  };
  return copy;
}

std::vector<ExplainStep> record(const LoadRequest& request, Probe probe) {
  LoadRequest watched = request;
  ExplainRecorder recorder(request, std::move(probe));
  watched.watcher = &recorder;
  load(watched);
  return recorder.take_steps();
}

/// A service that is switched off has no values; its profiles are what to tell.
void refuse_disabled(const Project& project, const TreePath& path) {
  if (path.size() < 2 || path[0].key != "services") return;
  if (project.disabled_services.contains(path[1].key)) project.get_service(path[1].key);
}

}  // namespace

Explanation explain(const LoadRequest& request, std::string_view path) {
  if (path.empty()) {
    throw Error(ErrorCode::bad_input, "the path of the value to explain is empty")
        .with_hint("write it with dots: services.web.image");
  }
  const LoadRequest twice = repeatable(request);
  const LoadResult result = load(twice);
  if (std::optional<TreePath> there = find_path(result.tree, path)) {
    Explanation found{.path = *std::move(there)};
    found.value = *value_at(result.tree, found.path);
    found.steps = record(twice, Probe(found.path, result.tree));
    return found;
  }
  // It may have been there once: then who took it away is the answer.
  Explanation gone{.path = split_path(path)};
  refuse_disabled(result.project, gone.path);
  gone.steps = record(twice, Probe(gone.path, result.tree));
  if (gone.steps.empty()) get_path(result.tree, path);
  return gone;
}

std::string_view to_string(ExplainStep::Kind kind) {
  switch (kind) {
    case ExplainStep::Kind::set:
      return "set";
    case ExplainStep::Kind::replaced:
      return "replaced";
    case ExplainStep::Kind::merged:
      return "merged";
    case ExplainStep::Kind::removed:
      return "removed";
    case ExplainStep::Kind::overridden:
      return "overridden";
    case ExplainStep::Kind::implied:
      return "implied";
    case ExplainStep::Kind::changed:
      return "changed";
  }
  return "";
}

}  // namespace hoist::compose

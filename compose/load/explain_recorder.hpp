#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "compose/load/explain.hpp"
#include "compose/load/load_watcher.hpp"
#include "compose/load/probe.hpp"

namespace hoist::compose {

/// Looks on while a project is loaded and notes all that becomes of the value at one path.
class ExplainRecorder final : public LoadWatcher {
 public:
  ExplainRecorder(const LoadRequest& request, Probe probe) : request_(request), probe_(std::move(probe)) {}

  void begin_project(const Sources& sources, const SourceLocation& included_at) override;
  void end_project() override;
  void after(std::string_view phase, const Node& model, const Node* document) override;
  void extended(const Extension& extension) override;

  /// All of it, oldest first. To be called when the load is done.
  std::vector<ExplainStep> take_steps() { return std::move(steps_); }

 private:
  using Kind = ExplainStep::Kind;
  using Steps = std::vector<ExplainStep>;

  /// One project that is being read; the included one is inside of the one that includes it.
  struct Frame {
    StringMap environment;
    std::vector<std::string> variable_files;  ///< those of the projects around it too
    SourceLocation included_at;
    Node document;                                                ///< the one in work, before its variables were put in
    std::optional<Node> own;                                      ///< what the document in work says itself
    std::optional<Node> brought;                                  ///< by what it includes
    std::optional<Node> value;                                    ///< of the documents so far
    std::map<std::pair<const Node*, std::string>, Steps> chains;  ///< of services, with what they extend
  };

  /// An env file or a label file.
  struct ServiceFile {
    std::string path;
    bool raw = false;
  };

  void begin_document(const Node& document);
  void note_document(const Node& document);
  void note_tag(const Node& document);
  void note_own(const Node& document);
  void note_model(const Node& model);
  void note_phase(std::string_view phase, const Node& model);
  void note_name(const Node& model);
  void note_env_files(const Node& tree);
  void note_env_files_read(const Node& tree);

  void note_written(const Node& before, const Node& after);
  ExplainStep said(Kind kind, const Node& value) const;
  ExplainStep taken_away(const Node& tagged) const;
  ExplainStep by_phase(Kind kind, std::string_view phase, const Node& value) const;
  void add(ExplainStep step);
  /// The `include`s that lead to the project in work, from the first project on.
  std::vector<ExplainStep::Reason> inclusions() const;
  VariableOrigin origin(const std::string& name) const;
  /// The variable that a value without text takes its value from; "" when the path is no such value.
  std::string passed_variable() const;
  Frame& frame() { return frames_.back(); }
  const Frame& frame() const { return frames_.back(); }

  const LoadRequest& request_;
  Probe probe_;
  std::vector<Frame> frames_;  ///< the innermost last
  Steps steps_;
  std::optional<std::size_t> own_step_;  ///< what the document in work says, until it is merged
  std::map<std::tuple<std::string, int, int>, std::string> written_;  ///< how values are written, by their places
  std::vector<ServiceFile> service_files_;  ///< of the service in the path, in the order of reading
};

}  // namespace hoist::compose

#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compose/base/event.hpp"
#include "remote/docker/build_trace.hpp"

namespace hoist::remote {

/// Why a build ended badly.
struct BuildFailure {
  std::string message;              ///< the engine's words
  std::string step;                 ///< "[2/4] RUN make"; empty = not in a step
  std::vector<std::string> output;  ///< the last lines that the step printed

  bool operator==(const BuildFailure&) const = default;
};

/// Follows what a builder reports and tells it as events of one resource: a part for each step, its output
/// line by line. Understands BuildKit's traces (from an engine and as `docker buildx --progress=rawjson`
/// prints them) and the "stream" lines of builders without BuildKit.
class BuildProgress {
 public:
  BuildProgress(EventSink& events, std::string resource) : events_(events), resource_(std::move(resource)) {}

  /// Takes one line of the engine's answer. What is no JSON is taken as output.
  void engine_line(std::string_view line);
  /// Takes one line that `docker buildx build --progress=rawjson` printed.
  void buildx_line(std::string_view line);
  /// Takes a decoded report.
  void trace(const BuildTrace& trace);
  /// Hands over what is held back: the ends of lines, the end of a step. When the builder has ended.
  void finish();

  /// Why the build failed, once the builder has said so; or, with `message`, in its absence.
  std::optional<BuildFailure> failure() const;
  BuildFailure failure_with(std::string message) const;
  /// "sha256:..." of the result; empty while not known.
  const std::string& image_id() const { return image_id_; }

 private:
  struct Step {
    std::string name;
    bool announced = false;
    bool completed = false;
    bool cached = false;
    std::string error;
    std::string held;  ///< the beginning of a line
    std::deque<std::string> tail;
    std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> transfers;  ///< id -> current, total
  };

  void output(Step& step, std::string_view text);
  void output_line(Step& step, std::string_view line);
  void classic(std::string_view text);
  void classic_line(std::string_view line);
  void complete(Step& step);
  void emit(Event::Phase phase, const std::string& part, std::string text);

  EventSink& events_;
  std::string resource_;
  std::map<std::string, Step> steps_;  ///< by digest; the classic builder's by number
  std::string classic_held_;
  std::string classic_step_;
  bool committed_ = false;  ///< what comes now is no step's output
  std::string failed_step_;
  std::string message_;
  std::string image_id_;
};

}  // namespace hoist::remote

#include "remote/docker/build_progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "compose/base/text.hpp"
#include "remote/docker/base64.hpp"
#include "remote/docker/layer_progress.hpp"

namespace hoist::remote {
namespace {

using nlohmann::json;

constexpr std::size_t k_tail_lines = 20;
constexpr std::size_t k_line_limit = 4096;

std::string text_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool has_text(const json& object, const char* key) {
  return !text_at(object, key).empty();
}

std::int64_t number_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

bool flag_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

/// The objects in the array at `key`.
std::vector<json> objects_at(const json& object, const char* key) {
  std::vector<json> objects;
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array()) return objects;
  std::copy_if(found->begin(), found->end(), std::back_inserter(objects), [](const json& o) { return o.is_object(); });
  return objects;
}

BuildTrace trace_of_json(const json& line) {
  BuildTrace trace;
  for (const json& v : objects_at(line, "vertexes")) {
    trace.vertexes.push_back({.digest = text_at(v, "digest"),
                              .name = text_at(v, "name"),
                              .cached = flag_at(v, "cached"),
                              .started = has_text(v, "started"),
                              .completed = has_text(v, "completed"),
                              .error = text_at(v, "error")});
  }
  for (const json& s : objects_at(line, "statuses")) {
    trace.statuses.push_back({.id = text_at(s, "id"),
                              .vertex = text_at(s, "vertex"),
                              .name = text_at(s, "name"),
                              .current = number_at(s, "current"),
                              .total = number_at(s, "total"),
                              .completed = has_text(s, "completed")});
  }
  for (const json& l : objects_at(line, "logs")) {
    trace.logs.push_back({.vertex = text_at(l, "vertex"),
                          .stream = number_at(l, "stream") == 2 ? 2 : 1,
                          .text = decode_base64(text_at(l, "data")).value_or("")});
  }
  for (const json& w : objects_at(line, "warnings")) {
    trace.warnings.push_back({.vertex = text_at(w, "vertex"),
                              .text = decode_base64(text_at(w, "short")).value_or(""),
                              .url = text_at(w, "url")});
  }
  return trace;
}

bool is_count(std::string_view text) {
  return text.find('/') != std::string_view::npos && text.find_first_not_of("0123456789/") == std::string_view::npos;
}

/// Takes "[1/2] ", which Podman puts before the lines of a build with stages, off `line`. Returns "1/2".
std::string_view take_stage(std::string_view& line) {
  const std::size_t close = line.find("] ");
  if (!line.starts_with('[') || close == std::string_view::npos || !is_count(line.substr(1, close - 1))) return {};
  const std::string_view stage = line.substr(1, close - 1);
  line.remove_prefix(close + 2);
  return stage;
}

/// "Step 2/4 : RUN x" (Docker) and "STEP 2/4: RUN x" (Podman) -> "[2/4] RUN x"; with stages "[stage 1/2, 2/4]
/// RUN x".
std::optional<std::string> step_name(std::string_view line) {
  const std::string_view stage = take_stage(line);
  if (!to_lower(line.substr(0, 5)).starts_with("step ")) return std::nullopt;
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view count = trim(line.substr(5, colon - 5));
  if (!is_count(count)) return std::nullopt;
  const std::string before = stage.empty() ? std::string() : fmt::format("stage {}, ", stage);
  return fmt::format("[{}{}] {}", before, count, trim(line.substr(colon + 1)));
}

bool is_builders_talk(std::string_view line) {
  return line.starts_with("---> ") || line.starts_with("--> ") || line.starts_with("Removing intermediate container") ||
         line.starts_with("Successfully built ") || line.starts_with("Successfully tagged ");
}

/// Podman's word that all steps are done: "COMMIT docker.io/library/shop-web". The image's id comes after.
bool is_commit(std::string_view line, const std::string& image) {
  take_stage(line);
  return line == "COMMIT" ||
         (line.starts_with("COMMIT ") && (line.ends_with(image) || line.ends_with(image + ":latest")));
}

}  // namespace

void BuildProgress::emit(Event::Phase phase, const std::string& part, std::string text) {
  events_.emit({.resource = resource_, .phase = phase, .text = std::move(text), .part = part});
}

void BuildProgress::output_line(Step& step, std::string_view line) {
  // A progress bar draws over its own line: only what it ends as counts.
  while (line.ends_with('\r')) line.remove_suffix(1);
  if (const std::size_t redrawn = line.rfind('\r'); redrawn != std::string_view::npos) line.remove_prefix(redrawn + 1);
  std::string text = strip_control(line.substr(0, k_line_limit));
  step.tail.push_back(text);
  if (step.tail.size() > k_tail_lines) step.tail.pop_front();
  emit(Event::Phase::output, step.name, std::move(text));
}

void BuildProgress::output(Step& step, std::string_view text) {
  step.held += text;
  std::size_t begin = 0;
  for (std::size_t end = step.held.find('\n'); end != std::string::npos; end = step.held.find('\n', begin)) {
    output_line(step, std::string_view(step.held).substr(begin, end - begin));
    begin = end + 1;
  }
  step.held.erase(0, begin);
  if (step.held.size() > k_line_limit) {
    output_line(step, step.held);
    step.held.clear();
  }
}

void BuildProgress::complete(Step& step) {
  if (std::exchange(step.completed, true)) return;
  if (!step.held.empty()) output_line(step, std::exchange(step.held, {}));
  if (step.error.empty()) emit(Event::Phase::done, step.name, step.cached ? "cached" : "done");
}

void BuildProgress::trace(const BuildTrace& trace) {
  for (const BuildVertex& vertex : trace.vertexes) {
    Step& step = steps_[vertex.digest];
    step.name = strip_control(vertex.name);
    step.cached = step.cached || vertex.cached;
    if (vertex.started && !std::exchange(step.announced, true)) emit(Event::Phase::working, step.name, "running");
    if (!vertex.error.empty() && step.error.empty()) {
      step.error = strip_control(vertex.error);
      // Steps that ran beside the faulty one are cancelled after it: the first error is the cause.
      if (failed_step_.empty() && step.error.find("context canceled") == std::string::npos)
        failed_step_ = vertex.digest;
    }
  }
  for (const BuildStatus& status : trace.statuses) {
    const auto found = steps_.find(status.vertex);
    if (found == steps_.end() || status.total <= 0) continue;
    Step& step = found->second;
    step.transfers[status.id] = {static_cast<std::uint64_t>(std::clamp<std::int64_t>(status.current, 0, status.total)),
                                 static_cast<std::uint64_t>(status.total)};
    Event event{
        .resource = resource_, .text = strip_control(status.name.empty() ? status.id : status.name), .part = step.name};
    for (const auto& [id, amounts] : step.transfers) {
      event.current += amounts.first;
      event.total += amounts.second;
    }
    events_.emit(std::move(event));
  }
  for (const BuildLog& log : trace.logs) {
    if (const auto found = steps_.find(log.vertex); found != steps_.end()) output(found->second, log.text);
  }
  // After the output: a step's last lines may come in the report that ends it.
  for (const BuildVertex& vertex : trace.vertexes) {
    if (vertex.completed) complete(steps_[vertex.digest]);
  }
  for (const BuildWarning& warning : trace.warnings) {
    emit(Event::Phase::warning, "", strip_control(warning.text));
  }
}

void BuildProgress::engine_line(std::string_view text) {
  const json line = json::parse(text, nullptr, false);
  if (!line.is_object()) {
    classic(fmt::format("{}\n", text));
    return;
  }
  if (std::optional<std::string> error = stream_error(line)) {
    message_ = std::move(*error);
    return;
  }
  const auto aux = line.find("aux");
  if (aux != line.end() && aux->is_string() && text_at(line, "id") == "moby.buildkit.trace") {
    const std::optional<std::string> bytes = decode_base64(aux->get_ref<const std::string&>());
    if (const std::optional<BuildTrace> report = bytes ? decode_build_trace(*bytes) : std::nullopt) trace(*report);
  } else if (aux != line.end() && aux->is_object()) {
    if (has_text(*aux, "ID")) image_id_ = strip_control(text_at(*aux, "ID"));
  } else if (has_text(line, "stream")) {
    classic(text_at(line, "stream"));
  } else if (std::optional<Event> event = layer_event(line, resource_)) {
    events_.emit(std::move(*event));
  }
}

void BuildProgress::buildx_line(std::string_view text) {
  const json line = json::parse(text, nullptr, false);
  if (line.is_object()) {
    trace(trace_of_json(line));
    return;
  }
  Step& step = steps_[""];
  if (text.starts_with("ERROR: ")) {
    message_ = strip_control(text.substr(7));
  } else if (!trim(text).empty()) {
    output_line(step, text);
  }
}

void BuildProgress::classic(std::string_view text) {
  classic_held_ += text;
  std::size_t begin = 0;
  for (std::size_t end = classic_held_.find('\n'); end != std::string::npos; end = classic_held_.find('\n', begin)) {
    classic_line(std::string_view(classic_held_).substr(begin, end - begin));
    begin = end + 1;
  }
  classic_held_.erase(0, begin);
  if (classic_held_.size() > k_line_limit) {
    const std::string line = std::exchange(classic_held_, {});
    classic_line(line);
  }
}

void BuildProgress::classic_line(std::string_view line) {
  if (const std::optional<std::string> name = step_name(line)) {
    if (const auto before = steps_.find(classic_step_); before != steps_.end()) complete(before->second);
    classic_step_ = strip_control(*name);
    Step& step = steps_[classic_step_];
    step = {.name = classic_step_, .announced = true};
    committed_ = false;
    emit(Event::Phase::working, step.name, "running");
    return;
  }
  const std::string_view words = trim(line);
  if (words.ends_with("> Using cache") || words.starts_with("--> Using cache")) {
    steps_[classic_step_].cached = true;
  } else if (is_commit(words, resource_.substr(resource_.find(' ') + 1))) {
    committed_ = true;
  } else if (!words.empty() && !committed_ && !is_builders_talk(words)) {
    output_line(steps_[classic_step_], line);
  }
}

void BuildProgress::finish() {
  if (!classic_held_.empty()) {
    const std::string line = std::exchange(classic_held_, {});
    classic_line(line);
  }
  const bool good = message_.empty();
  for (auto& [key, step] : steps_) {
    if (!step.held.empty()) output_line(step, std::exchange(step.held, {}));
    if (good && key == classic_step_ && !step.name.empty()) complete(step);
  }
}

BuildFailure BuildProgress::failure_with(std::string message) const {
  BuildFailure failure{.message = std::move(message)};
  const auto found = steps_.find(failed_step_.empty() ? classic_step_ : failed_step_);
  if (found == steps_.end()) return failure;
  failure.step = found->second.name;
  failure.output.assign(found->second.tail.begin(), found->second.tail.end());
  return failure;
}

std::optional<BuildFailure> BuildProgress::failure() const {
  if (message_.empty()) return std::nullopt;
  return failure_with(message_);
}

}  // namespace hoist::remote

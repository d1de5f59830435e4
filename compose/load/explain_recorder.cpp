#include "compose/load/explain_recorder.hpp"

#include <algorithm>
#include <memory>

#include "compose/base/file.hpp"
#include "compose/load/paths.hpp"
#include "compose/load/variables.hpp"

namespace hoist::compose {
namespace {

std::tuple<std::string, int, int> place_of(const SourceLocation& location) {
  return {location.file ? *location.file : std::string(), location.line, location.column};
}

/// What saying `own` made of what was said before.
ExplainStep::Kind kind_of(const std::optional<Node>& result, const Node& own) {
  return result && *result != own ? ExplainStep::Kind::merged : ExplainStep::Kind::replaced;
}

}  // namespace

void ExplainRecorder::begin_project(const Sources& sources, const SourceLocation& included_at) {
  Frame next;
  next.environment = sources.environment;
  if (!frames_.empty()) next.variable_files = frame().variable_files;
  next.variable_files.insert(next.variable_files.end(), sources.variable_files.begin(), sources.variable_files.end());
  next.included_at = included_at;
  frames_.push_back(std::move(next));
}

void ExplainRecorder::end_project() {
  std::optional<Node> brought = std::move(frame().value);
  frames_.pop_back();
  if (brought && !frames_.empty()) frame().brought = std::move(brought);
}

void ExplainRecorder::after(std::string_view phase, const Node& model, const Node* document) {
  if (phase == "parse_files") {
    begin_document(*document);
  } else if (phase == "put_variables_in") {
    note_document(*document);
  } else if (phase == "apply_tags") {
    note_tag(*document);
  } else if (phase == "extend_services") {
    note_own(*document);
  } else if (phase == "to_canonical") {
    note_model(model);
  } else if (phase == "choose_project_name") {
    note_name(model);
  } else if (phase == "resolve_environment") {
    note_env_files_read(model);
    note_phase(phase, model);
  } else {
    note_phase(phase, model);
    note_env_files(model);
  }
}

void ExplainRecorder::begin_document(const Node& document) {
  frame().document = document;
  frame().own.reset();
  frame().brought.reset();
  own_step_.reset();
}

void ExplainRecorder::note_document(const Node& document) {
  note_written(frame().document, document);
  if (probe_.is_written(document)) frame().own = probe_.find(document);
}

/// Remembers how values are written.
void ExplainRecorder::note_written(const Node& before, const Node& after) {
  if (before.is_mapping() && after.is_mapping()) {
    for (const Member& member : before.members()) {
      if (const Node* same = after.find(member.key)) note_written(member.value, *same);
    }
  } else if (before.is_sequence() && after.is_sequence()) {
    const std::size_t count = std::min(before.items().size(), after.items().size());
    for (std::size_t i = 0; i < count; ++i) note_written(before.items()[i], after.items()[i]);
  } else if (before.is_scalar()) {
    written_[place_of(before.location)] = before.scalar_text();
  }
}

void ExplainRecorder::note_tag(const Node& document) {
  const Node* tagged = probe_.find_tag(document);
  if (tagged == nullptr || !frame().value) return;
  frame().value.reset();
  add(taken_away(*tagged));
}

/// The services of a document are whole now: what they extend comes first, then what the document says.
void ExplainRecorder::note_own(const Node& document) {
  const TreePath& path = probe_.path();
  const bool of_service = path.size() > 1 && path[0].key == "services";
  const auto chain = of_service ? frame().chains.find({&document, path[1].key}) : frame().chains.end();
  if (chain != frame().chains.end()) {
    for (ExplainStep& step : chain->second) add(std::move(step));
    if (frame().own) own_step_ = steps_.size() - 1;
  } else if (frame().own) {
    add(said(Kind::set, *frame().own));
    own_step_ = steps_.size() - 1;
  }
  frame().chains.clear();  // documents come and go, and so do their addresses
}

void ExplainRecorder::extended(const Extension& extension) {
  const std::optional<Node> base = probe_.find_in_service(extension.base);
  Steps steps;
  const auto known = frame().chains.find({extension.base_document, extension.base_name});
  if (known != frame().chains.end()) {
    steps = known->second;
  } else if (base) {
    steps.push_back(said(Kind::set, *base));
  }
  const auto includes = static_cast<std::ptrdiff_t>(inclusions().size());
  for (ExplainStep& step : steps) {
    step.reasons.insert(step.reasons.begin() + includes, {extension.base_name, extension.asked_for});
  }
  if (const Node* tagged = probe_.find_tag_in_service(extension.own); tagged != nullptr && base) {
    steps.push_back(taken_away(*tagged));
  }
  const bool written =
      probe_.path().size() > 1 && probe_.is_written(document_of_service(probe_.path()[1].key, extension.own));
  if (const std::optional<Node> own = written ? probe_.find_in_service(extension.own) : std::nullopt) {
    const bool anew = steps.empty() || !steps.back().value;
    steps.push_back(said(anew ? Kind::set : kind_of(probe_.find_in_service(extension.merged), *own), *own));
  }
  if (!steps.empty()) frame().chains[{extension.document, extension.name}] = std::move(steps);
}

/// The document in work has become part of the model.
void ExplainRecorder::note_model(const Node& model) {
  const std::optional<Node> before = frame().value ? frame().value : frame().brought;
  const bool said_by_none = !before && !frame().own && steps_.empty();
  frame().value = probe_.find(model);
  if (own_step_ && before) {
    ExplainStep& own = steps_[*own_step_];
    if (own.value) own.kind = kind_of(frame().value, *own.value);
  }
  own_step_.reset();
  if (frame().value && said_by_none) add(by_phase(Kind::implied, "to_canonical", *frame().value));
}

void ExplainRecorder::note_phase(std::string_view phase, const Node& model) {
  std::optional<Node> now = probe_.find(model);
  if (now == frame().value) return;
  if (now && frame().value && !now->is_scalar()) {  // what is inside has its own history
    frame().value = std::move(now);
    return;
  }
  const bool is_new = !frame().value || frame().value->is_null();
  const std::string variable = passed_variable();
  if (now && is_new && frame().value && !variable.empty()) {
    ExplainStep step = by_phase(Kind::changed, phase, *now);
    step.variables.push_back(origin(variable));
    add(std::move(step));
  } else if (now) {
    add(by_phase(frame().value ? Kind::changed : Kind::implied, phase, *now));
  } else {
    ExplainStep step = by_phase(Kind::removed, phase, *frame().value);
    step.value.reset();
    add(std::move(step));
  }
  frame().value = std::move(now);
}

/// The project's name is asked for on the command line first, and taken from the files only then.
void ExplainRecorder::note_name(const Node& model) {
  std::optional<Node> now = probe_.find(model);
  if (now == frame().value) return;
  ExplainStep step = by_phase(frame().value ? Kind::replaced : Kind::implied, "choose_project_name", *now);
  step.location = {};
  if (!request_.project_name) {
    VariableOrigin variable = origin("COMPOSE_PROJECT_NAME");
    if (variable.source != VariableOrigin::Source::project_name) step.variables.push_back(std::move(variable));
  }
  add(std::move(step));
  frame().value = std::move(now);
}

/// Keeps the names of the service's files, as they are gone once these are read.
void ExplainRecorder::note_env_files(const Node& tree) {
  const std::string variable = passed_variable();
  if (variable.empty()) return;
  const TreePath& path = probe_.path();
  const Node* services = tree.find("services");
  const Node* service = services == nullptr ? nullptr : services->find(path[1].key);
  const Node* files = service == nullptr ? nullptr : service->find(path[2].key == "labels" ? "label_file" : "env_file");
  if (files == nullptr || !files->is_sequence()) return;
  service_files_.clear();
  for (const Node& file : files->items()) {
    const Node* name = file.is_mapping() ? file.find("path") : &file;
    const Node* format = file.find("format");
    const bool raw = format != nullptr && *format == Node("raw");
    if (name != nullptr && name->is_string()) service_files_.push_back({name->as_string(), raw});
  }
}

/// Every file of the service that sets the variable, in order; what the service says itself counts before all of them.
void ExplainRecorder::note_env_files_read(const Node& tree) {
  const std::string variable = passed_variable();
  if (variable.empty()) return;
  Steps read;
  for (const ServiceFile& file : service_files_) {
    const std::optional<std::string> text = find_file(file.path);
    const std::optional<std::string> value =
        text ? value_in_file(*text, variable, frame().environment, file.raw) : std::nullopt;
    if (!value) continue;
    ExplainStep step;
    step.kind = read.empty() ? Kind::set : Kind::replaced;
    step.location = {std::make_shared<const std::string>(shown_path(file.path, request_.current_directory)),
                     line_of_variable(*text, variable), 0};
    step.value = Node(*value);
    step.phase = "resolve_environment";
    read.push_back(std::move(step));
  }
  if (read.empty()) return;
  if (!frame().value) {
    frame().value = probe_.find(tree);
    read.back().value = frame().value;  // with variables of the service and of the files before it
    steps_.insert(steps_.end(), read.begin(), read.end());
    return;
  }
  if (!steps_.empty() && steps_.front().kind == Kind::set) {
    steps_.front().kind = Kind::replaced;
  }
  steps_.insert(steps_.begin(), read.begin(), read.end());
}

ExplainStep ExplainRecorder::said(Kind kind, const Node& value) const {
  ExplainStep step;
  step.kind = kind;
  step.location = value.location;
  step.value = value;
  const auto written = written_.find(place_of(value.location));
  if (value.is_scalar() && written != written_.end() && written->second != value.scalar_text()) {
    step.written = written->second;
  }
  for (const VariableUse& use : variables_in(step.written)) {
    VariableOrigin variable = origin(use.name);
    if (takes_default(use, variable.value)) {
      variable.source = VariableOrigin::Source::default_value;
      variable.default_value = *use.default_value;
    }
    if (std::ranges::find(step.variables, variable) == step.variables.end()) {
      step.variables.push_back(std::move(variable));
    }
  }
  step.reasons = inclusions();
  return step;
}

ExplainStep ExplainRecorder::taken_away(const Node& tagged) const {
  ExplainStep step;
  step.kind = tagged.tag == Node::Tag::reset ? Kind::removed : Kind::overridden;
  step.location = tagged.location;
  step.reasons = inclusions();
  return step;
}

ExplainStep ExplainRecorder::by_phase(Kind kind, std::string_view phase, const Node& value) const {
  ExplainStep step;
  step.kind = kind;
  step.location = value.location;
  step.value = value;
  step.phase = phase;
  return step;
}

void ExplainRecorder::add(ExplainStep step) {
  const bool again = !steps_.empty() && steps_.back() == step;  // a tag that took from the model and from the base
  if (!again) steps_.push_back(std::move(step));
}

std::vector<ExplainStep::Reason> ExplainRecorder::inclusions() const {
  std::vector<ExplainStep::Reason> reasons;
  for (const Frame& project : frames_) {
    if (project.included_at.known()) reasons.push_back({{}, project.included_at});
  }
  return reasons;
}

VariableOrigin ExplainRecorder::origin(const std::string& name) const {
  return origin_of(name, frame().environment, frame().variable_files, request_);
}

std::string ExplainRecorder::passed_variable() const {
  const TreePath& path = probe_.path();
  if (path.size() < 4 || path[0].key != "services") return {};
  if (path.size() == 4 && (path[2].key == "environment" || path[2].key == "labels")) return path[3].key;
  return path.size() == 5 && path[2].key == "build" && path[3].key == "args" ? path[4].key : std::string();
}

}  // namespace hoist::compose

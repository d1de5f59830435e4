#include "compose/load/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <set>

#include "compose/base/file.hpp"
#include "compose/load/api_socket.hpp"
#include "compose/load/build_project.hpp"
#include "compose/load/canonical.hpp"
#include "compose/load/config_form.hpp"
#include "compose/load/consistency.hpp"
#include "compose/load/defaults.hpp"
#include "compose/load/env_files.hpp"
#include "compose/load/exclusions.hpp"
#include "compose/load/extends.hpp"
#include "compose/load/include.hpp"
#include "compose/load/interpolate.hpp"
#include "compose/load/load_watcher.hpp"
#include "compose/load/merge.hpp"
#include "compose/load/model_variables.hpp"
#include "compose/load/normalize.hpp"
#include "compose/load/parse.hpp"
#include "compose/load/paths.hpp"
#include "compose/load/profiles.hpp"
#include "compose/load/schema.hpp"
#include "compose/load/set_aside.hpp"
#include "compose/load/settle_values.hpp"
#include "compose/load/sources.hpp"
#include "compose/load/substitute.hpp"
#include "compose/load/unused.hpp"

namespace hoist::compose {
namespace {

namespace fs = std::filesystem;

/// Where the files name the project; not known when they do not.
SourceLocation location_of_name(const Node& tree) {
  const Node* name = tree.find("name");
  return name == nullptr ? SourceLocation() : name->location;
}

bool is_error(const Diagnostic& finding) {
  return finding.severity == Diagnostic::Severity::error;
}

VariableLookup lookup_in(const StringMap& environment) {
  return [&environment](std::string_view name) -> std::optional<std::string> {
    const auto found = environment.find(std::string(name));
    return found == environment.end() ? std::nullopt : std::optional(found->second);
  };
}

PathBase base_of(const Sources& sources) {
  return {sources.working_dir, lookup_in(sources.environment)("HOME").value_or("")};
}

/// One run of `load`: the request, and what the phases have found so far.
class Loader {
 public:
  explicit Loader(const LoadRequest& request) : request_(request) {}

  LoadResult run();
  std::string name();

 private:
  Node read_model(std::vector<Node> documents, const Sources& sources);
  void put_variables_in(Node& document, const Sources& sources);
  void include_projects(Node& document, const Sources& sources);
  void extend_services(Node& document, const Sources& sources);
  Node switch_off(Node& tree, const Sources& sources) const;
  LoadResult untyped(Node tree, const Sources& sources, const std::string& name);
  Project typed(const Node& tree, const Node& disabled, const Sources& sources, const std::string& name);

  std::vector<Node> parse_files(const Sources& sources);
  std::shared_ptr<const std::string> shown_name(const std::string& file) const;
  std::string name_in(const std::vector<Node>& documents, const Sources& sources) const;
  void saw(std::string_view phase, const Node& model, const Node* document = nullptr) const;
  void read_on(Node& tree);
  void stop_on_errors();
  void end_with_errors();
  static std::vector<Diagnostic> once(const std::vector<Diagnostic>& findings);

  const LoadRequest& request_;
  std::vector<Diagnostic> findings_;
  std::vector<Diagnostic> unsupported_;
  SetAside errors_;
  std::vector<std::string> including_;  ///< first files of the projects being read, outermost first
};

// The numbers are those of README.md.
LoadResult Loader::run() {
  Sources sources = find_sources(request_, findings_);  // 1. which files, in which environment
  std::vector<Node> documents = parse_files(sources);   // 2. every syntax error of every file at once
  const std::string name = choose_project_name(sources, name_in(documents, sources));
  sources.environment["COMPOSE_PROJECT_NAME"] = name;
  if (request_.watcher != nullptr) request_.watcher->begin_project(sources, {});
  Node tree = read_model(std::move(documents), sources);
  if (tree.members().empty()) {
    Error error(ErrorCode::bad_input, fmt::format("the Compose file '{}' says nothing", sources.files.front()));
    throw error.with_hint("give it a 'services:' section");
  }
  tree.set("name", Node(name, location_of_name(tree)));
  saw("choose_project_name", tree);
  if (request_.normalize) {
    normalize(tree, name, sources.environment);  // 13. after all files, for the whole project
    saw("normalize", tree);
  }
  if (!request_.interpolate) {
    end_with_errors();
    return untyped(std::move(tree), sources, name);
  }
  settle_values(tree, findings_);  // 14. no form of a value matters from here on
  read_on(tree);
  const Node disabled = switch_off(tree, sources);  // 15. services that do not run may be wrong
  if (request_.check_consistency) {
    check_consistency(tree, disabled, findings_);  // 16. references, before anything follows them
  }
  read_on(tree);
  if (request_.resolve_env_files) {
    resolve_environment(tree, sources, findings_);  // 17. opens files, so only those of services that run
  }
  saw("resolve_environment", tree);
  read_on(tree);
  if (!request_.all_resources) {
    drop_unused(tree);  // 18. after the checks, which want all of them
  }
  Project project = typed(tree, disabled, sources, name);  // 19. only types from here on
  to_config_form(tree);                                    // 20. for printing, after the last reader
  return {std::move(project), std::move(tree), once(findings_), once(unsupported_)};
}

/// The tree of a project's files; an included project comes through here too.
Node Loader::read_model(std::vector<Node> documents, const Sources& sources) {
  Node model;
  for (Node& document : documents) {
    saw("parse_files", model, &document);
    put_variables_in(document, sources);  // 3. before the types of values matter
    saw("put_variables_in", model, &document);
    apply_tags(model, document);  // 4. `!reset` reaches what earlier files said
    saw("apply_tags", model, &document);
    include_projects(document, sources);  // 5. other projects, each read completely
    extend_services(document, sources);   // 6. after include, so that bases are complete
    saw("extend_services", model, &document);
    merge_into(model, std::move(document), findings_);  // 7. the later document wins, by rules of the path
    read_on(model);
    enforce_unicity(model);
    check_schema(model, findings_);  // 8. while the user's own spelling is still there
    read_on(model);
    to_canonical(model, findings_, !request_.interpolate);  // 9. no short form from here on
    read_on(model);
    enforce_unicity(model);  // ranges of ports show their members only now
    saw("to_canonical", model);
  }
  warn_obsolete(model, findings_);
  find_unsupported(model, unsupported_);
  model.erase("version");
  set_defaults(model);  // 10. after all files, as a later one may say it
  saw("set_defaults", model);
  check_exclusions(model, findings_);  // 11. before paths hide what was written
  if (request_.resolve_paths) {
    resolve_paths(model, base_of(sources), findings_);  // 12. each included project has its own base
    saw("resolve_paths", model);
  }
  read_on(model);
  return model;
}

void Loader::put_variables_in(Node& document, const Sources& sources) {
  if (!request_.interpolate) return;
  interpolate(document, {lookup_in(sources.environment), &findings_}, cast_at);
  read_on(document);
}

void Loader::include_projects(Node& document, const Sources& sources) {
  std::vector<Include> includes = take_includes(document, base_of(sources), request_.fetch, findings_);
  stop_on_errors();
  if (includes.empty()) return;
  including_.push_back(sources.files.front());
  for (Include& include : includes) {
    const auto again = std::ranges::find(including_, include.files.front());
    if (again != including_.end()) {
      std::string cycle;
      for (auto file = again; file != including_.end(); ++file) cycle += *shown_name(*file) + " -> ";
      findings_.push_back({Diagnostic::Severity::error,
                           include.location,
                           include.path,
                           fmt::format("include cycle: {}{}", cycle, *shown_name(*again)),
                           {}});
      stop_on_errors();
    }
    Sources inner;
    inner.files = include.files;
    inner.working_dir = include.directory;
    inner.environment = include_environment(include, sources.environment);
    inner.variable_files = include.env_files;
    if (request_.watcher != nullptr) request_.watcher->begin_project(inner, include.location);
    Node model = read_model(parse_files(inner), inner);
    if (!request_.resolve_paths) {
      const fs::path below = fs::path(inner.working_dir).lexically_relative(sources.working_dir);
      resolve_paths(model, {below.string(), base_of(sources).home}, findings_);
    }
    fill_environment(model, inner.environment);
    saw("include_projects", model);
    if (request_.watcher != nullptr) request_.watcher->end_project();
    import_resources(document, std::move(model), findings_);
  }
  including_.pop_back();
}

void Loader::extend_services(Node& document, const Sources& sources) {
  ExtendsReader reader;
  reader.directory = sources.working_dir;
  reader.home = base_of(sources).home;
  reader.keep_relative = !request_.resolve_paths;
  reader.fetch = request_.fetch;
  reader.watcher = request_.watcher;
  reader.read = [this, &sources](const std::string& file) {
    Sources inner = sources;
    inner.files = {file};
    if (request_.watcher != nullptr) request_.watcher->begin_project(inner, {});
    Node model;
    std::vector<TaggedPlace> tags;
    for (Node& part : parse_files(inner)) {
      saw("parse_files", model, &part);
      put_variables_in(part, sources);
      saw("put_variables_in", model, &part);
      apply_tags(model, part);
      const std::vector<TaggedPlace> own_tags = take_tags(part);
      add_tags(tags, own_tags, part);
      merge_into(model, std::move(part), findings_);
      enforce_unicity(model);
    }
    to_canonical(model, findings_, !request_.interpolate);
    stop_on_errors();
    if (request_.watcher != nullptr) request_.watcher->end_project();
    put_tags_back(model, tags);  // a service there may extend another and reset what it says
    return model;
  };
  resolve_extends(document, reader, findings_);
  stop_on_errors();
}

Node Loader::switch_off(Node& tree, const Sources& sources) const {
  return take_disabled_services(tree, sources.profiles, request_.services);
}

/// Without interpolation values are no values yet: nothing can be checked, chosen or typed.
LoadResult Loader::untyped(Node tree, const Sources& sources, const std::string& name) {
  Project project;
  project.name = name;
  project.working_dir = sources.working_dir;
  project.compose_files = sources.files;
  project.env_files = sources.env_files;
  project.separator = sources.compatibility ? "_" : "-";
  project.environment = sources.environment;
  return {std::move(project), std::move(tree), once(findings_), once(unsupported_)};
}

/// The project; the services that are switched off are typed too, as commands look for their containers.
Project Loader::typed(const Node& tree, const Node& disabled, const Sources& sources, const std::string& name) {
  std::vector<Diagnostic> found;
  Node changed;
  const bool opens_sockets = request_.details == Details::all && uses_api_socket(tree);
  const bool has_models = request_.details == Details::all && request_.model_endpoint && uses_models(tree);
  if (opens_sockets || has_models) changed = tree;
  if (opens_sockets) open_api_sockets(changed);
  if (has_models) set_model_variables(changed, request_.model_endpoint());
  const Node& made = changed.is_mapping() ? changed : tree;
  Project project = build_project(made, sources, name, found);
  if (request_.details != Details::none) add_hashes(project, made);
  if (request_.details == Details::all) add_places_and_older_hashes(project, made);
  // A warning here is of something that the typed project does not hold.
  for (Diagnostic& finding : found) (is_error(finding) ? findings_ : unsupported_).push_back(std::move(finding));
  end_with_errors();
  if (disabled.members().empty()) return project;
  Node others(Node::Mapping{{"services", disabled, {}}});
  for (const Member& section : tree.members()) {
    if (section.key != "services") others.members().push_back(section);
  }
  std::vector<Diagnostic> of_no_interest;
  project.disabled_services = build_project(others, sources, name, of_no_interest).services;
  return project;
}

std::vector<Node> Loader::parse_files(const Sources& sources) {
  std::vector<Node> documents;
  for (const std::string& file : sources.files) {
    try {
      const std::string text = file == "-" ? request_.read_stdin() : read_file(file);
      std::ranges::move(parse_documents(text, shown_name(file), &unsupported_), std::back_inserter(documents));
    } catch (const Error& error) {
      // What is wrong in one file shall not hide what is wrong in the next.
      if (error.diagnostics().empty()) throw;
      findings_.insert(findings_.end(), error.diagnostics().begin(), error.diagnostics().end());
    }
  }
  stop_on_errors();
  return documents;
}

std::shared_ptr<const std::string> Loader::shown_name(const std::string& file) const {
  return std::make_shared<const std::string>(file == "-" ? "<stdin>" : shown_path(file, request_.current_directory));
}

void Loader::saw(std::string_view phase, const Node& model, const Node* document) const {
  if (request_.watcher != nullptr) request_.watcher->after(phase, model, document);
}

std::string Loader::name_in(const std::vector<Node>& documents, const Sources& sources) const {
  std::string name;
  for (const Node& document : documents) {
    const Node* node = document.find("name");
    if (node != nullptr && node->is_scalar() && !node->scalar_text().empty()) name = node->scalar_text();
  }
  if (!request_.interpolate) return name;
  try {
    return substitute(name, lookup_in(sources.environment), [](std::string_view) {});
  } catch (const Error&) {
    return {};  // interpolation says so again, with the place
  }
}

/// Goes on without what a phase has found wrong, so that one run tells all; ends the load where that cannot be.
void Loader::read_on(Node& tree) {
  if (std::ranges::none_of(findings_, is_error)) return;
  if (!errors_.take(findings_, tree)) throw Error(errors_.errors());
}

/// Ends the load when the last phase has found an error that the rest would stumble over.
void Loader::stop_on_errors() {
  if (std::ranges::any_of(findings_, is_error)) end_with_errors();
}

/// Ends the load when any phase has found an error.
void Loader::end_with_errors() {
  Node nothing;
  errors_.take(findings_, nothing);
  if (!errors_.empty()) throw Error(errors_.errors());
}

/// A file that is included twice has its findings once.
std::vector<Diagnostic> Loader::once(const std::vector<Diagnostic>& findings) {
  std::vector<Diagnostic> different;
  std::set<std::string> told;
  for (const Diagnostic& finding : findings) {
    if (told.insert(finding.to_string()).second) different.push_back(finding);
  }
  return different;
}

std::string Loader::name() {
  const Sources sources = find_sources(request_, findings_);
  if (!sources.project_name_hint.empty()) return sources.project_name_hint;
  return choose_project_name(sources, name_in(parse_files(sources), sources));
}

}  // namespace

LoadResult load(const LoadRequest& request) {
  return Loader(request).run();
}

std::string project_name(const LoadRequest& request) {
  const std::string given = request.project_name.value_or("");
  return is_project_name(given) ? given : Loader(request).name();
}

}  // namespace hoist::compose

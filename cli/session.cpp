#include "cli/session.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

#include "cli/run_main.hpp"
#include "compose/base/error.hpp"
#include "compose/base/text.hpp"

namespace hoist::cli {
namespace {

std::string read_all(std::FILE* stream) {
  std::string text;
  char buffer[8192];
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, stream)) > 0;) text.append(buffer, got);
  return text;
}

void check_services(const compose::Project& project, const std::vector<std::string>& services) {
  for (const std::string& service : services) project.get_service(service);
}

}  // namespace

Session::Session(Console& console, GlobalOptions globals, compose::StringMap environment, Surroundings surroundings)
    : console_(console),
      globals_(std::move(globals)),
      environment_(std::move(environment)),
      surroundings_(std::move(surroundings)) {}

Session::~Session() = default;

std::optional<std::string> Session::variable(const std::string& name) const {
  const auto found = environment_.find(name);
  if (found == environment_.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

std::filesystem::path Session::current_directory() const {
  const auto told = environment_.find("PWD");
  std::error_code unseen;
  if (told != environment_.end() && told->second.starts_with('/') &&
      std::filesystem::equivalent(told->second, ".", unseen)) {
    return told->second;
  }
  std::filesystem::path here = std::filesystem::current_path(unseen);
  if (unseen) {
    throw Error(ErrorCode::not_found, "the current directory cannot be found: " + unseen.message())
        .with_hint("it may have been removed: change to another one");
  }
  return here;
}

compose::LoadRequest Session::load_request(std::vector<std::string> services) {
  compose::LoadRequest request;
  request.files = globals_.files;
  request.project_name = globals_.project_name;
  request.project_directory = globals_.project_directory;
  request.env_files = globals_.env_files;
  request.profiles = globals_.profiles;
  request.all_resources = globals_.all_resources;
  request.compatibility = globals_.compatibility;
  request.services = std::move(services);
  request.environment = environment_;
  request.current_directory = current_directory();
  request.details = compose::Details::none;
  if (surroundings_.fetch) {
    request.fetch = [this](const compose::RemoteReference& reference) {
      return surroundings_.fetch(reference, {globals_.offline, globals_.insecure_registries}, stop());
    };
  }
  request.read_stdin = [stream = console_.in()] { return read_all(stream); };
  return request;
}

const compose::LoadResult& Session::load(const std::vector<std::string>& services) {
  return load_as(load_request(services));
}

const compose::LoadResult& Session::load_as(const compose::LoadRequest& request) {
  if (!loaded_) {
    loaded_ = compose::load(request);
    tell_findings(*loaded_);
  }
  check_services(loaded_->project, request.services);
  return *loaded_;
}

const compose::Project& Session::project_to_make(const std::vector<std::string>& services) {
  compose::LoadRequest request = load_request(services);
  request.details = compose::Details::all;
  request.model_endpoint = [this] {
    const auto& ask = connection().model_endpoint;
    return ask ? ask(stop()) : std::string();
  };
  load_as(request);
  if (const auto& ask = connection().compose_release) loaded_->project.label_release = ask(stop());
  return loaded_->project;
}

const compose::Project* Session::find_project(const std::vector<std::string>& services) {
  const bool named = globals_.project_name || variable("COMPOSE_PROJECT_NAME");
  if (loaded_ || !named || !globals_.files.empty()) return &project(services);
  try {
    return &project(services);
  } catch (const Error& error) {
    // No Compose file here is what `-p` is for; every other fault is the user's business.
    if (error.code() != ErrorCode::not_found) throw;
    return nullptr;
  }
}

std::string Session::project_name() {
  if (loaded_) return loaded_->project.name;
  if (globals_.project_name) return compose::project_name(load_request());
  if (const compose::Project* project = find_project()) return project->name;
  return compose::project_name(load_request());
}

const EngineConnection& Session::connection() {
  if (!connection_) {
    connection_ = surroundings_.connect(stop());
    if (globals_.verbose)
      console_.write_err(fmt::format("engine: {} ({})\n", connection_->address, connection_->reason));
  }
  return *connection_;
}

Signals& Session::signals() {
  if (!signals_) signals_ = std::make_unique<Signals>();
  return *signals_;
}

std::unique_ptr<Renderer> Session::make_renderer(bool quiet) {
  std::string mode = globals_.progress;
  if (mode.empty()) mode = variable("COMPOSE_PROGRESS").value_or("auto");
  if (quiet) mode = "quiet";
  return cli::make_renderer(mode, console_, styling());
}

std::string Session::group_unsupported(std::vector<Diagnostic> unsupported, std::string_view heading) {
  if (unsupported.empty()) return {};
  if (globals_.strict) {
    for (Diagnostic& finding : unsupported) {
      finding.severity = Diagnostic::Severity::error;
      finding.message = fmt::format("is not carried out: {}", finding.message);
    }
    throw Error(std::move(unsupported));
  }
  std::string group;
  for (const Diagnostic& finding : unsupported) {
    const std::string text = printable(finding.to_string());
    if (told_unsupported_.insert(text).second) group += "\n  " + text;
  }
  return group.empty() ? group : fmt::format("{}:{}", heading, group);
}

void Session::tell_findings(const compose::LoadResult& loaded) {
  const ReportStyle style = report_style(console_);
  for (const Diagnostic& finding : loaded.warnings) {
    if (style.source) {
      console_.write_err(describe(finding, style));
    } else {
      warn(printable(finding.to_string()));
    }
  }
  const std::string group = group_unsupported(loaded.unsupported, "these attributes have no effect");
  if (!group.empty()) warn(group);
}

void Session::warn(const std::string& text) {
  console_.write_err(fmt::format(
      "{} {}\n", styling().err_colour ? "\x1b[1;33mwarning:\x1b[0m" : "warning:", strip_control(text, true)));
}

bool Session::confirm(const std::string& question) {
  console_.write_err(question + " [y/N] ");
  const std::string answer = to_lower(trim(console_.read_line(stop()).value_or("")));
  return answer == "y" || answer == "yes";
}

}  // namespace hoist::cli

#include "compose/load/sources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <system_error>

#include "compose/base/environment.hpp"
#include "compose/base/file.hpp"
#include "compose/base/text.hpp"
#include "compose/load/dotenv.hpp"
#include "compose/load/named_file.hpp"
#include "compose/load/paths.hpp"
#include "compose/model/file_names.hpp"

namespace hoist::compose {
namespace {

namespace fs = std::filesystem;

std::string absolute(const fs::path& path, const fs::path& base) {
  return (path.is_absolute() ? path : base / path).lexically_normal().string();
}

/// `path` without "..", and without a slash at its end.
fs::path directory_path(const fs::path& path) {
  const fs::path normal = path.lexically_normal();
  return normal.has_filename() || normal == normal.root_path() ? normal : normal.parent_path();
}

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored) && !fs::is_directory(path, ignored);
}

bool is_true(const std::string& text) {
  const std::string lower = to_lower(text);
  return lower == "1" || lower == "t" || lower == "true" || lower == "y" || lower == "yes";
}

/// Parts of `text` between `separator`; an empty text has none.
std::vector<std::string> split_at(std::string_view text, std::string_view separator) {
  std::vector<std::string> parts;
  if (text.empty()) return parts;
  for (std::size_t end = text.find(separator); end != std::string_view::npos; end = text.find(separator)) {
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(end + separator.size());
  }
  parts.emplace_back(text);
  return parts;
}

/// The first of `names` in `directory`; warns when there are more.
std::optional<fs::path> first_of(const std::array<const char*, 4>& names, const fs::path& directory,
                                 std::vector<Diagnostic>& warnings) {
  std::vector<std::string> found;
  for (const char* name : names) {
    if (is_file(directory / name)) found.emplace_back(name);
  }
  if (found.empty()) return std::nullopt;
  if (found.size() > 1) {
    warnings.push_back({Diagnostic::Severity::warning,
                        {},
                        {},
                        fmt::format("several Compose files in '{}': {}", directory.string(), fmt::join(found, ", ")),
                        fmt::format("using {}", found.front())});
  }
  return directory / found.front();
}

class SourceFinder {
 public:
  SourceFinder(const LoadRequest& request, std::vector<Diagnostic>& warnings)
      : request_(request), warnings_(warnings), here_(directory_path(request.current_directory)) {
    sources_.environment = request.environment;
  }

  Sources run() {
    if (request_.project_directory) given_directory_ = directory_path(here_ / *request_.project_directory);
    read_given_env_files();
    if (!sources_.env_files_given && use_default_env()) read_default_env(directory_of(request_.files));
    find_files();
    sources_.working_dir = directory_of(sources_.files).string();
    if (!sources_.env_files_given && use_default_env()) read_default_env(sources_.working_dir);
    sources_.profiles = request_.profiles;
    if (sources_.profiles.empty()) {
      for (const std::string& profile : split(value_or_empty(sources_.environment, "COMPOSE_PROFILES"), ',')) {
        if (!trim(profile).empty()) sources_.profiles.emplace_back(trim(profile));
      }
    }
    sources_.compatibility =
        request_.compatibility || is_true(value_or_empty(sources_.environment, "COMPOSE_COMPATIBILITY"));
    choose_name_hint();
    return std::move(sources_);
  }

 private:
  bool use_default_env() const { return !is_true(value_or_empty(request_.environment, "COMPOSE_DISABLE_ENV_FILE")); }

  void read_given_env_files() {
    std::vector<std::string> given = request_.env_files;
    if (given.empty()) given = split(value_or_empty(request_.environment, "COMPOSE_ENV_FILES"), ',');
    if (given.empty()) return;
    sources_.env_files_given = true;
    StringMap values;
    for (const std::string& name : given) {
      const std::string path = absolute(name, here_);
      if (const auto fault = why_no_file(path, "env file")) throw Error(ErrorCode::bad_input, *fault);
      sources_.env_files.push_back(path);
      sources_.variable_files.push_back(path);
      read_env(read_file(path), path, values);
    }
    for (auto& [key, value] : values) sources_.environment.try_emplace(key, value);
  }

  void read_default_env(const fs::path& directory) {
    const std::string path = (directory / ".env").lexically_normal().string();
    std::error_code unknown;
    const bool is_absent = !fs::exists(path, unknown) && !unknown;
    if (path == default_env_ || is_absent || fs::is_directory(path, unknown)) return;
    default_env_ = path;
    if (const auto fault = why_no_file(path, "env file")) throw Error(ErrorCode::bad_input, *fault);
    sources_.variable_files.push_back(path);
    StringMap values;
    read_env(read_file(path), path, values);
    for (auto& [key, value] : values) sources_.environment.try_emplace(key, value);
  }

  /// Reads one file; a variable in it is sought in the shell, then in the files before.
  void read_env(const std::string& text, const std::string& path, StringMap& values) const {
    const EnvLookup lookup = [this, &values](const std::string& name) -> std::optional<std::string> {
      if (const auto found = sources_.environment.find(name); found != sources_.environment.end()) return found->second;
      if (const auto found = values.find(name); found != values.end()) return found->second;
      return std::nullopt;
    };
    const auto shown = std::make_shared<const std::string>(shown_path(path, request_.current_directory));
    for (auto& [key, value] : parse_dotenv(text, shown, lookup)) {
      if (value) values.insert_or_assign(key, *std::move(value));
    }
  }

  void find_files() {
    std::vector<std::string> named = request_.files;
    if (named.empty()) {
      std::string separator = value_or_empty(sources_.environment, "COMPOSE_PATH_SEPARATOR");
      if (separator.empty()) separator = ":";
      named = split_at(value_or_empty(sources_.environment, "COMPOSE_FILE"), separator);
    }
    if (named.empty()) {
      discover(given_directory_.value_or(here_));
      return;
    }
    std::vector<Diagnostic> missing;
    for (const std::string& name : named) {
      if (name == "-") {
        sources_.files.emplace_back("-");
        continue;
      }
      const std::string& file = sources_.files.emplace_back(path_of(name));
      std::optional<std::string> fault = why_no_file(file, "Compose file");
      if (!fault) continue;
      std::error_code unseen;
      const bool is_directory = fs::is_directory(file, unseen);
      missing.push_back({Diagnostic::Severity::error,
                         {},
                         {},
                         *std::move(fault),
                         is_directory ? "name a file in it, or go there and leave out -f" : ""});
    }
    if (!missing.empty()) throw Error(std::move(missing));
  }

  void discover(const fs::path& start) {
    std::optional<std::string> broken_link;
    for (fs::path directory = start;; directory = directory.parent_path()) {
      if (const std::optional<fs::path> file = first_of(k_file_names, directory, warnings_)) {
        sources_.files.push_back(file->string());
        if (const std::optional<fs::path> more = first_of(k_override_names, directory, warnings_)) {
          sources_.files.push_back(more->string());
        }
        return;
      }
      if (!broken_link) broken_link = broken_link_in(directory);
      if (directory == directory.root_path() || directory.empty()) break;
    }
    if (broken_link) throw Error(ErrorCode::not_found, *broken_link);
    Error error(ErrorCode::not_found, fmt::format("no Compose file in '{}' or any directory above it", start.string()));
    throw error.with_hint("name it compose.yaml, go to the project's directory, or use -f FILE");
  }

  /// What is wrong with the first Compose file there that is a link to no file; nothing when there is none.
  static std::optional<std::string> broken_link_in(const fs::path& directory) {
    for (const char* name : k_file_names) {
      std::error_code unseen;
      const fs::path path = directory / name;
      if (fs::is_symlink(path, unseen) && !fs::is_directory(path, unseen)) return why_no_file(path, "Compose file");
    }
    return std::nullopt;
  }

  /// The project's directory as far as `files` tell: the one that was asked for, else that of the first file.
  fs::path directory_of(const std::vector<std::string>& files) const {
    if (given_directory_) return *given_directory_;
    const auto first = std::ranges::find_if(files, [](const std::string& file) { return file != "-"; });
    return first == files.end() ? here_ : fs::path(path_of(*first)).parent_path();
  }

  /// Where a file that was named on the command line or in COMPOSE_FILE lies; one that lies elsewhere is fetched once.
  std::string path_of(const std::string& name) const {
    const std::optional<RemoteReference> reference = parse_remote_reference(name);
    if (!reference) return absolute(name, here_);
    const auto known = fetched_.find(name);
    if (known != fetched_.end()) return known->second;
    return fetched_.emplace(name, fetch_remote(request_.fetch, *reference).file).first->second;
  }

  void choose_name_hint() {
    const bool given = request_.project_name && !request_.project_name->empty();
    sources_.project_name_hint =
        given ? *request_.project_name : value_or_empty(sources_.environment, "COMPOSE_PROJECT_NAME");
    if (sources_.project_name_hint.empty() || is_project_name(sources_.project_name_hint)) return;
    Error error(ErrorCode::bad_input, fmt::format("invalid project name '{}'", sources_.project_name_hint));
    throw error.with_hint("use lower-case letters, digits, '-' and '_', beginning with a letter or digit");
  }

  const LoadRequest& request_;
  std::vector<Diagnostic>& warnings_;
  fs::path here_;
  std::optional<fs::path> given_directory_;
  std::string default_env_;
  mutable std::map<std::string, std::string> fetched_;  ///< reference -> file
  Sources sources_;
};

}  // namespace

Sources find_sources(const LoadRequest& request, std::vector<Diagnostic>& warnings) {
  return SourceFinder(request, warnings).run();
}

std::string normalize_project_name(std::string_view text) {
  std::string name;
  for (const char c : to_lower(text)) {
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (allowed && !(name.empty() && (c == '_' || c == '-'))) name += c;
  }
  return name;
}

bool is_project_name(std::string_view text) {
  return !text.empty() && normalize_project_name(text) == text;
}

std::string choose_project_name(const Sources& sources, const std::string& last_name_in_files) {
  if (!sources.project_name_hint.empty()) return sources.project_name_hint;
  std::string name = normalize_project_name(last_name_in_files);
  if (name.empty()) name = normalize_project_name(fs::path(sources.working_dir).filename().string());
  if (!name.empty()) return name;
  Error error(ErrorCode::bad_input, fmt::format("the directory '{}' gives no project name", sources.working_dir));
  throw error.with_hint("set 'name:' in the Compose file, or use -p NAME");
}

}  // namespace hoist::compose

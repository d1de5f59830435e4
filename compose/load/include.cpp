#include "compose/load/include.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <utility>

#include "compose/base/file.hpp"
#include "compose/load/dotenv.hpp"
#include "compose/load/merge.hpp"
#include "compose/load/named_file.hpp"
#include "compose/load/schema.hpp"

namespace hoist::compose {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_sections[] = {"services", "networks", "volumes", "secrets", "configs", "models"};

bool is_file(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored) && !fs::is_directory(path, ignored);
}

/// Makes includes of the entries of a list that has the right form.
class Entries {
 public:
  Entries(const PathBase& base, const FetchRemote& fetch, std::vector<Diagnostic>& findings)
      : base_(base), fetch_(fetch), findings_(findings) {}

  std::vector<Include> read(const Node& list) {
    std::vector<Include> includes;
    for (std::size_t i = 0; i < list.items().size(); ++i) {
      Include include;
      include.path = fmt::format("include[{}]", i);
      if (entry(list.items()[i], include)) includes.push_back(std::move(include));
    }
    return includes;
  }

 private:
  /// Returns whether the entry can be used.
  bool entry(const Node& node, Include& include) {
    const std::size_t before = findings_.size();
    include.location = node.location;
    const Node* paths = node.is_mapping() ? node.find("path") : &node;
    if (paths == nullptr) {
      report(node, include.path, "'path' is missing");
      return false;
    }
    include.files = files(*paths, include.path, "Compose file");
    if (include.files.empty()) {
      const bool told = findings_.size() != before;
      if (!told) report(*paths, include.path, "'path' names no file");
      return false;
    }
    const Node* directory = node.find("project_directory");
    include.directory = directory != nullptr && !directory->as_string().empty()
                            ? absolute_path(directory->as_string(), base_)
                            : fs::path(include.files.front()).parent_path().string();
    const Node* env_files = node.find("env_file");
    const bool none_named = env_files == nullptr || (env_files->is_sequence() && env_files->items().empty());
    if (!none_named) {
      include.env_files = files(*env_files, include.path, "env file");
    } else if (const std::string own = include.directory + "/.env"; is_file(own)) {
      include.env_files.push_back(own);
    }
    return findings_.size() == before;
  }

  /// The named files, absolute; those that are missing are reported.
  std::vector<std::string> files(const Node& names, const std::string& path, std::string_view what) {
    std::vector<std::string> found;
    const Node::Sequence one{names};
    for (const Node& name : names.is_sequence() ? names.items() : one) {
      if (name.as_string() == "/dev/null") continue;
      if (const auto reference = parse_remote_reference(name.as_string())) {
        fetch(*reference, name, path, found);
        continue;
      }
      found.push_back(absolute_path(name.as_string(), base_));
      if (std::optional<std::string> fault = why_no_file(found.back(), what)) report(name, path, *std::move(fault));
    }
    return found;
  }

  void fetch(const RemoteReference& reference, const Node& name, const std::string& path,
             std::vector<std::string>& found) {
    try {
      found.push_back(fetch_remote(fetch_, reference).file);
    } catch (const Error& error) {
      // A finding like all others, so that a person sees all of them at once.
      if (error.code() == ErrorCode::cancelled) throw;
      report(name, path, error.what(), error.hint());
    }
  }

  void report(const Node& node, const std::string& path, std::string message, std::string hint = {}) {
    findings_.push_back({Diagnostic::Severity::error, node.location, path, std::move(message), std::move(hint)});
  }

  const PathBase& base_;
  const FetchRemote& fetch_;
  std::vector<Diagnostic>& findings_;
};

/// Puts one included resource into a section of the document.
void import_resource(Node& section, std::string_view section_name, Member included, std::vector<Diagnostic>& findings) {
  Node* own = section.find(included.key);
  if (own == nullptr) {
    section.members().push_back(std::move(included));
    return;
  }
  if (own->tag == Node::Tag::reset) {
    *own = std::move(included.value);
    return;
  }
  const auto document = [&](Node value) {
    Node members(Node::Mapping{{included.key, std::move(value), included.key_location}});
    return Node(Node::Mapping{{std::string(section_name), std::move(members), {}}});
  };
  Node merged = document(std::move(included.value));
  merge_into(merged, document(std::move(*own)), findings);
  *own = std::move(merged[section_name][included.key]);
}

}  // namespace

std::vector<Include> take_includes(Node& document, const PathBase& base, const FetchRemote& fetch,
                                   std::vector<Diagnostic>& findings) {
  Node* list = document.find("include");
  if (list == nullptr) return {};
  const Node only(Node::Mapping{{"include", std::move(*list), {}}});
  document.erase("include");
  if (only.members().front().value.is_null()) return {};
  // The schema of the merged document comes too late: by then the includes are done.
  const std::size_t before = findings.size();
  check_schema(only, findings);
  if (findings.size() != before) return {};
  return Entries(base, fetch, findings).read(only.members().front().value);
}

StringMap include_environment(const Include& include, const StringMap& parent) {
  StringMap own;
  for (const std::string& file : include.env_files) {
    const EnvLookup lookup = [&](const std::string& name) -> std::optional<std::string> {
      if (const auto found = parent.find(name); found != parent.end()) return found->second;
      if (const auto found = own.find(name); found != own.end()) return found->second;
      return std::nullopt;
    };
    for (auto& [key, value] : parse_dotenv(read_file(file), std::make_shared<const std::string>(file), lookup)) {
      if (value) own.insert_or_assign(key, *std::move(value));
    }
  }
  StringMap environment = parent;
  environment.merge(own);
  return environment;
}

void fill_environment(Node& document, const StringMap& environment) {
  Node* services = document.find("services");
  if (services == nullptr || !services->is_mapping()) return;
  for (Member& service : services->members()) {
    Node* variables = service.value.find("environment");
    if (variables == nullptr || !variables->is_sequence()) continue;
    for (Node& variable : variables->items()) {
      if (!variable.is_string()) continue;
      const auto found = environment.find(variable.as_string());
      if (found != environment.end()) variable.as_string() += "=" + found->second;
    }
  }
}

void import_resources(Node& document, Node included, std::vector<Diagnostic>& findings) {
  for (const std::string_view name : k_sections) {
    Node* from = included.find(name);
    if (from == nullptr || !from->is_mapping()) continue;
    Node& section = document[name];
    if (section.is_null()) section = Node(Node::Mapping{}, section.location);
    if (!section.is_mapping()) continue;  // the schema tells
    for (Member& member : from->members()) import_resource(section, name, std::move(member), findings);
  }
}

}  // namespace hoist::compose

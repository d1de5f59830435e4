#include "compose/load/env_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compose/base/file.hpp"
#include "compose/load/dotenv.hpp"

namespace hoist::compose {
namespace {

/// One entry of `env_file` or `label_file`.
struct FileEntry {
  std::string path;
  std::string format;
  bool required = true;
  SourceLocation location;
};

std::string text_of(const Node* node) {
  return node != nullptr && node->is_scalar() ? node->scalar_text() : std::string();
}

std::vector<FileEntry> entries_of(const Node* list) {
  std::vector<FileEntry> entries;
  if (list == nullptr || !list->is_sequence()) return entries;
  for (const Node& item : list->items()) {
    if (!item.is_mapping()) {
      entries.push_back({.path = text_of(&item), .location = item.location});
      continue;
    }
    const Node* path = item.find("path");
    const Node* required = item.find("required");
    entries.push_back({.path = text_of(path),
                       .format = text_of(item.find("format")),
                       .required = required == nullptr || *required != Node(false),
                       .location = path != nullptr && path->location.known() ? path->location : item.location});
  }
  return entries;
}

/// Members of `mapping` that have a value, as texts.
StringMap values_of(const Node* mapping) {
  StringMap values;
  if (mapping == nullptr || !mapping->is_mapping()) return values;
  for (const Member& member : mapping->members()) {
    if (member.value.is_scalar() && !member.value.is_null()) values[member.key] = member.value.scalar_text();
  }
  return values;
}

EnvLookup in(const StringMap& values) {
  return [&values](const std::string& name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

/// The files that several services name are read once.
class FileTexts {
 public:
  /// Nothing when there is no such file. Errors: as find_file.
  const std::optional<std::string>& find(const std::string& path) {
    const auto known = texts_.find(path);
    return known != texts_.end() ? known->second : texts_.emplace(path, find_file(path)).first->second;
  }

 private:
  std::map<std::string, std::optional<std::string>> texts_;
};

class ServiceFiles {
 public:
  ServiceFiles(Node& service, std::string path, const Sources& sources, FileTexts& texts,
               std::vector<Diagnostic>& findings)
      : service_(service), path_(std::move(path)), sources_(sources), texts_(texts), findings_(findings) {}

  void resolve() {
    if (Node* environment = service_.find("environment")) fill_in(*environment);
    const StringMap own = values_of(service_.find("environment"));
    const auto outside = [this, &own](const std::string& name) {
      std::optional<std::string> value = in(sources_.environment)(name);
      return value ? value : in(own)(name);
    };
    merge("env_file", "environment", outside);
    merge("label_file", "labels", [](const std::string&) { return std::optional<std::string>(); });
  }

 private:
  void fill_in(Node& environment) const {
    if (!environment.is_mapping()) return;
    for (Member& member : environment.members()) {
      if (!member.value.is_null()) continue;
      const std::optional<std::string> value = in(sources_.environment)(member.key);
      if (value) member.value = Node(*value, member.value.location);
    }
  }

  /// Reads the files under `files_key`; what they say goes under `target` where the service says nothing
  /// itself.
  void merge(std::string_view files_key, std::string_view target, const EnvLookup& outside) {
    const Node* files = service_.find(files_key);
    if (files == nullptr) return;
    const std::string path = fmt::format("{}.{}", path_, files_key);
    StringMap values;
    for (const FileEntry& entry : entries_of(files)) read(entry, path, outside, values);
    service_.erase(files_key);
    if (values.empty()) return;
    Node& mapping = service_[target];
    for (auto& [key, value] : values) {
      if (mapping.find(key) == nullptr) mapping.set(key, Node(value));
    }
  }

  void read(const FileEntry& entry, const std::string& path, const EnvLookup& outside, StringMap& values) {
    const auto fail = [this, &path](const SourceLocation& where, std::string message, std::string hint = {}) {
      findings_.push_back({Diagnostic::Severity::error, where, path, std::move(message), std::move(hint)});
    };
    if (!entry.format.empty() && entry.format != "raw" && entry.format != ".env") {
      fail(entry.location, fmt::format("unknown format '{}'", entry.format), "the only format to name is 'raw'");
      return;
    }
    try {
      const std::optional<std::string>& text = texts_.find(entry.path);
      if (!text) {
        if (entry.required) {
          fail(entry.location, fmt::format("there is no file '{}'", entry.path),
               "create it, or set 'required: false' if it may be missing");
        }
        return;
      }
      const auto file = std::make_shared<const std::string>(entry.path);
      EnvPairs pairs =
          entry.format == "raw" ? parse_env_raw(*text, file, outside) : parse_dotenv(*text, file, outside, in(values));
      for (auto& [key, value] : pairs) {
        if (value) values[key] = std::move(*value);
      }
    } catch (const Error& fault) {
      // Findings are collected, so that a person sees all of them at once.
      const bool in_file = fault.location().known();
      fail(in_file ? fault.location() : entry.location, in_file ? fault.std::runtime_error::what() : fault.what(),
           fault.hint());
    }
  }

  Node& service_;
  std::string path_;
  const Sources& sources_;
  FileTexts& texts_;
  std::vector<Diagnostic>& findings_;
};

}  // namespace

void resolve_environment(Node& tree, const Sources& sources, std::vector<Diagnostic>& findings) {
  Node* services = tree.find("services");
  if (services == nullptr || !services->is_mapping()) return;
  FileTexts texts;
  for (Member& service : services->members()) {
    if (service.value.is_mapping()) {
      ServiceFiles(service.value, "services." + service.key, sources, texts, findings).resolve();
    }
  }
}

}  // namespace hoist::compose

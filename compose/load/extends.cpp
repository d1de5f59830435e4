#include "compose/load/extends.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "compose/base/text.hpp"
#include "compose/load/load_watcher.hpp"
#include "compose/load/member_index.hpp"
#include "compose/load/merge.hpp"
#include "compose/load/named_file.hpp"
#include "compose/load/paths.hpp"

namespace hoist::compose {
namespace {

namespace fs = std::filesystem;

/// One service on the way from the first to its bases.
struct Step {
  Node* document;
  std::string service;
  SourceLocation location;
};

/// What an `extends` asks for.
struct Wish {
  std::string service;
  std::string file;  ///< empty = the same
  SourceLocation location;
};

class Resolver {
 public:
  Resolver(const ExtendsReader& reader, std::vector<Diagnostic>& findings) : reader_(reader), findings_(findings) {}

  void run(Node& document) {
    Node* services = document.find("services");
    if (services == nullptr || !services->is_mapping()) return;
    for (const Member& member : services->members()) resolve(document, member.key);
  }

 private:
  /// Leaves the service, and all that it starts from, without `extends`. Precondition: the document has it.
  void resolve(Node& first, const std::string& name) {
    Node* document = &first;
    std::string at = name;
    const std::vector<Step> way = way_to_base(document, at);
    // From the far end back, by a loop: files may hold chains that are longer than the stack is deep.
    for (auto step = way.rbegin(); step != way.rend(); ++step) {
      const Node* base_document = document;
      const std::string base_name = at;
      Node base = *find_service(*document, at);
      document = step->document;
      at = step->service;
      Node& service = *find_service(*document, at);
      if (!base.is_mapping()) continue;
      base.location = service.location;
      drop_tags(base);
      if (reader_.watcher == nullptr) {
        merge_service_into(base, std::move(service), at, findings_);
      } else {
        const Node before = base;
        merge_service_into(base, service, at, findings_);
        reader_.watcher->extended({base_document, base_name, document, at, before, service, base, step->location});
      }
      service = std::move(base);
    }
  }

  /// Follows `extends` from a service to the one that has none, which `document` and `name` are set to. Each service on
  /// the way loses its `extends`, so that what is wrong with it is told once, however many services lead here.
  std::vector<Step> way_to_base(Node*& document, std::string& name) {
    std::vector<Step> way;
    std::set<std::pair<const Node*, std::string>> passed;
    while (true) {
      Node& service = *find_service(*document, name);
      const Node* found = service.find("extends");
      if (found == nullptr) return way;
      const Node extends = *found;
      service.erase("extends");
      if (extends.is_null() || extends.tag == Node::Tag::reset) return way;
      const std::optional<Wish> wish = wish_of(extends, name);
      if (!wish) return way;
      Node* source = wish->file.empty() ? document : other_file(*wish, name);
      if (source == nullptr || !has_service(*source, *wish, name)) return way;
      way.push_back({document, name, wish->location});
      passed.emplace(document, name);
      if (passed.contains({source, wish->service})) {
        report_cycle(way, *source, *wish);
        way.pop_back();
        return way;
      }
      document = source;
      name = wish->service;
    }
  }

  std::optional<Wish> wish_of(const Node& extends, const std::string& name) {
    Wish wish;
    wish.location = extends.location;
    const Node* service = extends.is_mapping() ? extends.find("service") : &extends;
    const Node* file = extends.find("file");
    if (service == nullptr || !service->is_string()) {
      report(extends.location, name, "must name a service", "extends: {service: NAME, file: FILE}");
      return std::nullopt;
    }
    if (file != nullptr && !file->is_null()) {
      if (!file->is_string()) {
        report(file->location, name, fmt::format("'file' must be a string, not {}", file->kind_name()), {});
        return std::nullopt;
      }
      wish.file = file->as_string();
    }
    wish.service = service->as_string();
    return wish;
  }

  /// The document of another file, or null when it cannot be had.
  Node* other_file(const Wish& wish, const std::string& name) {
    const std::optional<RemoteReference> reference = parse_remote_reference(wish.file);
    const std::string path = reference ? wish.file : absolute_path(wish.file, {reader_.directory, reader_.home});
    if (const auto known = files_.find(path); known != files_.end()) return &known->second;
    if (reference) return fetched_file(*reference, wish, name);
    if (std::optional<std::string> fault = why_no_file(path, "file")) {
      report(wish.location, name, *std::move(fault), {});
      return nullptr;
    }
    Node document = reader_.read(path);
    resolve_paths(document, {directory_of(path), reader_.home}, findings_);
    return &files_.emplace(path, std::move(document)).first->second;
  }

  /// As other_file, for one that lies elsewhere.
  Node* fetched_file(const RemoteReference& reference, const Wish& wish, const std::string& name) {
    try {
      const RemoteFile fetched = fetch_remote(reader_.fetch, reference);
      Node document = reader_.read(fetched.file);
      resolve_paths(document, {relative_if_wanted(fetched.directory), reader_.home}, findings_);
      return &files_.emplace(reference.text, std::move(document)).first->second;
    } catch (const Error& error) {
      // What is wrong inside the file has its own places.
      if (error.code() == ErrorCode::cancelled || !error.diagnostics().empty()) throw;
      report(wish.location, name, error.what(), error.hint());
      return nullptr;
    }
  }

  std::string directory_of(const std::string& file) const { return relative_if_wanted(fs::path(file).parent_path()); }

  std::string relative_if_wanted(const fs::path& directory) const {
    return (reader_.keep_relative ? directory.lexically_relative(reader_.directory) : directory).string();
  }

  /// The service, or null. Documents keep their services: only what these say changes.
  Node* find_service(Node& document, const std::string& name) {
    auto known = services_.find(&document);
    if (known == services_.end()) {
      Node nothing;
      Node* services = document.find("services");
      known = services_.emplace(&document, MemberIndex(services != nullptr ? *services : nothing)).first;
    }
    return known->second.find(name);
  }

  bool has_service(Node& document, const Wish& wish, const std::string& name) {
    if (find_service(document, wish.service) != nullptr) return true;
    const Node* services = document.find("services");
    std::vector<std::string> names;
    if (services != nullptr && services->is_mapping()) {
      for (const Member& member : services->members()) names.push_back(member.key);
    }
    const std::string place = wish.file.empty() ? "" : fmt::format(" in '{}'", wish.file);
    report(wish.location, name, fmt::format("unknown service '{}'{}", wish.service, place),
           did_you_mean(wish.service, names));
    return false;
  }

  /// Precondition: the way passes the service that is wished for.
  void report_cycle(const std::vector<Step>& way, const Node& source, const Wish& wish) {
    const auto begin = std::ranges::find_if(
        way, [&](const Step& step) { return step.document == &source && step.service == wish.service; });
    std::string text;
    std::for_each(begin, way.end(), [&text](const Step& step) {
      text += fmt::format("'{}' ({}) extends ", step.service, step.location.to_string());
    });
    report(wish.location, way.back().service, fmt::format("cycle: {}'{}'", text, wish.service), {});
  }

  void report(const SourceLocation& where, const std::string& service, std::string message, std::string hint) {
    Diagnostic finding{Diagnostic::Severity::error, where, fmt::format("services.{}.extends", service),
                       std::move(message), std::move(hint)};
    if (std::ranges::find(findings_, finding) == findings_.end()) findings_.push_back(std::move(finding));
  }

  const ExtendsReader& reader_;
  std::vector<Diagnostic>& findings_;
  std::map<std::string, Node> files_;  ///< by absolute path; services in them lose their `extends` as they are used
  std::map<const Node*, MemberIndex<Node>> services_;  ///< by document
};

}  // namespace

void resolve_extends(Node& document, const ExtendsReader& reader, std::vector<Diagnostic>& findings) {
  Resolver(reader, findings).run(document);
}

}  // namespace hoist::compose

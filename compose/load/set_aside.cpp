#include "compose/load/set_aside.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <tuple>

namespace hoist::compose {
namespace {

/// "services.web.ports[3]" -> "services.web.ports[]": a list's parts are told apart by their places.
std::string without_indices(const std::string& path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    out += path[i];
    if (path[i] != '[') continue;
    while (i + 1 < path.size() && std::isdigit(static_cast<unsigned char>(path[i + 1])) != 0) ++i;
  }
  return out;
}

/// True for a service, network ... or something in it: what is left says enough for the rest to be read.
bool is_in_section(const std::string& path) {
  return path.find('.') != std::string::npos;
}

/// Holds the place of a service, network ... that is wrong as a whole, so that what refers to it still finds something.
Node stand_in(std::string_view section, const SourceLocation& place) {
  Node node(Node::Mapping{}, place);
  if (section == "services") node.set("image", Node("stand-in", place));
  if (section == "models") node.set("model", Node("stand-in", place));
  if (section == "secrets" || section == "configs") node.set("external", Node(true, place));
  return node;
}

/// Takes out of a tree what errors are about, in one pass however many there are.
class Removal {
 public:
  void add(std::string path, const SourceLocation& place) {
    if (place.known()) {
      by_place_[SetAside::place_of(place)].push_back(std::move(path));
    } else {
      anywhere_.push_back(std::move(path));
    }
  }

  void run(Node& node) {
    const std::size_t before = path_.size();
    if (node.is_mapping()) {
      std::erase_if(node.members(), [this, before](Member& member) {
        if (before > 0) path_ += '.';
        path_ += member.key;
        const bool is_resource = before > 0 && depth_ == 1;
        const bool wrong_value = is_wrong(member.value.location);
        const bool goes = !is_resource && (wrong_value || is_wrong(member.key_location));
        if (is_resource && wrong_value) {
          member.value = stand_in(std::string_view(path_).substr(0, before), member.value.location);
        } else if (!goes) {
          ++depth_;
          run(member.value);
          --depth_;
        }
        path_.resize(before);
        return goes;
      });
    } else if (node.is_sequence()) {
      path_ += "[]";
      std::erase_if(node.items(), [this](Node& item) {
        if (is_wrong(item.location)) return true;
        run(item);
        return false;
      });
      path_.resize(before);
    }
  }

 private:
  /// True when an error is about the current path, or about what holds it, at this place.
  bool is_wrong(const SourceLocation& place) const {
    const auto holds = [this](const std::string& path) {
      return path_.starts_with(path) &&
             (path_.size() == path.size() || path_[path.size()] == '.' || path_[path.size()] == '[');
    };
    if (std::ranges::any_of(anywhere_, holds)) return true;
    if (!place.known()) return false;
    const auto found = by_place_.find(SetAside::place_of(place));
    return found != by_place_.end() && std::ranges::any_of(found->second, holds);
  }

  std::map<SetAside::Place, std::vector<std::string>> by_place_;  ///< paths of errors
  std::vector<std::string> anywhere_;                             ///< of those whose place is not known
  std::string path_;
  int depth_ = 0;  ///< mappings around the current one
};

}  // namespace

SetAside::Place SetAside::place_of(const SourceLocation& location) {
  return {*location.file, location.line, location.column};
}

bool SetAside::follows(const Diagnostic& finding) const {
  return (finding.location.known() && places_.contains(place_of(finding.location))) ||
         holders_.contains(without_indices(finding.path));
}

void SetAside::add(Diagnostic error) {
  if (error.location.known()) places_.insert(place_of(error.location));
  const std::string path = without_indices(error.path);
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (path[i] == '.' || path[i] == '[') holders_.insert(path.substr(0, i));
  }
  errors_.push_back(std::move(error));
}

bool SetAside::take(std::vector<Diagnostic>& findings, Node& tree) {
  std::vector<Diagnostic> fresh;
  for (const Diagnostic& finding : findings) {
    if (finding.severity == Diagnostic::Severity::error && !follows(finding)) fresh.push_back(finding);
  }
  std::erase_if(findings, [](const Diagnostic& finding) { return finding.severity == Diagnostic::Severity::error; });
  bool all = true;
  Removal removal;
  for (Diagnostic& finding : fresh) {
    std::string path = without_indices(finding.path);
    if (is_in_section(path)) {
      removal.add(std::move(path), finding.location);
    } else {
      all = false;
    }
    add(std::move(finding));
  }
  if (!fresh.empty()) removal.run(tree);
  return all;
}

std::vector<Diagnostic> SetAside::errors() const {
  std::map<std::string, std::size_t> files;
  for (const Diagnostic& error : errors_) {
    files.try_emplace(error.location.file ? *error.location.file : std::string(), files.size());
  }
  std::vector<Diagnostic> sorted = errors_;
  std::ranges::stable_sort(sorted, {}, [&files](const Diagnostic& error) {
    const std::size_t file = files.at(error.location.file ? *error.location.file : std::string());
    return std::tuple(file, error.location.line, error.location.column);
  });
  return sorted;
}

}  // namespace hoist::compose

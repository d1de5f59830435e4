#include "cli/watch/watched_tree.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>

#include "compose/base/dockerignore.hpp"
#include "compose/base/error.hpp"

namespace hoist::cli {
namespace {

namespace fs = std::filesystem;
using RuleList = sync::wire::Hello::RuleList;

/// Swap, lock and backup files of editors, and what Git does behind the scenes.
/// Source: the documentation of vim, Emacs, JetBrains IDEs, GLib and Kate.
constexpr const char* k_never =
    ".git\n"
    "**/.*.sw[a-p]\n**/.*.swx\n**/4913\n"
    "**/.#*\n**/#*#\n**/*~\n"
    "**/*___jb_tmp___\n**/*___jb_old___\n**/.idea\n"
    "**/.goutputstream-*\n"
    "**/.*.kate-swp\n";

/// A pattern that stands for just this name.
std::string as_pattern(const std::string& name) {
  std::string pattern;
  for (const char c : name) {
    if (std::string_view("*?[\\").find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern;
}

/// Where `path` lies in `directory`, whatever links lead to either; nothing when it does not.
std::optional<fs::path> place_in(const std::string& path, const std::string& directory) {
  std::error_code unseen;
  const fs::path below = fs::weakly_canonical(path, unseen).lexically_relative(fs::weakly_canonical(directory, unseen));
  if (unseen || below.empty() || *below.begin() == "..") return std::nullopt;
  return below;
}

/// What the build of the service leaves behind, if the root lies in its context.
void add_build_rules(const compose::Service& service, const std::string& root, std::vector<RuleList>& rules) {
  if (!service.build || !service.build->context.starts_with('/')) return;
  const fs::path context = service.build->context;
  const std::optional<fs::path> below = place_in(root, context);
  if (!below) return;
  const std::string& dockerfile = service.build->dockerfile;
  DockerIgnoreFile file = find_dockerignore(context, dockerfile.empty() ? fs::path() : context / dockerfile);
  if (file.text.empty()) return;
  [[maybe_unused]] const DockerIgnore checked(file.text, file.name);  // its errors name the file
  rules.push_back({RuleList::Kind::docker, *below == "." ? std::string() : below->string(), std::move(file.text)});
}

}  // namespace

bool is_mounted(const compose::Service& service, const compose::WatchRule& rule) {
  return std::ranges::any_of(service.volumes, [&rule](const compose::Mount& mount) {
    if (mount.type != compose::Mount::Type::bind) return false;
    const std::optional<fs::path> below = place_in(rule.path, mount.source);
    return below &&
           (fs::path(mount.target) / *below / "").lexically_normal() == (fs::path(rule.target) / "").lexically_normal();
  });
}

WatchedTree watched_tree(const compose::Service& service, const compose::WatchRule& rule) {
  WatchedTree tree{.root = fs::path(rule.path).lexically_normal().string(), .far_root = rule.target};
  if (tree.root.size() > 1 && tree.root.ends_with('/')) tree.root.pop_back();
  std::error_code unseen;
  const fs::file_status found = fs::status(tree.root, unseen);
  if (!fs::exists(found)) throw Error(ErrorCode::not_found, fmt::format("there is no '{}' to watch", rule.path));
  if (!fs::is_directory(found)) {
    const fs::path file = tree.root;
    const fs::path target = rule.target;
    if (!target.empty() && target.has_filename() && target.filename() != file.filename()) {
      throw Error(
          ErrorCode::bad_input,
          fmt::format("the file '{}' cannot be carried over to '{}', which has another name", rule.path, rule.target))
          .at(rule.location);
    }
    tree.root = file.parent_path().string();
    tree.far_root = target.empty() ? std::string() : target.parent_path().string();
    tree.rules.push_back({RuleList::Kind::docker, {}, fmt::format("*\n!{}\n", as_pattern(file.filename().string()))});
    return tree;
  }
  tree.rules.push_back({RuleList::Kind::docker, {}, k_never});
  add_build_rules(service, tree.root, tree.rules);
  if (!rule.ignore.empty())
    tree.rules.push_back({RuleList::Kind::docker, {}, fmt::format("{}", fmt::join(rule.ignore, "\n"))});
  if (!rule.include.empty())
    tree.rules.push_back({RuleList::Kind::only, {}, fmt::format("{}", fmt::join(rule.include, "\n"))});
  return tree;
}

}  // namespace hoist::cli

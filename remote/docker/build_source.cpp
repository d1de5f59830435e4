#include "remote/docker/build_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "compose/base/dockerignore.hpp"
#include "compose/base/error.hpp"
#include "compose/base/file.hpp"

namespace hoist::remote {
namespace {

namespace fs = std::filesystem;

/// The same text gives the same name, so that sending it again finds the builder's cache (FNV-1a).
std::string generated_name(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return fmt::format(".dockerfile.{:016x}", hash);
}

Diagnostic missing(const compose::Service& service, std::string what, std::string hint) {
  return {Diagnostic::Severity::error, service.build->location, fmt::format("services.{}.build", service.name),
          std::move(what), std::move(hint)};
}

fs::path context_of(const compose::Build& build) {
  return fs::path(build.context).lexically_normal();
}

/// An absolute path stands for itself.
fs::path dockerfile_of(const compose::Build& build) {
  const fs::path wanted = build.dockerfile.empty() ? fs::path("Dockerfile") : fs::path(build.dockerfile);
  return (context_of(build) / wanted).lexically_normal();
}

bool is_inside(const fs::path& relative) {
  return !relative.empty() && *relative.begin() != ".." && relative != ".";
}

}  // namespace

bool is_remote_context(std::string_view context) {
  constexpr std::array<std::string_view, 6> k_starts{"http://", "https://", "git://", "ssh://", "git@", "github.com/"};
  return std::any_of(k_starts.begin(), k_starts.end(),
                     [context](std::string_view s) { return context.starts_with(s); });
}

std::optional<Diagnostic> find_build_fault(const compose::Service& service) {
  const compose::Build& build = *service.build;
  if (is_remote_context(build.context)) return std::nullopt;
  const fs::path context = context_of(build);
  std::error_code ignored;
  if (!fs::is_directory(context, ignored)) {
    return missing(service,
                   fmt::format("the build context '{}' {}", build.context,
                               fs::exists(context, ignored) ? "is not a directory" : "does not exist"),
                   "create it, or correct 'build.context'");
  }
  const fs::path dockerfile = dockerfile_of(build);
  if (build.dockerfile_inline.empty() && !fs::is_regular_file(dockerfile, ignored)) {
    return missing(service, fmt::format("there is no Dockerfile '{}'", dockerfile.string()),
                   "create it, or correct 'build.dockerfile'");
  }
  return std::nullopt;
}

BuildSource find_build_source(const compose::Service& service) {
  const compose::Build& build = *service.build;
  BuildSource source;
  if (is_remote_context(build.context)) {
    source.url = build.context;
    source.dockerfile = build.dockerfile;
    if (!build.dockerfile_inline.empty()) source.dockerfile_text = build.dockerfile_inline;
    return source;
  }
  if (std::optional<Diagnostic> fault = find_build_fault(service)) throw Error({*std::move(fault)});
  source.context = context_of(build);
  if (!build.dockerfile_inline.empty()) {
    source.dockerfile_text = build.dockerfile_inline;
    source.generated = true;
    source.dockerfile = generated_name(*source.dockerfile_text);
    return source;
  }
  source.dockerfile_path = dockerfile_of(build);
  std::error_code ignored;
  source.dockerfile_text = read_file(source.dockerfile_path);
  const fs::path relative = source.dockerfile_path.lexically_relative(source.context);
  // A link, of the file or of a directory above it, may point out of the context, where the builder cannot follow.
  source.generated = !is_inside(relative) || fs::weakly_canonical(source.dockerfile_path, ignored) !=
                                                 fs::weakly_canonical(source.context, ignored) / relative;
  source.dockerfile = source.generated ? generated_name(*source.dockerfile_text) : relative.generic_string();
  return source;
}

ContextFiles context_files(const BuildSource& source) {
  ContextFiles files{.root = source.context, .ignore = load_dockerignore(source.context, source.dockerfile_path)};
  files.always = {".dockerignore"};
  if (source.generated) {
    files.extra[source.dockerfile] = *source.dockerfile_text;
  } else {
    files.always.insert(source.dockerfile);
  }
  return files;
}

}  // namespace hoist::remote

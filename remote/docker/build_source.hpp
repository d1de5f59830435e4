#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "compose/base/error.hpp"
#include "compose/model/service.hpp"
#include "remote/docker/tar_writer.hpp"

namespace hoist::remote {

/// What a build is made from, found and checked.
struct BuildSource {
  std::string url;  ///< of a context elsewhere; empty = `context` is used
  std::filesystem::path context;
  std::string dockerfile;                      ///< its name within the context, as the engine is to look for it
  std::filesystem::path dockerfile_path;       ///< on the disk; empty for an inline one and with `url`
  std::optional<std::string> dockerfile_text;  ///< not known with `url`
  bool generated = false;  ///< the Dockerfile is not a file of the context: it is sent under a name of ours
};

/// What is missing of a service's build, at its place in the file; nothing when all is there.
std::optional<Diagnostic> find_build_fault(const compose::Service& service);

/// Finds context and Dockerfile of a service's build.
/// Errors: Error{bad_input} at the build's place in the file when one is missing.
BuildSource find_build_source(const compose::Service& service);

/// The files to send for `source`, its ignore rules read. Errors: Error{bad_input} for a rule that cannot be
/// read.
ContextFiles context_files(const BuildSource& source);

/// True for contexts that the builder fetches by itself: "https://...", "git@host:...", "github.com/...".
bool is_remote_context(std::string_view context);

}  // namespace hoist::remote

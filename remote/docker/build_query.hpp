#pragma once

#include <string>

#include "compose/plan/plan.hpp"
#include "remote/docker/build_source.hpp"

namespace hoist::remote {

/// Which of an engine's builders a request is for.
enum class Builder { buildkit, classic, podman };

/// The query of POST /build, without the '?'.
/// Source: Docker Engine API, ImageBuild.
std::string build_query(const compose::BuildImage& build, const BuildSource& source, Builder builder);

/// Build arguments that have a value: those of the command line over those of the file over the
/// environment's.
compose::StringMap build_arguments(const compose::BuildImage& build);

/// Labels of the result: the file's and those that say where the image comes from.
compose::StringMap image_labels(const compose::BuildImage& build);

/// The tags of the result, the one that its containers run first.
std::vector<std::string> image_tags(const compose::BuildImage& build);

/// True when the build asks for what the engine's API cannot carry without a session.
bool needs_buildx(const compose::BuildImage& build);

}  // namespace hoist::remote

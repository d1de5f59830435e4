#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"
#include "remote/docker/auth.hpp"
#include "remote/docker/build_progress.hpp"
#include "remote/docker/build_query.hpp"
#include "remote/docker/build_source.hpp"
#include "remote/docker/buildx.hpp"
#include "remote/docker/dockerfile_images.hpp"
#include "remote/docker/images.hpp"
#include "remote/docker/line_reader.hpp"
#include "remote/docker/pull_push.hpp"
#include "remote/docker/reference.hpp"
#include "remote/docker/tar_writer.hpp"

namespace hoist::remote {
namespace {

/// A trace carries what steps print; BuildKit cuts that to pieces far below this.
constexpr std::size_t k_report_limit = 16U << 20U;
constexpr std::size_t k_shown_lines = 10;
constexpr std::uint64_t k_sent_step = 1U << 20U;

bool wants_session(const BuildFailure& failure) {
  return failure.message.find("no active session") != std::string::npos;
}

bool has_no_buildkit(const BuildFailure& failure) {
  const std::string text = to_lower(failure.message);
  return text.find("buildkit") != std::string::npos &&
         (text.find("not supported") != std::string::npos || text.find("unsupported") != std::string::npos ||
          text.find("not enabled") != std::string::npos);
}

bool knows_no_contexts(const BuildFailure& failure) {
  return failure.message.find("moby.buildkit.frontend.contexts") != std::string::npos;
}

Error build_error(const compose::BuildImage& build, const BuildFailure& failure) {
  if (knows_no_contexts(failure)) {
    return Error(ErrorCode::failed, fmt::format("the engine that is to build image '{}' of service '{}' is too old "
                                                "for additional contexts",
                                                build.reference, build.service->name))
        .with_hint("update it to Docker 23 or newer, or begin the Dockerfile with '# syntax=docker/dockerfile:1'");
  }
  std::string text = fmt::format("image '{}' of service '{}' did not build", build.reference, build.service->name);
  if (!failure.step.empty()) text += fmt::format(" at step '{}'", failure.step);
  text += ": " + failure.message;
  const std::size_t first = failure.output.size() - std::min(failure.output.size(), k_shown_lines);
  for (std::size_t i = first; i < failure.output.size(); ++i) text += "\n  | " + failure.output[i];
  return {ErrorCode::failed, std::move(text)};
}

/// Everything that one build needs on its way.
class Build {
 public:
  Build(DockerClient& client, ProcessRunner& processes, const compose::BuildImage& build, EventSink& events)
      : client_(client),
        processes_(processes),
        build_(build),
        events_(events),
        resource_("image " + build.reference),
        source_(find_build_source(*build.service)),
        credentials_(processes, docker_config_directory()) {}

  void run(const std::stop_token& stop);

 private:
  std::vector<std::string> base_images() const;
  void fetch_base_images(const std::stop_token& stop);
  std::optional<BuildFailure> build_in_engine(Builder builder, const std::stop_token& stop);
  std::optional<BuildFailure> build_with_buildx(const std::string& why, const std::stop_token& stop);
  BodySource context_body();

  DockerClient& client_;
  ProcessRunner& processes_;
  const compose::BuildImage& build_;
  EventSink& events_;
  std::string resource_;
  BuildSource source_;
  CredentialStore credentials_;
};

std::vector<std::string> Build::base_images() const {
  if (!source_.dockerfile_text) return {};
  return images_of_dockerfile(*source_.dockerfile_text,
                              {.target = build_.service->build->target, .args = build_arguments(build_)});
}

/// BuildKit without a session cannot reach a registry: beyond this point every base image is in the engine.
void Build::fetch_base_images(const std::stop_token& stop) {
  std::vector<std::string> images;
  for (std::string& image : base_images()) {
    if (find_reference(image)) images.push_back(std::move(image));
  }
  if (images.empty()) return;
  const std::map<std::string, std::string> here = find_image_ids(client_, images, stop);
  const bool fresh = build_.pull || build_.service->build->pull;
  for (const std::string& image : images) {
    if (here.contains(image) && !fresh) continue;
    events_.emit({.resource = resource_, .text = fmt::format("pulling base image {}", image)});
    const std::optional<Error> refusal = try_pull(client_, credentials_,
                                                  {.reference = image,
                                                   .platform = build_.service->platform,
                                                   .services = {build_.service->name},
                                                   .resource = resource_},
                                                  events_, stop);
    if (refusal) throw Error(*refusal).while_doing(fmt::format("building image '{}'", build_.reference));
  }
}

BodySource Build::context_body() {
  const auto tar = std::make_shared<ContextTar>(context_files(source_));
  const Event shown{.resource = resource_, .text = "sending", .part = "build context"};
  return [tar, shown, &events = events_, sent = std::uint64_t{0}, told = std::uint64_t{0}]() mutable {
    std::string piece = tar->next();
    sent += piece.size();
    Event event = shown;
    event.current = sent;
    if (piece.empty()) {
      event.phase = Event::Phase::done;
      event.text = fmt::format("sent {}", human_size(static_cast<double>(sent)));
      events.emit(std::move(event));
    } else if (sent - told >= k_sent_step) {
      told = sent;
      events.emit(std::move(event));
    }
    return piece;
  };
}

std::optional<BuildFailure> Build::build_in_engine(Builder builder, const std::stop_token& stop) {
  HttpRequest request{.method = "POST", .target = "/build?" + build_query(build_, source_, builder)};
  request.headers.emplace_back("Content-Type", "application/x-tar");
  if (builder != Builder::buildkit) {
    std::set<std::string> domains;
    for (const std::string& image : base_images()) {
      if (const std::optional<ImageReference> reference = find_reference(image)) domains.insert(reference->domain);
    }
    request.headers.emplace_back("X-Registry-Config", credentials_.config_header(domains, stop));
  }
  if (source_.url.empty()) request.body_source = context_body();

  BuildProgress progress(events_, resource_);
  LineReader lines([&progress](std::string_view line) { progress.engine_line(line); }, k_report_limit);
  const HttpResponse response = client_.stream_raw(
      std::move(request),
      [&lines](std::string_view piece) {
        lines.feed(piece);
        return true;
      },
      stop);
  lines.finish();
  progress.finish();
  if (response.status < 200 || response.status >= 300) {
    return progress.failure_with(
        engine_message(response, fmt::format("the engine answered with status {}", response.status)));
  }
  return progress.failure();
}

std::optional<BuildFailure> Build::build_with_buildx(const std::string& why, const std::stop_token& stop) {
  require_buildx(processes_, why, stop);
  BuildProgress progress(events_, resource_);
  const ExitStatus status = run_buildx(processes_, buildx_request(build_, source_, client_.address()), progress, stop);
  progress.finish();
  if (status.success()) return std::nullopt;
  if (std::optional<BuildFailure> failure = progress.failure()) return failure;
  return progress.failure_with(fmt::format("`docker buildx build` ended with exit code {}", status.code));
}

void Build::run(const std::stop_token& stop) {
  const bool podman = client_.ping(stop).podman;
  std::optional<BuildFailure> failure;
  if (needs_buildx(build_)) {
    if (podman) {
      throw Error(ErrorCode::failed, fmt::format("service '{}' builds with secrets, ssh, additional contexts, several "
                                                 "platforms, entitlements, attestations, stages without cache or a "
                                                 "cache to write, which Podman's API cannot do",
                                                 build_.service->name))
          .at(build_.service->build->location)
          .with_hint("use a Docker engine for this build");
    }
    failure = build_with_buildx(
        "secrets, ssh, additional contexts, several platforms, entitlements, attestations, stages without cache or a "
        "cache to write",
        stop);
  } else if (podman) {
    failure = build_in_engine(Builder::podman, stop);
  } else {
    fetch_base_images(stop);
    failure = build_in_engine(Builder::buildkit, stop);
    if (failure && wants_session(*failure)) {
      failure = build_with_buildx("images or sources that the engine can only fetch through a client", stop);
    } else if (failure && has_no_buildkit(*failure)) {
      failure = build_in_engine(Builder::classic, stop);
    }
  }
  if (failure) throw build_error(build_, *failure);
}

}  // namespace

void build_image(DockerClient& client, ProcessRunner& processes, const compose::BuildImage& build, EventSink& events,
                 std::stop_token stop) {
  events.emit({.resource = "image " + build.reference, .text = "building"});
  Build(client, processes, build, events).run(stop);
}

}  // namespace hoist::remote

#include "remote/docker/pull_push.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <span>

#include "compose/base/text.hpp"
#include "remote/docker/images.hpp"
#include "remote/docker/layer_progress.hpp"
#include "remote/docker/line_reader.hpp"
#include "remote/docker/reference.hpp"

namespace hoist::remote {
namespace {

using nlohmann::json;

constexpr std::size_t k_progress_line_limit = 1U << 20U;

bool says(std::string_view text, std::span<const std::string_view> words) {
  const std::string lower = to_lower(text);
  return std::any_of(words.begin(), words.end(),
                     [&lower](std::string_view word) { return lower.find(word) != std::string::npos; });
}

ErrorCode code_of(std::string_view message, int status) {
  constexpr std::array<std::string_view, 6> k_denied{"unauthorized",         "no basic auth",      "denied",
                                                     "authentication requi", "authorization fail", "forbidden"};
  constexpr std::array<std::string_view, 8> k_missing{"manifest unknown", "name unknown",   "not found",
                                                      "no such image",    "no such tag",    "tag does not",
                                                      "does not exist",   "image not known"};
  constexpr std::array<std::string_view, 1> k_unresolved{"no such host"};
  if (says(message, k_unresolved)) return ErrorCode::unavailable;
  if (status == 401 || status == 403 || says(message, k_denied)) return ErrorCode::denied;
  if (status == 404 || says(message, k_missing)) return ErrorCode::not_found;
  return ErrorCode::unavailable;
}

std::string wanted_by(const std::vector<std::string>& services) {
  if (services.empty()) return {};
  std::vector<std::string> quoted;
  for (const std::string& service : services) quoted.push_back(fmt::format("'{}'", service));
  return fmt::format(" wanted by {} {}", services.size() == 1 ? "service" : "services", fmt::join(quoted, ", "));
}

/// What became of one request whose answer is a stream of progress lines.
struct Outcome {
  int status = 0;
  std::string refusal;  ///< empty = it went well
};

Outcome follow(DockerClient& client, HttpRequest request, const std::string& resource, EventSink& events,
               const std::stop_token& stop) {
  Outcome outcome;
  LineReader lines(
      [&outcome, &resource, &events](std::string_view text) {
        const json line = json::parse(text, nullptr, false);
        if (std::optional<std::string> error = stream_error(line)) {
          outcome.refusal = std::move(*error);
        } else if (std::optional<Event> event = layer_event(line, resource)) {
          events.emit(std::move(*event));
        }
      },
      k_progress_line_limit);
  const HttpResponse response = client.stream_raw(
      std::move(request),
      [&lines](std::string_view piece) {
        lines.feed(piece);
        return true;
      },
      stop);
  lines.finish();
  if (response.status < 200 || response.status >= 300) {
    outcome.status = response.status;
    outcome.refusal = engine_message(response, fmt::format("the engine answered with status {}", response.status));
  }
  return outcome;
}

/// Who is refused for want of credentials learns what became of them.
Error with_helper_fault(Error error, const CredentialStore& credentials) {
  if (error.code() == ErrorCode::denied && !credentials.fault().empty()) {
    error.with_hint(fmt::format("credentials could not be had: {}", credentials.fault()));
  }
  return error;
}

std::string platform_query(const std::string& platform) {
  return platform.empty() ? std::string() : "&platform=" + escape_query(platform);
}

}  // namespace

Error registry_error(const std::string& reference, const std::vector<std::string>& services, std::string_view message,
                     int status) {
  const ErrorCode code = code_of(message, status);
  Error error(code,
              fmt::format("image '{}'{}: registry says: {}", reference, wanted_by(services), strip_control(message)));
  const std::optional<ImageReference> parsed = find_reference(reference);
  const std::string registry = parsed && parsed->domain != "docker.io" ? " " + parsed->domain : "";
  switch (code) {
    case ErrorCode::denied:
      error.with_hint(fmt::format("check the name; if the image is private, run `docker login{}`", registry));
      break;
    case ErrorCode::not_found:
      error.with_hint("check name and tag, or give the service a `build`");
      break;
    default:
      error.with_hint("check that the engine can reach the registry, then try again");
      break;
  }
  return error;
}

std::optional<Error> try_pull(DockerClient& client, CredentialStore& credentials, const PullCall& call,
                              EventSink& events, std::stop_token stop) {
  const ImageReference reference = parse_reference(call.reference);
  const std::string& version = reference.digest.empty() ? reference.tag : reference.digest;
  HttpRequest request{
      .method = "POST",
      .target = fmt::format("/images/create?fromImage={}&tag={}{}", escape_query(reference.repository()),
                            escape_query(version), platform_query(call.platform))};
  request.headers.emplace_back("X-Registry-Auth", credentials.auth_header(reference.domain, stop));
  const Outcome outcome = follow(client, std::move(request), call.resource, events, stop);
  if (outcome.refusal.empty()) return std::nullopt;
  return with_helper_fault(registry_error(call.reference, call.services, outcome.refusal, outcome.status), credentials);
}

void pull_image(DockerClient& client, ProcessRunner& processes, const compose::PullImage& pull, EventSink& events,
                std::stop_token stop) {
  const std::string resource = "image " + pull.reference;
  CredentialStore credentials(processes, docker_config_directory());
  events.emit({.resource = resource, .text = "pulling"});
  const std::optional<Error> refusal = try_pull(
      client, credentials,
      {.reference = pull.reference, .platform = pull.platform, .services = pull.services, .resource = resource}, events,
      stop);
  if (refusal) throw *refusal;
}

void push_image(DockerClient& client, ProcessRunner& processes, const compose::PushImage& push, EventSink& events,
                std::stop_token stop) {
  const std::string resource = "image " + push.reference;
  const ImageReference reference = parse_reference(push.reference);
  if (reference.tag.empty()) {
    throw Error(ErrorCode::bad_input,
                fmt::format("image '{}' has a digest but no tag: it cannot be pushed", push.reference));
  }
  CredentialStore credentials(processes, docker_config_directory());
  events.emit({.resource = resource, .text = "pushing"});
  HttpRequest request{
      .method = "POST",
      .target = fmt::format("/images/{}/push?tag={}", reference.familiar_repository(), escape_query(reference.tag))};
  request.headers.emplace_back("X-Registry-Auth", credentials.auth_header(reference.domain, stop));
  const Outcome outcome = follow(client, std::move(request), resource, events, stop);
  if (outcome.refusal.empty()) return;
  if (find_image_ids(client, {push.reference}, stop).empty()) {
    throw Error(ErrorCode::not_found,
                fmt::format("image '{}'{} is not there to be pushed", push.reference, wanted_by(push.services)))
        .with_hint("build or pull it first");
  }
  throw with_helper_fault(registry_error(push.reference, push.services, outcome.refusal, outcome.status), credentials);
}

}  // namespace hoist::remote

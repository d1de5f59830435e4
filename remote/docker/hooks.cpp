#include "remote/docker/hooks.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"
#include "remote/docker/attached.hpp"
#include "remote/docker/json_access.hpp"
#include "remote/docker/line_reader.hpp"
#include "remote/docker/query.hpp"

namespace hoist::remote {
namespace {

constexpr std::size_t k_longest_line = 1U << 20U;

compose::ExecRequest request_for(const std::string& container, const compose::Hook& hook) {
  compose::ExecRequest request{.container = container,
                               .argv = hook.command,
                               .user = hook.user,
                               .working_dir = hook.working_dir,
                               .privileged = hook.privileged};
  for (const auto& [name, value] : hook.environment) request.environment.push_back(value ? name + "=" + *value : name);
  return request;
}

bool is_running(DockerClient& client, const std::string& container, const std::stop_token& stop) {
  const std::optional<nlohmann::json> answer = client.find(container_path(container, "/json"), stop);
  return answer && flag_at(object_at(*answer, "State"), "Running");
}

}  // namespace

void run_hooks(DockerClient& client, const HookPlace& place, std::string_view kind,
               std::span<const compose::Hook> hooks, EventSink& events, std::stop_token stop) {
  for (const compose::Hook& hook : hooks) {
    events.emit({.resource = place.resource, .phase = Event::Phase::working, .text = fmt::format("running {}", kind)});
    LineReader lines(
        [&place, &events](std::string_view line) {
          events.emit(
              {.resource = place.resource, .phase = Event::Phase::output, .text = strip_control(std::string(line))});
        },
        k_longest_line, LineReader::LongLine::cut);
    const std::unique_ptr<compose::AttachedProcess> process =
        start_exec(client, request_for(place.container, hook), stop);
    while (const std::optional<compose::OutputChunk> chunk = process->read(stop)) lines.feed(chunk->text);
    lines.finish();
    const int code = process->wait(stop);
    if (code == 0) continue;
    throw Error(ErrorCode::failed, fmt::format("{} of service '{}' has ended with code {}", kind, place.service, code))
        .at(hook.location);
  }
}

void run_pre_stop(DockerClient& client, const HookPlace& place, const compose::Service& service, EventSink& events,
                  std::stop_token stop) {
  if (service.pre_stop.empty() || !is_running(client, place.container, stop)) return;
  run_hooks(client, place, "pre_stop", service.pre_stop, events, std::move(stop));
}

}  // namespace hoist::remote

#include "remote/docker/engine.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <type_traits>
#include <variant>

#include "compose/base/text.hpp"
#include "compose/plan/labels.hpp"
#include "remote/docker/api_socket.hpp"
#include "remote/docker/attached.hpp"
#include "remote/docker/await.hpp"
#include "remote/docker/client.hpp"
#include "remote/docker/containers.hpp"
#include "remote/docker/digests.hpp"
#include "remote/docker/engine_gaps.hpp"
#include "remote/docker/event_stream.hpp"
#include "remote/docker/images.hpp"
#include "remote/docker/json_access.hpp"
#include "remote/docker/log_stream.hpp"
#include "remote/docker/models.hpp"
#include "remote/docker/networks.hpp"
#include "remote/docker/observe.hpp"
#include "remote/docker/observe_json.hpp"
#include "remote/docker/plan_faults.hpp"
#include "remote/docker/port_faults.hpp"
#include "remote/docker/providers.hpp"
#include "remote/docker/query.hpp"
#include "remote/host/engine_search.hpp"

namespace hoist::remote {
namespace {

using nlohmann::json;

/// Calls the function for each kind of operation.
struct Apply {
  DockerClient& client;
  ProcessRunner& processes;
  Providers& providers;
  EventSink& events;
  std::stop_token stop;

  void operator()(const compose::PullImage& op) const { pull_image(client, processes, op, events, stop); }
  void operator()(const compose::BuildImage& op) const { build_image(client, processes, op, events, stop); }
  void operator()(const compose::PushImage& op) const { push_image(client, processes, op, events, stop); }
  void operator()(const compose::RemoveImage& op) const { remove_image(client, op, stop); }
  void operator()(const compose::CreateNetwork& op) const { create_network(client, op, events, stop); }
  void operator()(const compose::RemoveNetwork& op) const { remove_network(client, op, events, stop); }
  void operator()(const compose::CreateVolume& op) const { create_volume(client, op, events, stop); }
  void operator()(const compose::RemoveVolume& op) const { remove_volume(client, op, events, stop); }
  compose::Definition completed(compose::Definition service) const {
    return with_credentials(providers.with_variables(std::move(service)), processes, stop);
  }

  void operator()(compose::CreateContainer op) const {
    op.spec.service = completed(op.spec.service);
    create_container(client, op, events, stop);
  }
  void operator()(compose::ReplaceContainer op) const {
    op.spec.service = completed(op.spec.service);
    replace_container(client, op, events, stop);
  }
  void operator()(const compose::RenameContainer& op) const { rename_container(client, op, events, stop); }
  void operator()(compose::StartContainer op) const {
    op.definition = with_credentials(op.definition, processes, stop);
    start_container(client, op, events, stop);
  }
  void operator()(const compose::StopContainer& op) const { stop_container(client, op, events, stop); }
  void operator()(const compose::RestartContainer& op) const { restart_container(client, op, events, stop); }
  void operator()(const compose::KillContainer& op) const { kill_container(client, op, events, stop); }
  void operator()(const compose::RemoveContainer& op) const { remove_container(client, op, events, stop); }
  void operator()(const compose::AwaitCondition& op) const { await_condition(client, op, events, stop); }
  void operator()(const compose::RunProvider& op) const {
    providers.run(op, plugin_search_of_this_machine(), events, stop);
  }
  void operator()(const compose::PrepareModel& op) const {
    prepare_model(op, plugin_search_of_this_machine(), processes, events, stop);
  }
};

class HttpDockerEngine final : public DockerEngine {
 public:
  HttpDockerEngine(HttpEndpoint address, ProcessRunner& processes)
      : client_(std::move(address)), processes_(processes), providers_(processes) {}

  compose::EngineInfo info(std::stop_token stop) override {
    const json answer = client_.get("/version", stop);
    compose::EngineInfo info;
    const json& components = list_at(answer, "Components");
    const std::string first = components.empty() ? std::string() : text_at(components.front(), "Name");
    info.product = first.empty() || first == "Engine" ? "Docker Engine" : strip_control(first);
    info.version = strip_control(text_at(answer, "Version"));
    info.api_version = client_.api(stop).to_string();
    info.os = strip_control(text_at(answer, "Os"));
    info.architecture = strip_control(text_at(answer, "Arch"));
    info.address = client_.address();
    return info;
  }

  compose::ObservedState observe(const compose::ObserveRequest& request, std::stop_token stop) override {
    return remote::observe(client_, request, stop);
  }

  compose::PlanFindings check(const compose::Plan& plan, std::stop_token stop) override {
    const bool local = client_.address().starts_with("unix:");
    compose::PlanFindings found{.faults = find_plan_faults(plan, {.files_are_here = local})};
    if (!found.faults.empty()) return found;
    refuse_taken_ports(client_, plan, stop);
    const EnginePing ping = client_.ping(stop);
    EngineTraits traits{.api = ping.api, .podman = ping.podman, .windows = ping.windows};
    if (asks_for_kernel(plan)) traits.kernel_lacks = kernel_lacks(client_.get("/info", stop));
    found.gaps = find_engine_gaps(plan, traits);
    return found;
  }

  void apply(const compose::Operation& operation, EventSink& events, std::stop_token stop) override {
    std::visit(Apply{client_, processes_, providers_, events, stop}, operation);
  }

  std::map<std::string, std::string> pin_images(const std::vector<std::string>& images, std::stop_token stop) override {
    return remote::pin_images(client_, processes_, images, stop);
  }

  std::unique_ptr<ByteStream> run_injected(const std::string& container, const InjectedProgram& program,
                                           std::stop_token stop) override {
    return remote::run_injected(client_, container, program, stop);
  }

  void logs(const compose::LogRequest& request, const std::function<void(compose::OutputChunk)>& on_chunk,
            std::stop_token stop) override {
    stream_logs(client_, request, on_chunk, stop);
  }

  std::unique_ptr<compose::AttachedProcess> exec(const compose::ExecRequest& request, std::stop_token stop) override {
    return start_exec(client_, request, stop);
  }

  void exec_detached(const compose::ExecRequest& request, std::stop_token stop) override {
    start_exec_detached(client_, request, stop);
  }

  std::unique_ptr<compose::AttachedProcess> attach(const compose::AttachRequest& request,
                                                   std::stop_token stop) override {
    return attach_container(client_, request, stop);
  }

  compose::ContainerDetail inspect(const std::string& container, std::stop_token stop) override {
    return detail_from_inspect(client_.get(container_path(container, "/json"), stop));
  }

  int wait(const std::string& container, std::stop_token stop) override {
    return wait_container(client_, container, stop);
  }

  std::int64_t now(std::stop_token stop) override { return engine_now(client_, stop); }

  void watch(const std::string& project, std::int64_t since,
             const std::function<void(const compose::ContainerEvent&)>& on_event, std::stop_token stop) override {
    const std::string label =
        project.empty() ? compose::k_label_project : fmt::format("{}={}", compose::k_label_project, project);
    stream_events(client_, {{"label", {label}}}, since, on_event, stop);
  }

 private:
  DockerClient client_;
  ProcessRunner& processes_;
  Providers providers_;
};

}  // namespace

std::unique_ptr<DockerEngine> make_docker_engine(HttpEndpoint address, ProcessRunner& processes) {
  return std::make_unique<HttpDockerEngine>(std::move(address), processes);
}

}  // namespace hoist::remote

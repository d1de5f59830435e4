#include "tests/remote/docker/live_project.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "compose/base/environment.hpp"
#include "compose/base/file.hpp"
#include "compose/base/text.hpp"

namespace hoist::test {
remote::HttpEndpoint live_address() {
  const std::string host = environment_variable("DOCKER_HOST").value_or("");
  if (!host.starts_with("unix://")) {
    throw Error(ErrorCode::bad_input, "no engine to test: set DOCKER_HOST=unix:///path/to/docker.sock");
  }
  return {.socket_path = host.substr(7)};
}

void EventLog::emit(Event event) noexcept {
  events_.with([&event](std::vector<Event>& events) { events.push_back(std::move(event)); });
}

std::vector<Event> EventLog::all() const {
  return events_.with([](const std::vector<Event>& events) { return events; });
}

std::optional<Event> EventLog::find(const std::function<bool(const Event&)>& wanted) const {
  const std::vector<Event> events = all();
  const auto found = std::find_if(events.begin(), events.end(), wanted);
  return found == events.end() ? std::nullopt : std::optional(*found);
}

LiveProject::LiveProject(remote::HttpEndpoint address)
    : name("hlt" + random_hex(4)),
      engine(remote::make_docker_engine(std::move(address), processes)),
      info(engine->info({})) {
  apply(compose::CreateNetwork{.network = {.key = "default", .name = name + "_default"}, .project = name});
}

LiveProject::~LiveProject() {
  // A destructor must not throw; what cannot be removed shows in the engine.
  try {
    const compose::ObservedState left = engine->observe({.project = name, .one_offs = true}, {});
    for (const compose::ObservedContainer& c : left.containers) {
      apply(compose::RemoveContainer{.id = c.id, .name = c.name, .service = c.service, .force = true, .volumes = true});
    }
    for (const auto& [key, network] : left.networks) apply(compose::RemoveNetwork{.name = key, .id = network.id});
    for (const auto& [key, volume] : left.volumes) apply(compose::RemoveVolume{.name = key});
  } catch (const std::exception& error) {
    WARN(error.what());
  }
}

void LiveProject::apply(const compose::Operation& operation, std::stop_token stop) {
  engine->apply(operation, events, stop);
}

compose::ObservedState LiveProject::state() {
  return engine->observe({.project = name}, {});
}

compose::ObservedContainer LiveProject::only_container() {
  const compose::ObservedState now = state();
  REQUIRE(now.containers.size() == 1);
  return now.containers.front();
}

compose::Service LiveProject::service(const std::string& service_name, std::vector<std::string> command) const {
  compose::Service s;
  s.name = service_name;
  s.image = "busybox:latest";
  s.command = std::move(command);
  s.stop_grace_period = std::chrono::seconds{0};
  s.networks.push_back({.key = "default", .name = name + "_default"});
  return s;
}

compose::ContainerSpec LiveProject::spec(const compose::Service& service, int number) const {
  compose::ContainerSpec out;
  out.service = std::make_shared<const compose::Service>(service);
  out.project = name;
  out.name = fmt::format("{}-{}-{}", name, service.name, number);
  out.image = service.image;
  out.number = number;
  out.labels = {{"com.docker.compose.project", name},
                {"com.docker.compose.service", service.name},
                {"com.docker.compose.oneoff", "False"},
                {"com.docker.compose.config-hash", "abc"},
                {"com.docker.compose.container-number", std::to_string(number)}};
  return out;
}

std::string LiveProject::up(const compose::Service& service) {
  const compose::ContainerSpec wanted = spec(service);
  apply(compose::CreateContainer{wanted});
  apply(compose::StartContainer{.container = wanted.name, .name = wanted.name, .service = service.name});
  return wanted.name;
}

std::string LiveProject::all_logs(const std::string& container) {
  std::string text;
  engine->logs({.container = container},
               [&text](const compose::OutputChunk& chunk) {
                 text += (chunk.stream == compose::OutputStream::err ? "E:" : "O:") + chunk.text;
               },
               {});
  return text;
}

std::string read_all(compose::AttachedProcess& process) {
  std::string text;
  while (const std::optional<compose::OutputChunk> chunk = process.read({})) text += chunk->text;
  return text;
}

std::string failure(const std::function<void()>& body, ErrorCode code) {
  try {
    body();
  } catch (const Error& error) {
    CHECK(to_string(error.code()) == to_string(code));
    return error.what();
  }
  FAIL("no error");
  return {};
}

}  // namespace hoist::test

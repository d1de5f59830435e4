#include "remote/docker/providers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"
#include "remote/docker/json_access.hpp"

namespace hoist::remote {
namespace {

using compose::RunProvider;
using nlohmann::json;

std::string_view word_of(RunProvider::Action action) {
  switch (action) {
    case RunProvider::Action::up:
      return "up";
    case RunProvider::Action::stop:
      return "stop";
    case RunProvider::Action::down:
      return "down";
  }
  return "up";
}

std::string program_of(const compose::Provider& provider, const PluginSearch& search) {
  // With a slash the file would choose any program, and Docker Compose itself is no provider.
  const bool is_name = !provider.type.empty() && provider.type.find('/') == std::string::npos;
  if (is_name && provider.type != "compose") {
    if (const auto plugin = find_docker_plugin(search, provider.type)) return plugin->string();
    if (const auto program = find_in_path(search, provider.type)) return program->string();
  }
  throw Error(ErrorCode::not_found, fmt::format("there is no provider '{}'", provider.type))
      .at(provider.location)
      .with_hint(fmt::format("install a program '{0}' into a directory of PATH, or the Docker plugin 'docker-{0}'",
                             provider.type));
}

/// What the program says of its commands and their options; null when it says nothing.
json metadata_of(ProcessRunner& processes, const std::string& program, const RunProvider& operation,
                 const std::stop_token& stop) {
  const ProcessResult answer =
      processes.run({.argv = {program, "compose", "metadata"}, .environment = operation.environment}, stop);
  json metadata = answer.status.success() ? json::parse(answer.out, nullptr, false) : json();
  return metadata.is_object() ? metadata : json();
}

/// The command line; empty when the program does not know the action.
std::vector<std::string> command_for(const std::string& program, const RunProvider& operation, const json& metadata) {
  const std::string action(word_of(operation.action));
  const compose::Provider& provider = *operation.service->provider;
  const bool knows_stop = metadata.contains("stop") && metadata["stop"].is_object();
  if (operation.action == RunProvider::Action::stop && !knows_stop) return {};
  const bool told = !metadata.empty();
  std::vector<std::string> known;
  for (const json& parameter : list_at(object_at(metadata, action.c_str()), "parameters")) {
    known.push_back(text_at(parameter, "name"));
    if (!flag_at(parameter, "required") || provider.options.contains(known.back())) continue;
    throw Error(ErrorCode::bad_input, fmt::format("provider '{}' needs the option '{}'", provider.type, known.back()))
        .at(provider.location);
  }
  std::vector<std::string> words{program, "compose", "--project-name=" + operation.project, action};
  for (const auto& [name, values] : provider.options) {
    if (told && std::ranges::find(known, name) == known.end()) continue;
    for (const std::string& value : values) words.push_back(fmt::format("--{}={}", name, value));
  }
  words.push_back(operation.service->name);
  return words;
}

}  // namespace

std::optional<ProviderMessage> parse_provider_message(std::string_view line) {
  const json message = json::parse(line, nullptr, false);
  if (!message.is_object()) return std::nullopt;
  const std::string type = text_at(message, "type");
  ProviderMessage result{.text = text_at(message, "message")};
  if (type == "info") return result;
  if (type == "error" || type == "debug") {
    result.type = type == "error" ? ProviderMessage::Type::error : ProviderMessage::Type::debug;
    return result;
  }
  // Of what it says no more is shown than its kind: it may be a password.
  if (type != "setenv" && type != "rawsetenv") {
    throw Error(ErrorCode::failed, fmt::format("a provider has sent a message of the unknown type '{}'",
                                               strip_control(type.substr(0, 40))));
  }
  const std::size_t equals = result.text.find('=');
  if (equals == std::string::npos) throw Error(ErrorCode::failed, "a provider has set a variable without '='");
  result.type = type == "setenv" ? ProviderMessage::Type::set_variable : ProviderMessage::Type::set_raw_variable;
  result.value = result.text.substr(equals + 1);
  result.text.erase(equals);
  return result;
}

void Providers::run(const RunProvider& operation, const PluginSearch& search, EventSink& events, std::stop_token stop) {
  const compose::Service& service = *operation.service;
  const std::string resource = compose::target_of(operation).to_string();
  const std::string program = program_of(*service.provider, search);
  const json metadata = metadata_of(processes_, program, operation, stop);
  const std::vector<std::string> words = command_for(program, operation, metadata);
  if (words.empty()) return;
  Variables variables;
  std::string failure;
  const auto take = [&](std::string_view line) {
    const std::optional<ProviderMessage> message = parse_provider_message(line);
    if (!message) {
      events.emit({.resource = resource, .phase = Event::Phase::output, .text = strip_control(line)});
      return;
    }
    switch (message->type) {
      case ProviderMessage::Type::info:
        events.emit({.resource = resource,
                     .phase = Event::Phase::working,
                     .text = strip_control(message->text.substr(0, message->text.find('\n')))});
        break;
      case ProviderMessage::Type::error:
        failure = strip_control(message->text, true);
        break;
      case ProviderMessage::Type::debug:
        break;
      case ProviderMessage::Type::set_variable:
        variables.own[message->text] = message->value;
        break;
      case ProviderMessage::Type::set_raw_variable:
        variables.raw[message->text] = message->value;
        break;
    }
  };
  const ProcessResult result =
      processes_.run_lines({.argv = words, .environment = operation.environment}, take, std::move(stop));
  if (failure.empty() && !result.status.success()) failure = fmt::format("it has ended with {}", result.status.code);
  if (!failure.empty()) {
    throw Error(ErrorCode::failed,
                fmt::format("provider '{}' of service '{}': {}", service.provider->type, service.name, failure))
        .at(service.provider->location);
  }
  if (operation.action != RunProvider::Action::up) return;
  told_.with([&](std::map<std::string, Variables>& told) { told[service.name] = std::move(variables); });
}

compose::Definition Providers::with_variables(compose::Definition service) const {
  compose::EnvironmentMap added;
  told_.with([&](const std::map<std::string, Variables>& told) {
    for (const compose::Dependency& dependency : service->depends_on) {
      const auto found = told.find(dependency.service);
      if (found == told.end()) continue;
      const std::string prefix = to_upper(dependency.service) + "_";
      for (const auto& [name, value] : found->second.own) added[prefix + name] = value;
      for (const auto& [name, value] : found->second.raw) added[name] = value;
    }
  });
  if (added.empty()) return service;
  auto changed = std::make_shared<compose::Service>(*service);
  for (auto& [name, value] : added) changed->environment[name] = std::move(value);
  return changed;
}

}  // namespace hoist::remote

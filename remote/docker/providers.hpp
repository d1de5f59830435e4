#pragma once

#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "compose/base/event.hpp"
#include "compose/base/process.hpp"
#include "compose/base/sync_value.hpp"
#include "compose/plan/plan.hpp"
#include "remote/host/docker_plugins.hpp"

namespace hoist::remote {

/// What a provider says in one line of its output.
struct ProviderMessage {
  enum class Type { info, error, debug, set_variable, set_raw_variable };

  Type type = Type::info;
  std::string text;   ///< of a variable: its name
  std::string value;  ///< of a variable

  bool operator==(const ProviderMessage&) const = default;
};

/// Reads a line of a provider's output; nothing when it is no JSON object, but words for people.
/// Errors: Error{failed} for an object that is no message.
std::optional<ProviderMessage> parse_provider_message(std::string_view line);

/// Runs the programs that bring services up in place of containers, and hands on what they tell.
///
/// Source: Docker Compose, docs/extension.md. Thread: any, several at once.
class Providers {
 public:
  explicit Providers(ProcessRunner& processes) : processes_(processes) {}

  /// Runs `<program> compose --project-name=P up|stop|down --OPTION=VALUE... SERVICE`; its messages become events. An
  /// option that the program's metadata does not name is left out, and so is `stop` when they do not name that.
  /// Errors: Error{not_found} when there is no such program; Error{failed} with what it says.
  void run(const compose::RunProvider& operation, const PluginSearch& search, EventSink& events, std::stop_token stop);

  /// The service of a container that is to be made, with the variables that the providers told which it depends on.
  compose::Definition with_variables(compose::Definition service) const;

 private:
  struct Variables {
    compose::StringMap own;  ///< get the name of the provider's service in front
    compose::StringMap raw;
  };

  ProcessRunner& processes_;
  SyncValue<std::map<std::string, Variables>> told_;  ///< by service
};

}  // namespace hoist::remote

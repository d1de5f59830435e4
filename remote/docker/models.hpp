#pragma once

#include <stop_token>
#include <string>

#include "compose/base/event.hpp"
#include "compose/base/process.hpp"
#include "compose/plan/plan.hpp"
#include "remote/host/docker_plugins.hpp"

namespace hoist::remote {

/// Language models are brought up by Docker's plugin `model`, with the words that Docker Compose gives it.
/// Source: Docker Compose, its use of docker-model, observed. Thread: any.

/// Where models answer, as containers see it.
/// Errors: Error{not_found} when there is no such plugin; Error{unavailable} with what it says.
std::string model_endpoint(const PluginSearch& search, ProcessRunner& processes, std::stop_token stop);

/// Pulls a model that is not there and sets it up; lines of the plugin become events.
/// Errors: as model_endpoint, and Error{failed} with what it says; at the model's place.
void prepare_model(const compose::PrepareModel& operation, const PluginSearch& search, ProcessRunner& processes,
                   EventSink& events, std::stop_token stop);

}  // namespace hoist::remote

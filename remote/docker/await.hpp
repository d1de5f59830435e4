#pragma once

#include <stop_token>
#include <string>

#include "compose/base/event.hpp"
#include "compose/plan/engine.hpp"
#include "compose/plan/plan.hpp"
#include "remote/docker/client.hpp"

namespace hoist::remote {

/// How a container stands towards a condition.
struct Judgement {
  enum class Verdict { waiting, satisfied, failed };

  Verdict verdict = Verdict::waiting;
  std::string reason;  ///< of a failure: "exited (3)"; of a wait: "health: starting"

  bool operator==(const Judgement&) const = default;
};

/// Judges one container. Pure. A container that ended with 0 is fine for `running_or_healthy`: it has done
/// its work.
Judgement judge(compose::AwaitCondition::Condition condition, const compose::ContainerDetail& detail);

/// Waits until every container satisfies the condition; woken by the engine's events, and every second (half a
/// second while it settles that something runs) in case they stay away. Podman without systemd runs no health checks
/// by itself: they are asked for here.
/// Errors: Error{failed} saying how a container ended, with its last lines or its last health check's output.
/// That a condition is not required is the executor's business: its failure is an error here too.
void await_condition(DockerClient& client, const compose::AwaitCondition& operation, EventSink& events,
                     std::stop_token stop);

}  // namespace hoist::remote

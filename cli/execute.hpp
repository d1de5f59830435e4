#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "compose/plan/plan.hpp"

namespace hoist::cli {

class Session;

/// How a plan is carried out.
struct ExecuteHow {
  bool quiet = false;                   ///< show nothing but faults
  bool quiet_pull = false;              ///< images that are pulled: only begin and end
  bool quiet_build = false;             ///< images that are built: only begin and end
  bool lines = false;                   ///< no live view, since other output is printed meanwhile
  std::optional<std::stop_token> stop;  ///< nothing = the session's: the first Ctrl-C
};

/// Looks at a plan before its first step. What the engine does not carry out is told in one group, once in a session.
/// Errors: Error{bad_input} with all that is known to fail; with `--strict` also with what would be left out.
void check(Session& session, const compose::Plan& plan);

/// Carries out a plan in the session's way of showing progress; warnings come after the view. With
/// `--dry-run` the plan is printed on standard output and nothing is done. Errors: the fault of the first
/// step that failed, after the others were printed; Error{cancelled} after a stop.
void execute(Session& session, const compose::Plan& plan, const ExecuteHow& how = {});

/// Two plans as one for the dry run: the steps of `second` are numbered on.
compose::Plan joined(compose::Plan first, const compose::Plan& second);

/// A sentence about what was found or done, on the error stream; nothing when progress is quiet or JSON.
void tell(Session& session, const std::string& sentence);

/// A stop request of its own kind: after `limit`, or when `other` is stopped.
class Deadline {
 public:
  Deadline(std::chrono::seconds limit, std::stop_token other);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  std::stop_token stop() const;
  bool passed() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Runs `body` with a stop that comes after `limit` too, when there is one.
/// Errors: what `body` throws; Error{timed_out} when the limit ended it.
void within(Session& session, std::optional<int> limit_seconds, const std::function<void(std::stop_token)>& body);

/// A number of seconds as engines take it; nothing stays nothing.
std::optional<std::chrono::seconds> seconds(std::optional<int> number);

/// A switch of the environment or the project's .env file, as COMPOSE_REMOVE_ORPHANS. False when unset.
/// Errors: Error{bad_input} for a value that is no boolean.
bool switched_on(Session& session, const std::string& variable);

}  // namespace hoist::cli

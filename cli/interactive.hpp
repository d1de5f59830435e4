#pragma once

#include <stop_token>

#include "compose/plan/engine.hpp"

namespace hoist::cli {

class Session;

/// Joins our standard streams to a process in a container until it ends. Returns its exit code.
///
/// With `tty` the terminal is raw meanwhile, so that Ctrl-C goes to the process, and a changed size is passed
/// on. Errors: Error{cancelled} when a signal arrives.
int join_streams(Session& session, compose::AttachedProcess& process, bool tty, bool stdin_open);
/// The same, ended by `stop` alone.
int join_streams(Session& session, compose::AttachedProcess& process, bool tty, bool stdin_open, std::stop_token stop);

}  // namespace hoist::cli

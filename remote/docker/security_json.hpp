#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "compose/base/error.hpp"
#include "compose/model/service.hpp"

namespace hoist::remote {

/// Puts `security_opt` into a container's `HostConfig`. A seccomp profile that is a file is read: engines take its
/// content. Errors: Error{bad_input} for an option or a profile that is none.
void add_security(nlohmann::json& host, const compose::Service& service);

/// `security_opt` as Podman takes it: profiles by their path, `unmask=ALL` for system paths that are not confined.
/// Pure.
nlohmann::json podman_security(const compose::Service& service);

/// The options that no engine can take, each with its place: unknown forms, profiles that are missing or no JSON.
std::vector<Diagnostic> find_security_faults(const compose::Service& service);

}  // namespace hoist::remote

#pragma once

#include <string>
#include <vector>

#include "compose/model/service.hpp"
#include "compose/plan/observed.hpp"

namespace hoist::compose {

/// The config hash of a container of `service`, in one form. Docker Compose hashes the ids of the containers whose
/// namespaces or volumes it shares, not the names of their services: they are taken from `containers`, those of the
/// project. Source: Docker Compose's resolution of service references, observed.
///
/// For a service that shares nothing, and while one that it shares has no container, it is that of the service alone.
std::string bound_hash(const Service& service, HashForm form, const std::vector<ObservedContainer>& containers);

}  // namespace hoist::compose

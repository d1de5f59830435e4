#pragma once

#include <string_view>

namespace hoist::compose {

/// From which release of Docker Compose on it makes the config hash of a service in one way. Each form differs from
/// the next in what of the service it writes down. Source: the history of docker/compose and compose-go.
enum class HashForm {
  r2_24,    ///< dependencies and devices as texts; also taken for everything older
  r2_29_3,  ///< devices as mappings, no dependencies; profiles
  r2_30_2,  ///< no profiles; the attributes of a service's network in an order of their own
  r2_36,    ///< those sorted; `create_host_path` written when it is true
  r5_0,     ///< written when it is false, which it is by default where `bind` is spelled out
  r5_0_2,   ///< true by default
};

inline constexpr HashForm k_newest_hash_form = HashForm::r5_0_2;

/// The form of a release: "2.40.3", "v2.29.1-desktop.1". The newest for what is no release, as a build of its own.
HashForm hash_form_of(std::string_view release);

}  // namespace hoist::compose

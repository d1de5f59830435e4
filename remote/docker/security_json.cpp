#include "remote/docker/security_json.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "compose/base/file.hpp"

namespace hoist::remote {
namespace {

using nlohmann::json;

constexpr std::string_view k_all_paths = "systempaths=unconfined";

/// The profile on one line. Errors: Error{bad_input}, Error{not_found}.
std::string read_profile(const std::string& file) {
  const json profile = json::parse(read_file(file), nullptr, false);
  if (profile.is_discarded()) {
    throw Error(ErrorCode::bad_input, fmt::format("the seccomp profile '{}' is no JSON", file));
  }
  return profile.dump();
}

/// What the engine is told.
std::string engine_option(const std::string& option) {
  const std::string file = compose::seccomp_profile(option);
  if (!file.empty()) return "seccomp=" + read_profile(file);
  const bool has_form = option.find('=') != std::string::npos || option.find(':') != std::string::npos;
  if (has_form || option == "no-new-privileges") return option;
  throw Error(ErrorCode::bad_input, fmt::format("'{}' is not a security option", option))
      .with_hint("write it as name=value, or 'no-new-privileges'");
}

}  // namespace

void add_security(json& host, const compose::Service& service) {
  json options = json::array();
  for (const std::string& option : service.security_options) {
    if (option == k_all_paths) {
      host["MaskedPaths"] = json::array();
      host["ReadonlyPaths"] = json::array();
    } else {
      options.push_back(engine_option(option));
    }
  }
  if (!options.empty()) host["SecurityOpt"] = std::move(options);
}

json podman_security(const compose::Service& service) {
  json options = json::array();
  for (const std::string& option : service.security_options) {
    options.push_back(option == k_all_paths ? "unmask=ALL" : option);
  }
  return options;
}

std::vector<Diagnostic> find_security_faults(const compose::Service& service) {
  std::vector<Diagnostic> faults;
  for (std::size_t i = 0; i < service.security_options.size(); ++i) {
    try {
      engine_option(service.security_options[i]);
    } catch (const Error& error) {
      // Collected, so that a person sees all that is wrong at once.
      const std::string path = fmt::format("security_opt[{}]", i);
      faults.push_back({.location = service.places.find(path),
                        .path = fmt::format("services.{}.{}", service.name, path),
                        .message = error.what(),
                        .hint = error.hint()});
    }
  }
  return faults;
}

}  // namespace hoist::remote

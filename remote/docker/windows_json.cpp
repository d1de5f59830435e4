#include "remote/docker/windows_json.hpp"

#include <nlohmann/json.hpp>

#include "remote/docker/json_fields.hpp"

namespace hoist::remote {

void adapt_to_windows(nlohmann::json& body, const compose::Service& service) {
  nlohmann::json& host = body["HostConfig"];
  set_text(host, "Isolation", service.isolation);
  set_number(host, "CpuCount", service.resources.cpu_count);
  set_number(host, "CpuPercent", service.resources.cpu_percent);
  const compose::CredentialSpec& account = service.credential_spec;
  const auto add = [&host](const char* scheme, const std::string& source) {
    if (!source.empty()) host["SecurityOpt"].push_back("credentialspec=" + (scheme + source));
  };
  add("config://", account.config);
  add("file://", account.file);
  add("registry://", account.registry);
}

}  // namespace hoist::remote

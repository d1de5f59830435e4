#include "remote/docker/auth.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "compose/base/environment.hpp"
#include "compose/base/error.hpp"
#include "compose/base/file.hpp"
#include "compose/base/text.hpp"
#include "remote/docker/base64.hpp"

namespace hoist::remote {
namespace {

using nlohmann::json;

constexpr std::string_view k_hub_domain = "docker.io";
constexpr std::string_view k_hub_server = "https://index.docker.io/v1/";

std::string server_of(const std::string& domain) {
  return std::string(domain == k_hub_domain ? k_hub_server : domain);
}

/// Old files hold registries as URLs: "https://host/v1/" means "host".
std::string host_of(std::string_view server) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (server.starts_with(scheme)) server.remove_prefix(scheme.size());
  }
  return std::string(server.substr(0, server.find('/')));
}

std::string text_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<RegistryCredentials> stored_credentials(const std::string& server, const json& entry) {
  RegistryCredentials found{.username = text_at(entry, "username"),
                            .password = text_at(entry, "password"),
                            .identity_token = text_at(entry, "identitytoken"),
                            .server = server};
  const std::string packed = text_at(entry, "auth");
  const std::string plain = decode_base64(packed).value_or("");
  if (const std::size_t colon = plain.find(':'); colon != std::string::npos) {
    found.username = plain.substr(0, colon);
    found.password = plain.substr(colon + 1);
    while (found.password.ends_with('\0')) found.password.pop_back();
  }
  if (found.password.empty() && found.identity_token.empty()) return std::nullopt;
  return found;
}

json to_json(const RegistryCredentials& credentials) {
  json out{{"serveraddress", credentials.server}};
  if (!credentials.username.empty()) out["username"] = credentials.username;
  if (credentials.identity_token.empty()) {
    out["password"] = credentials.password;
  } else {
    out["identitytoken"] = credentials.identity_token;
  }
  return out;
}

std::string packed(const json& value) {
  return encode_base64_url(value.dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace

std::filesystem::path docker_config_directory() {
  if (const std::optional<std::string> given = environment_variable("DOCKER_CONFIG"); given && !given->empty()) {
    return *given;
  }
  return std::filesystem::path(environment_variable("HOME").value_or("/")) / ".docker";
}

CredentialStore::CredentialStore(ProcessRunner& processes, const std::filesystem::path& directory)
    : processes_(processes) {
  const std::filesystem::path file = directory / "config.json";
  const std::optional<std::string> text = find_file(file);
  if (!text || trim(*text).empty()) return;
  const json config = json::parse(*text, nullptr, false);
  if (!config.is_object()) {
    throw Error(ErrorCode::bad_input, fmt::format("'{}' is not the JSON object that Docker keeps there", file.string()))
        .with_hint("mend or remove it, then `docker login` again");
  }
  default_helper_ = text_at(config, "credsStore");
  if (const auto helpers = config.find("credHelpers"); helpers != config.end() && helpers->is_object()) {
    for (const auto& [server, helper] : helpers->items()) {
      if (helper.is_string()) helpers_[server] = helper.get<std::string>();
    }
  }
  if (const auto auths = config.find("auths"); auths != config.end() && auths->is_object()) {
    for (const auto& [server, entry] : auths->items()) {
      if (!entry.is_object()) continue;
      if (std::optional<RegistryCredentials> found = stored_credentials(server, entry)) {
        stored_[server] = std::move(*found);
      }
    }
  }
}

std::optional<RegistryCredentials> CredentialStore::ask_helper(const std::string& helper, const std::string& server,
                                                               std::stop_token stop) {
  const std::string program = "docker-credential-" + helper;
  // The name comes from a file: one with a slash would run any program.
  if (helper.find('/') != std::string::npos || !find_program(program)) {
    fault_ = fmt::format("'{}', which Docker's config.json names, is not in PATH", program);
    return std::nullopt;
  }
  const ProcessResult answer = processes_.run({.argv = {program, "get"}, .input = server}, stop);
  if (!answer.status.success()) {
    // What a helper prints for a registry that it does not know.
    const bool unknown = answer.out.find("credentials not found") != std::string::npos;
    const std::string said = strip_control(trim(answer.out + answer.err), true);
    if (!unknown) fault_ = fmt::format("'{}' failed: {}", program, said.substr(0, said.find('\n')));
    return std::nullopt;
  }
  const json found = json::parse(answer.out, nullptr, false);
  if (!found.is_object()) return std::nullopt;
  RegistryCredentials credentials{.username = text_at(found, "Username"), .server = server};
  const std::string secret = text_at(found, "Secret");
  if (secret.empty()) return std::nullopt;
  if (credentials.username == "<token>") {
    credentials.username.clear();
    credentials.identity_token = secret;
  } else {
    credentials.password = secret;
  }
  return credentials;
}

std::optional<RegistryCredentials> CredentialStore::find(const std::string& domain, std::stop_token stop) {
  fault_.clear();
  const std::string server = server_of(domain);
  const auto own = helpers_.find(server);
  const auto by_domain = own == helpers_.end() ? helpers_.find(domain) : own;
  const std::string& helper = by_domain == helpers_.end() ? default_helper_ : by_domain->second;
  if (!helper.empty()) {
    if (std::optional<RegistryCredentials> found = ask_helper(helper, server, stop)) return found;
  }
  if (const auto exact = stored_.find(server); exact != stored_.end()) return exact->second;
  const std::string host = host_of(server);
  for (const auto& [name, credentials] : stored_) {
    if (host_of(name) != host) continue;
    RegistryCredentials found = credentials;
    found.server = server;
    return found;
  }
  return std::nullopt;
}

std::string CredentialStore::auth_header(const std::string& domain, std::stop_token stop) {
  const std::optional<RegistryCredentials> found = find(domain, stop);
  return packed(found ? to_json(*found) : json::object());
}

std::string CredentialStore::config_header(const std::set<std::string>& domains, std::stop_token stop) {
  json all = json::object();
  for (const std::string& domain : domains) {
    if (const std::optional<RegistryCredentials> found = find(domain, stop)) all[found->server] = to_json(*found);
  }
  return packed(all);
}

std::set<std::string> CredentialStore::servers_of_helper(std::stop_token stop) {
  const std::string program = "docker-credential-" + default_helper_;
  std::set<std::string> servers;
  if (default_helper_.empty() || default_helper_.find('/') != std::string::npos || !find_program(program))
    return servers;
  const ProcessResult answer = processes_.run({.argv = {program, "list"}}, std::move(stop));
  const json list = json::parse(answer.out, nullptr, false);
  if (!answer.status.success() || !list.is_object()) return servers;
  for (const auto& entry : list.items()) servers.insert(entry.key());
  return servers;
}

std::string CredentialStore::config_file(std::stop_token stop) {
  std::set<std::string> servers = servers_of_helper(stop);
  for (const auto& entry : stored_) servers.insert(entry.first);
  for (const auto& entry : helpers_) servers.insert(entry.first);
  json auths = json::object();
  for (const std::string& server : servers) {
    const std::optional<RegistryCredentials> found = find(server, stop);
    if (!found) continue;
    json& entry = auths[server];
    entry["auth"] = encode_base64(found->username + ":" + found->password);
    if (!found->identity_token.empty()) entry["identitytoken"] = found->identity_token;
  }
  return json{{"auths", auths}}.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace hoist::remote

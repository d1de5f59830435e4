#include "remote/fetch/registry_reader.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "compose/base/error.hpp"
#include "compose/base/file.hpp"
#include "compose/base/sha256.hpp"
#include "compose/base/text.hpp"

namespace hoist::remote {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_largest = 16U << 20U;
constexpr const char* k_hub = "docker.io";
constexpr const char* k_manifests =
    "Accept: application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, "
    "application/vnd.docker.distribution.manifest.v2+json, application/vnd.docker.distribution.manifest.list.v2+json";

bool all_of(std::string_view text, std::string_view beside_letters) {
  return !text.empty() && std::ranges::all_of(text, [beside_letters](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || beside_letters.find(c) != std::string_view::npos;
  });
}

bool is_digest(std::string_view text) {
  constexpr std::string_view k_prefix = "sha256:";
  return text.starts_with(k_prefix) && text.size() == k_prefix.size() + 64 &&
         text.substr(k_prefix.size()).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// A value in curl's configuration. Control characters could begin a line of their own.
std::string config_value(std::string_view value) {
  std::string out = "\"";
  for (const char c : value) {
    if (static_cast<unsigned char>(c) < 0x20)
      throw Error(ErrorCode::bad_input, "a control character in an address or login");
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

/// A directory of this user's own for one answer.
class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "hoist-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw Error(ErrorCode::failed, "no temporary directory can be made");
    path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string in(const char* name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

void check_digest(const std::string& content, const std::string& digest) {
  if ("sha256:" + sha256_hex(content) == digest) return;
  throw Error(ErrorCode::bad_input, fmt::format("what the registry sent is not '{}'", digest));
}

}  // namespace

std::optional<ArtifactName> parse_artifact_name(std::string_view text) {
  ArtifactName name{.registry = k_hub, .version = "latest"};
  if (const std::size_t at = text.find('@'); at != text.npos) {
    name.version = text.substr(at + 1);
    if (!is_digest(name.version)) return std::nullopt;
    text = text.substr(0, at);
  }
  const std::size_t slash = text.find('/');
  const std::string_view first = text.substr(0, slash);
  if (slash != text.npos && (first == "localhost" || first.find_first_of(".:") != first.npos)) {
    name.registry = first;
    text.remove_prefix(slash + 1);
  }
  if (const std::size_t colon = text.rfind(':'); colon != text.npos) {
    if (!name.is_digest()) name.version = text.substr(colon + 1);
    text = text.substr(0, colon);
  }
  name.path = text;
  for (const std::string& part : split(name.path, '/')) {
    if (!all_of(part, "._-") || part.find("..") != part.npos) return std::nullopt;
  }
  const bool valid = !name.path.empty() && all_of(to_lower(name.registry), ".:-[]") &&
                     (name.is_digest() || all_of(to_lower(name.version), "._-"));
  if (name.registry == k_hub && name.path.find('/') == std::string::npos) name.path.insert(0, "library/");
  return valid ? std::optional(name) : std::nullopt;
}

std::optional<Challenge> find_challenge(std::string_view headers) {
  constexpr std::string_view k_header = "www-authenticate:";
  std::optional<Challenge> found;
  for (const std::string& line : split(headers, '\n')) {
    if (to_lower(line).starts_with("http/")) found.reset();
    if (!to_lower(line).starts_with(k_header)) continue;
    std::string_view value = trim(std::string_view(line).substr(k_header.size()));
    Challenge challenge;
    const std::size_t space = value.find(' ');
    challenge.scheme = to_lower(value.substr(0, space));
    value = space == value.npos ? std::string_view() : value.substr(space + 1);
    // key="value", with commas in values
    while (!value.empty()) {
      const std::size_t equals = value.find("=\"");
      if (equals == value.npos) break;
      const std::size_t end = value.find('"', equals + 2);
      if (end == value.npos) break;
      std::string_view key = value.substr(0, equals);
      if (const std::size_t comma = key.rfind(','); comma != key.npos) key.remove_prefix(comma + 1);
      challenge.fields[to_lower(trim(key))] = std::string(value.substr(equals + 2, end - equals - 2));
      value.remove_prefix(end + 1);
    }
    found = std::move(challenge);
  }
  return found;
}

RegistryReader::RegistryReader(ArtifactName name, const FetchSettings& settings, ProcessRunner& processes,
                               std::stop_token stop)
    : name_(std::move(name)), settings_(settings), processes_(processes), stop_(std::move(stop)) {
  plain_ = std::ranges::find(settings.insecure_registries, name_.registry) != settings.insecure_registries.end();
}

std::string RegistryReader::manifest(const std::string& version) {
  const std::string content = get("manifests/" + version);
  if (is_digest(version)) check_digest(content, version);
  return content;
}

std::string RegistryReader::blob(const std::string& digest, std::size_t size) {
  if (!is_digest(digest)) throw Error(ErrorCode::bad_input, fmt::format("'{}' is no digest", strip_control(digest)));
  if (size > k_largest) throw Error(ErrorCode::bad_input, fmt::format("'{}' is too large for a Compose file", digest));
  std::string content = get("blobs/" + digest);
  check_digest(content, digest);
  return content;
}

std::string RegistryReader::get(const std::string& what) {
  const std::string host = name_.registry == k_hub ? "registry-1.docker.io" : name_.registry;
  const std::string url = fmt::format("{}://{}/v2/{}/{}", plain_ ? "http" : "https", host, name_.path, what);
  Answer answer = call(url, authorization_);
  constexpr int k_unauthorized = 401;
  if (answer.status == k_unauthorized && authorization_.empty()) {
    if (const std::optional<Challenge> challenge = find_challenge(answer.headers)) {
      authorization_ = authorization(*challenge);
      answer = call(url, authorization_);
    }
  }
  if (answer.status != 200) refuse(answer);
  return std::move(answer.body);
}

RegistryReader::Answer RegistryReader::call(const std::string& url, const std::string& more) const {
  const Scratch scratch;
  ProcessRequest request{.argv = {"curl", "-q", "--config", "-"}};
  request.input = fmt::format(
      "url = {}\nheader = {}\nlocation\nproto = \"{}\"\nproto-redir = \"{}\"\nsilent\nshow-error\nmax-time = 120\n"
      "max-filesize = {}\nmax-redirs = 5\ndump-header = {}\noutput = {}\nwrite-out = \"%{{http_code}}\"\n{}",
      config_value(url), config_value(k_manifests), plain_ ? "=http,https" : "=https",
      plain_ ? "=http,https" : "=https", k_largest, config_value(scratch.in("headers")),
      config_value(scratch.in("body")), more);
  ProcessResult result;
  try {
    result = processes_.run(request, stop_);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
    throw Error(ErrorCode::not_found, "artifacts of registries are fetched with curl, which is not installed")
        .with_hint("install the package 'curl'");
  }
  if (!result.status.success()) {
    const std::string said = strip_control(trim(result.err), true);
    throw Error(ErrorCode::unavailable,
                fmt::format("registry '{}' cannot be reached: {}", name_.registry, said.substr(0, said.find('\n'))));
  }
  Answer answer;
  std::from_chars(result.out.data(), result.out.data() + result.out.size(), answer.status);
  answer.headers = find_file(scratch.in("headers"), k_largest).value_or("");
  answer.body = find_file(scratch.in("body"), k_largest).value_or("");
  return answer;
}

std::string RegistryReader::authorization(const Challenge& challenge) const {
  const std::optional<RegistryLogin> login = settings_.login ? settings_.login(name_.registry, stop_) : std::nullopt;
  if (challenge.scheme == "bearer") return fmt::format("oauth2-bearer = {}\n", config_value(token(challenge, login)));
  if (challenge.scheme == "basic" && login) {
    return fmt::format("user = {}\n", config_value(login->username + ":" + login->password));
  }
  throw Error(ErrorCode::denied, fmt::format("registry '{}' wants a login", name_.registry))
      .with_hint(fmt::format("run `docker login {}`", name_.registry == k_hub ? "" : name_.registry));
}

std::string RegistryReader::token(const Challenge& challenge, const std::optional<RegistryLogin>& login) const {
  const auto field = [&challenge](const char* key) {
    const auto found = challenge.fields.find(key);
    return found == challenge.fields.end() ? std::string() : found->second;
  };
  const std::string realm = field("realm");
  // A login must not go where nobody vouches for the other end.
  if (!realm.starts_with("https://") && !(plain_ && realm.starts_with("http://"))) {
    throw Error(ErrorCode::denied, fmt::format("registry '{}' sends logins to '{}', which has no TLS", name_.registry,
                                               strip_control(realm)));
  }
  const std::string scope = fmt::format("repository:{}:pull", name_.path);
  std::string query = fmt::format("service={}&scope={}", escaped(field("service")), escaped(scope));
  std::string more;
  std::string url = realm;
  if (login && !login->identity_token.empty()) {
    query += fmt::format("&grant_type=refresh_token&client_id=hoist&refresh_token={}", escaped(login->identity_token));
    more = fmt::format("data = {}\n", config_value(query));
  } else {
    url += (realm.find('?') == std::string::npos ? "?" : "&") + query;
    if (login) more = fmt::format("user = {}\n", config_value(login->username + ":" + login->password));
  }
  const Answer answer = call(url, more);
  if (answer.status != 200) refuse(answer);
  const nlohmann::json told = nlohmann::json::parse(answer.body, nullptr, false);
  for (const char* key : {"token", "access_token"}) {
    if (told.is_object() && told.contains(key) && told[key].is_string()) return told[key].get<std::string>();
  }
  throw Error(ErrorCode::unavailable, fmt::format("registry '{}' gives no token", name_.registry));
}

void RegistryReader::refuse(const Answer& answer) const {
  const nlohmann::json told = nlohmann::json::parse(answer.body, nullptr, false);
  std::string text = fmt::format("status {}", answer.status);
  if (told.is_object() && told.contains("errors") && told["errors"].is_array() && !told["errors"].empty()) {
    const nlohmann::json& first = told["errors"].front();
    if (first.is_object() && first.contains("message") && first["message"].is_string()) {
      text = strip_control(first["message"].get<std::string>());
    }
  }
  const bool denied = answer.status == 401 || answer.status == 403;
  Error error(denied                 ? ErrorCode::denied
              : answer.status == 404 ? ErrorCode::not_found
                                     : ErrorCode::unavailable,
              fmt::format("registry '{}' says of '{}:{}': {}", name_.registry, name_.path, name_.version, text));
  if (denied) error.with_hint(fmt::format("run `docker login {}`", name_.registry == k_hub ? "" : name_.registry));
  throw error;
}

}  // namespace hoist::remote

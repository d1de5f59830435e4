#include "remote/fetch/oci_files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>

#include "compose/base/error.hpp"
#include "compose/base/file.hpp"
#include "compose/base/sha256.hpp"
#include "compose/base/text.hpp"
#include "remote/fetch/registry_reader.hpp"

namespace hoist::remote {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* k_project = "application/vnd.docker.compose.project";
constexpr const char* k_empty_config = "application/vnd.docker.compose.config.empty.v1+json";
constexpr const char* k_compose_file = "application/vnd.docker.compose.file+yaml";
constexpr const char* k_env_file = "application/vnd.docker.compose.envfile";
constexpr std::size_t k_most_layers = 256;

std::string text_in(const json& object, const char* key) {
  return object.is_object() && object.contains(key) && object[key].is_string() ? object[key].get<std::string>()
                                                                               : std::string();
}

const json& member(const json& object, const char* key) {
  static const json none;
  return object.is_object() && object.contains(key) ? object[key] : none;
}

class OciFetch {
 public:
  OciFetch(const compose::RemoteReference& reference, const FetchSettings& settings, ProcessRunner& processes,
           std::stop_token stop)
      : reference_(reference), settings_(settings), processes_(processes), stop_(std::move(stop)) {}

  compose::RemoteFile run() {
    if (is_switched_off(settings_, "COMPOSE_EXPERIMENTAL_OCI_REMOTE")) {
      refuse("remote files are switched off (COMPOSE_EXPERIMENTAL_OCI_REMOTE)");
    }
    const std::optional<ArtifactName> name = parse_artifact_name(reference_.repository);
    if (!name) refuse("is not the name of an artifact", "write it as oci://HOST/NAME[:TAG|@DIGEST]");
    if (name->is_digest()) {
      const fs::path known = place_of(name->version.substr(name->version.find(':') + 1));
      if (fs::exists(known)) return files_in(known);
    }
    if (settings_.offline) refuse("is not on this machine yet, and --offline forbids to ask the registry");
    RegistryReader registry(*name, settings_, processes_, stop_);
    const std::string content = registry.manifest(name->version);
    const fs::path place = place_of(sha256_hex(content));
    if (!fs::exists(place)) write(files_of(registry, project_manifest(registry, content)), place);
    return files_in(place);
  }

 private:
  using Files = std::map<std::string, std::string>;  ///< name -> content

  [[noreturn]] void refuse(std::string_view why, std::string hint = {}) const {
    throw Error(ErrorCode::bad_input, fmt::format("'{}': {}", reference_.text, why)).with_hint(std::move(hint));
  }

  fs::path place_of(const std::string& hash) const { return fetch_cache(settings_) / hash; }

  compose::RemoteFile files_in(const fs::path& place) const {
    const fs::path file = place / "compose.yaml";
    if (!fs::exists(file)) refuse("there is no Compose file in it");
    return {file.string(), place.string()};
  }

  json parsed(const std::string& content) const {
    json value = json::parse(content, nullptr, false);
    if (!value.is_object()) refuse("what the registry sent is no manifest");
    return value;
  }

  /// The manifest of the project, which may be one of several in an index.
  json project_manifest(RegistryReader& registry, const std::string& content) const {
    json manifest = parsed(content);
    if (member(manifest, "manifests").is_array()) {
      std::string digest;
      for (const json& entry : manifest["manifests"]) {
        if (text_in(entry, "artifactType") == k_project) digest = text_in(entry, "digest");
      }
      if (digest.empty()) refuse("it holds no Compose project");
      manifest = parsed(registry.manifest(digest));
    }
    const std::string type = text_in(manifest, "artifactType");
    const bool is_project =
        type == k_project || (type.empty() && text_in(member(manifest, "config"), "mediaType") == k_empty_config);
    if (!is_project) refuse("it is no Compose project", "publish one with 'docker compose publish'");
    return manifest;
  }

  Files files_of(RegistryReader& registry, const json& manifest) const {
    const json& layers = member(manifest, "layers");
    if (!layers.is_array() || layers.size() > k_most_layers) refuse("its manifest lists no files, or too many");
    Files files;
    for (const json& layer : layers) {
      const std::string type = text_in(layer, "mediaType");
      const json& notes = member(layer, "annotations");
      std::string file = type == k_env_file ? text_in(notes, "com.docker.compose.envfile") : "compose.yaml";
      if (type == k_compose_file && !member(notes, "com.docker.compose.extends").is_null()) {
        file = text_in(notes, "com.docker.compose.file");
      }
      if (type == k_compose_file || type == k_env_file) {
        check_name(file);
        const json& size = member(layer, "size");
        std::string content =
            registry.blob(text_in(layer, "digest"), size.is_number_unsigned() ? size.get<std::size_t>() : 0);
        std::string& all = files[file];
        // Several files of one project, in the order in which they are merged.
        if (type == k_compose_file && !all.empty()) all += "\n---\n";
        if (type == k_env_file) all.clear();
        all += content;
      }
    }
    return files;
  }

  /// What a stranger calls a file must be a name in our directory.
  void check_name(const std::string& name) const {
    const bool is_name = !name.empty() && name != "." && name != ".." &&
                         name.find_first_of("/\\") == std::string::npos && name.find('\0') == std::string::npos;
    if (!is_name) refuse(fmt::format("it would write '{}'", strip_control(name)));
  }

  /// Into a directory beside the place, which is then moved there: who was faster wins.
  static void write(const Files& files, const fs::path& place) {
    const fs::path part = fmt::format("{}.{}.part", place.string(), ::getpid());
    std::error_code ignored;
    fs::remove_all(part, ignored);
    try {
      fs::create_directories(part);
      fs::permissions(part, fs::perms::owner_all);
      for (const auto& [name, content] : files) write_file_atomically(part / name, content, 0600);
      fs::rename(part, place, ignored);
    } catch (...) {
      fs::remove_all(part, ignored);
      throw;
    }
    fs::remove_all(part, ignored);
  }

  const compose::RemoteReference& reference_;
  const FetchSettings& settings_;
  ProcessRunner& processes_;
  std::stop_token stop_;
};

}  // namespace

compose::RemoteFile fetch_oci_file(const compose::RemoteReference& reference, const FetchSettings& settings,
                                   ProcessRunner& processes, std::stop_token stop) {
  return OciFetch(reference, settings, processes, std::move(stop)).run();
}

}  // namespace hoist::remote

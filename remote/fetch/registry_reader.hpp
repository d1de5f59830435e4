#pragma once

#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "compose/base/process.hpp"
#include "remote/fetch/fetch_settings.hpp"

namespace hoist::remote {

/// What a reference to an OCI artifact names.
struct ArtifactName {
  std::string registry;  ///< "docker.io", "host:5000"
  std::string path;      ///< "library/shop"
  std::string version;   ///< a tag, or a digest "sha256:..."

  bool operator==(const ArtifactName&) const = default;
  bool is_digest() const { return version.starts_with("sha256:"); }
};

/// Reads "host/name[:tag|@digest]" as Docker does: without a host it is Docker Hub's, without a tag "latest". Nothing
/// for what is no such name.
std::optional<ArtifactName> parse_artifact_name(std::string_view text);

/// What a registry wants to see first: the fields of a WWW-Authenticate header.
struct Challenge {
  std::string scheme;  ///< in lower case: "basic", "bearer"
  std::map<std::string, std::string> fields;

  bool operator==(const Challenge&) const = default;
};

/// The challenge in the last header block of an answer; nothing when it has none.
std::optional<Challenge> find_challenge(std::string_view headers);

/// Reads from one repository of a registry, logged in where it asks for that.
///
/// The system's `curl` does the work, with its proxies and certificates; it reads what it shall do from its standard
/// input, so that no login is in a command line. TLS is left out only for `insecure_registries`. Source: OCI
/// Distribution Specification; Docker's token authentication.
class RegistryReader {
 public:
  /// `settings` and `processes` must live longer.
  RegistryReader(ArtifactName name, const FetchSettings& settings, ProcessRunner& processes, std::stop_token stop);

  /// The manifest that `version` (a tag or digest) names.
  /// Errors: Error{not_found}, Error{denied}, Error{unavailable} with the reason; Error{bad_input} when its content has
  /// another digest.
  std::string manifest(const std::string& version);
  /// The content of a blob. Errors: as `manifest`; Error{bad_input} when it is not what digest and size say.
  std::string blob(const std::string& digest, std::size_t size);

 private:
  struct Answer {
    int status = 0;
    std::string headers;
    std::string body;
  };

  std::string get(const std::string& what);
  Answer call(const std::string& url, const std::string& more) const;
  std::string authorization(const Challenge& challenge) const;
  std::string token(const Challenge& challenge, const std::optional<RegistryLogin>& login) const;
  [[noreturn]] void refuse(const Answer& answer) const;

  ArtifactName name_;
  const FetchSettings& settings_;
  ProcessRunner& processes_;
  std::stop_token stop_;
  bool plain_ = false;
  std::string authorization_;  ///< lines of curl's configuration, once the registry has asked
};

}  // namespace hoist::remote

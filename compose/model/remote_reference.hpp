#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace hoist::compose {

/// A Compose file that lies elsewhere, as `-f`, `include` and `extends` may name it.
struct RemoteReference {
  enum class Kind { git, oci };

  Kind kind = Kind::git;
  std::string text;         ///< as it was written, without credentials
  std::string repository;   ///< what Git or a registry knows it by, without credentials
  std::string revision;     ///< a branch, a tag or a commit; empty = the default branch
  std::string path;         ///< of a file or a directory in the repository; empty = its root
  std::string credentials;  ///< "user:token" of a web address. Never printed, never in a command line

  bool operator==(const RemoteReference&) const = default;
};

/// Reads "oci://registry/name:tag" and Git references as `docker build` takes them:
/// "https://host/name.git#branch:path", "git@host:name.git", "ssh://...", "git://...", "github.com/owner/name". Nothing
/// for all else, which is a path.
std::optional<RemoteReference> parse_remote_reference(std::string_view text);

/// Where a remote file lies on this machine.
struct RemoteFile {
  std::string file;       ///< absolute
  std::string directory;  ///< absolute: the root of what was fetched
};

/// Brings a remote file to this machine. Errors: Error with the reason; empty = nothing can be fetched.
using FetchRemote = std::function<RemoteFile(const RemoteReference&)>;

/// Calls `fetch`. Errors: as `fetch`, Error{bad_input} when it is empty.
RemoteFile fetch_remote(const FetchRemote& fetch, const RemoteReference& reference);

}  // namespace hoist::compose

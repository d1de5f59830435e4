#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hoist::remote {

/// The name of an image, taken apart and made complete: `redis` is docker.io/library/redis:latest.
///
/// Source: the reference grammar of the distribution project.
struct ImageReference {
  std::string domain;  ///< "docker.io", "localhost:5000"
  std::string path;    ///< "library/redis"
  std::string tag;     ///< "latest" when neither tag nor digest was given; else may be empty
  std::string digest;  ///< "sha256:..."; may be empty

  bool operator==(const ImageReference&) const = default;

  /// "docker.io/library/redis"
  std::string repository() const;
  /// "docker.io/library/redis:latest"; tag and digest, those that are there.
  std::string to_string() const;
  /// As people write it: "redis:latest", "team/app:1", "localhost:5000/app:1".
  std::string familiar() const;
  /// The familiar form without tag and digest: "redis".
  std::string familiar_repository() const;
};

/// `text` as a reference, or nothing when it is none (an image id, a typing error).
std::optional<ImageReference> find_reference(std::string_view text);

/// `text` as a reference.
/// Errors: Error{bad_input} that says what is wrong with it.
ImageReference parse_reference(std::string_view text);

}  // namespace hoist::remote

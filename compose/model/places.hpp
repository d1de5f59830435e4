#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compose/base/source_location.hpp"

namespace hoist::compose {

/// Where the attributes of a service stand in the files: for whoever finds, long after the files were read, that one
/// of them cannot be had.
class Places {
 public:
  struct Place {
    std::string path;  ///< below the service: "deploy.resources.limits.cpus", "volumes[0].bind.recursive"
    SourceLocation location;

    bool operator==(const Place&) const = default;
  };

  void add(std::string path, SourceLocation location) { places_.push_back({std::move(path), std::move(location)}); }
  /// The attribute's place; nothing known when it is not written.
  SourceLocation find(std::string_view path) const;
  const std::vector<Place>& all() const { return places_; }

  bool operator==(const Places&) const = default;

 private:
  std::vector<Place> places_;  ///< in the order of the file
};

}  // namespace hoist::compose

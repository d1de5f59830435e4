#include "compose/model/places.hpp"

#include <algorithm>

namespace hoist::compose {

SourceLocation Places::find(std::string_view path) const {
  const auto found = std::ranges::find(places_, path, &Place::path);
  return found == places_.end() ? SourceLocation() : found->location;
}

}  // namespace hoist::compose

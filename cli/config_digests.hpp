#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "compose/load/node.hpp"

namespace hoist::cli {

/// Gives names of images, by which each finds its name with a digest.
using PinImages = std::function<std::map<std::string, std::string>(const std::vector<std::string>& images)>;

/// Puts digests to all images of a project's tree: those of services, of hooks before the start, and of volumes that
/// are images. Services without an image stay as they are. `pin` is called once, not at all when there is nothing to
/// pin.
void pin_tree(compose::Node& tree, const PinImages& pin);

/// What of a pinned tree an override file needs, so that the rest of the project uses these images: `image` of
/// services, and volumes that are images. Hooks cannot be pinned so: those of several files add up.
compose::Node lock_form(const compose::Node& tree);

/// The services with hooks whose images `lock_form` leaves out, sorted.
std::vector<std::string> services_with_hook_images(const compose::Node& tree);

}  // namespace hoist::cli

#pragma once

#include "compose/load/node.hpp"
#include "compose/load/rule_tree.hpp"

namespace hoist::compose {

/// The long forms of a `ports` list; an entry with ranges becomes several.
/// With `keep_unreadable` a list with an unreadable entry stays as it is.
void expand_ports(Node& ports, Visit& visit, bool keep_unreadable);

/// The long form of one entry of `volumes`.
void expand_volume(Node& volume, Visit& visit, bool keep_unreadable);

/// The long form of one entry of `devices`: "/dev/a:/dev/b:rw".
void expand_device(Node& device, Visit& visit, bool keep_unreadable);

}  // namespace hoist::compose

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/load/node.hpp"

namespace hoist::compose {

/// Merges a later document over an earlier one: mappings merge, lists append, scalars are replaced, and the
/// places with rules of their own follow those. `!reset` and `!override` of `later` are obeyed; no tag is
/// left in `base`. `base` may be null: it then becomes `later`. Each place where a mapping or a list meets
/// something else is reported and keeps what the earlier document says. Source: Compose Specification, Merge;
/// compose-go's override package for the rules by path.
void merge_into(Node& base, Node later, std::vector<Diagnostic>& findings);

/// Merges a service over the one that it extends, as `merge_into` does inside `services`; paths of findings name
/// the service `name`.
void merge_service_into(Node& base, Node later, std::string_view name, std::vector<Diagnostic>& findings);

/// Takes out of `base` what `!reset` and `!override` in `later` name. Part of `merge_into`; to be called
/// alone when `later` loses its tags before it is merged.
void apply_tags(Node& base, const Node& later);

/// Where a document has `!reset` and `!override`.
struct TaggedPlace {
  std::vector<std::string> path;
  Node::Tag tag;
};

/// The tags of a document, which loses them, and the values that carry `!reset`. For phases that know no
/// tags.
std::vector<TaggedPlace> take_tags(Node& document);

/// Adds the tags of a document that is merged over others to theirs. What `later`, which has lost its tags, says
/// inside an earlier place counts instead of what the earlier tag took away: `!reset` becomes `!override` there.
void add_tags(std::vector<TaggedPlace>& tags, const std::vector<TaggedPlace>& later_tags, const Node& later);

/// Gives a document its tags again. `!reset` makes its place anew; a tag whose place is gone is forgotten.
void put_tags_back(Node& document, const std::vector<TaggedPlace>& tags);

/// Takes all tags off, and the values that carry `!reset` away.
void drop_tags(Node& node);

/// Keeps one entry of those with the same key (target of a mount, name of a variable, port...) in the lists
/// that have keys: the last one, in the place of the first. To be called after a merge, and again on the long
/// forms. Source: Compose Specification, Merge, unique resources; compose-go's override package.
void enforce_unicity(Node& document);

/// What tells an entry of a list from the others: the target of a mount, the name of a variable, a port ... Nothing
/// when entries of that list have no keys, or this one has none that can be told. `list` is the list's path.
std::optional<std::string> entry_key(std::span<const std::string_view> list, const Node& entry);

}  // namespace hoist::compose

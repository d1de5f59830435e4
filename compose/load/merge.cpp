#include "compose/load/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/load/member_index.hpp"
#include "compose/load/path_pattern.hpp"

namespace hoist::compose {
namespace {

/// How two values at one place become one, where it is not the general way.
enum class Way {
  replace,       ///< the later one counts, whatever it is
  as_list,       ///< both as lists of "key=value", one after the other
  add_new,       ///< as_list without what is there already
  build,         ///< a text is a build context
  dependencies,  ///< a list is a mapping of conditions
  by_name,       ///< a list is a mapping without values
  logging,       ///< merged for the same driver only
  pools,         ///< address pools by their subnet
};

struct Rule {
  std::string_view pattern;
  Way way;
};

constexpr Rule k_rules[] = {
    {"networks.*.ipam.config", Way::pools},
    {"networks.*.labels", Way::as_list},
    {"volumes.*.labels", Way::as_list},
    {"services.*.annotations", Way::as_list},
    {"services.*.build", Way::build},
    {"services.*.build.additional_contexts", Way::as_list},
    {"services.*.build.args", Way::as_list},
    {"services.*.build.extra_hosts", Way::add_new},
    {"services.*.build.labels", Way::as_list},
    {"services.*.command", Way::replace},
    {"services.*.depends_on", Way::dependencies},
    {"services.*.deploy.labels", Way::as_list},
    {"services.*.dns", Way::as_list},
    {"services.*.dns_opt", Way::as_list},
    {"services.*.dns_search", Way::as_list},
    {"services.*.entrypoint", Way::replace},
    {"services.*.env_file", Way::as_list},
    {"services.*.environment", Way::as_list},
    {"services.*.extra_hosts", Way::add_new},
    {"services.*.healthcheck.test", Way::replace},
    {"services.*.label_file", Way::as_list},
    {"services.*.labels", Way::as_list},
    {"services.*.logging", Way::logging},
    {"services.*.models", Way::by_name},
    {"services.*.networks", Way::by_name},
    {"services.*.sysctls", Way::as_list},
    {"services.*.tmpfs", Way::as_list},
    {"services.*.ulimits.*", Way::replace},
};

Node pair(const std::string& key, const Node& value, const SourceLocation& where) {
  return value.is_null() ? Node(key, where) : Node(fmt::format("{}={}", key, value.scalar_text()), value.location);
}

/// The value as a list: "key=value" for each member, in the order of the text. What fits nowhere stays an
/// entry, so that the schema finds it.
Node::Sequence to_list(Node value) {
  if (value.is_null()) return {};
  if (value.is_sequence()) return std::move(value.items());
  Node::Sequence list;
  if (!value.is_mapping()) {
    list.push_back(std::move(value));
    return list;
  }
  for (Member& member : value.members()) {
    if (member.value.is_scalar()) {
      list.push_back(pair(member.key, member.value, member.key_location));
    } else if (member.value.is_sequence()) {
      for (Node& item : member.value.items()) {
        list.push_back(item.is_scalar() ? pair(member.key, item, member.key_location) : std::move(item));
      }
    } else {
      list.push_back(std::move(member.value));
    }
  }
  std::ranges::stable_sort(list, [](const Node& a, const Node& b) {
    return a.is_scalar() && b.is_scalar() && a.scalar_text() < b.scalar_text();
  });
  return list;
}

/// True when `to_map` can make a mapping of the value.
bool is_map_or_names(const Node& value) {
  return value.is_null() || value.is_mapping() ||
         (value.is_sequence() && std::ranges::all_of(value.items(), &Node::is_string));
}

/// A list of names as a mapping with `value` for each.
Node to_map(Node names, const Node& value) {
  if (names.is_mapping()) return names;
  Node map(Node::Mapping{}, names.location);
  if (!names.is_sequence()) return map;
  for (const Node& name : names.items()) {
    Node copy = value;
    copy.location = name.location;
    if (map.find(name.as_string()) == nullptr) {
      map.members().push_back({name.as_string(), std::move(copy), name.location});
    }
  }
  return map;
}

Node default_dependency() {
  return Node(Node::Mapping{{"condition", "service_started", {}}, {"required", true, {}}});
}

const Node& subnet_of(const Node& pool) {
  static const Node none;
  const Node* subnet = pool.find("subnet");
  return subnet == nullptr ? none : *subnet;
}

class Merge {
 public:
  explicit Merge(std::vector<Diagnostic>& findings) : findings_(findings) {}

  void mappings(Node& base, Node later) {
    base.members().reserve(base.members().size() + later.members().size());  // keeps the index valid
    const MemberIndex known(base);
    for (Member& member : later.members()) {
      Node* here = known.find(member.key);
      if (here == nullptr) {
        base.members().push_back(std::move(member));
        continue;
      }
      path_.push_back(member.key);
      values(*here, std::move(member.value));
      path_.pop_back();
    }
  }

 private:
  void values(Node& base, Node later) {
    const auto* rule = std::ranges::find_if(k_rules, [this](const Rule& r) { return matches(path_, r.pattern); });
    if (rule != std::end(k_rules)) {
      by_rule(base, std::move(later), rule->way);
    } else if (!later.is_null()) {
      in_general(base, std::move(later));
    }
  }

  void in_general(Node& base, Node later) {
    if (base.is_scalar()) {
      base = std::move(later);
    } else if (base.kind() != later.kind()) {
      conflict(base, later);
    } else if (base.is_mapping()) {
      mappings(base, std::move(later));
    } else {
      std::ranges::move(later.items(), std::back_inserter(base.items()));
    }
  }

  void by_rule(Node& base, Node later, Way way) {
    if (way == Way::replace) {
      base = std::move(later);
      return;
    }
    if (later.is_null()) return;
    if (base.is_null()) {
      base = std::move(later);
      return;
    }
    switch (way) {
      case Way::as_list:
      case Way::add_new:
        append(base, std::move(later), way);
        return;
      case Way::build:
        if (base.is_string()) base = context_of(std::move(base));
        if (later.is_string()) later = context_of(std::move(later));
        in_general(base, std::move(later));
        return;
      case Way::dependencies:
        names(base, std::move(later), default_dependency());
        return;
      case Way::by_name:
        names(base, std::move(later), Node());
        return;
      case Way::logging:
        logging(base, std::move(later));
        return;
      case Way::pools:
        pools(base, std::move(later));
        return;
      case Way::replace:
        return;
    }
  }

  static void append(Node& base, Node later, Way way) {
    const SourceLocation where = later.location;
    Node::Sequence list = to_list(std::move(base));
    const std::size_t before = list.size();
    for (Node& item : to_list(std::move(later))) {
      const auto end = list.begin() + static_cast<std::ptrdiff_t>(before);
      if (way == Way::add_new && std::find(list.begin(), end, item) != end) continue;
      list.push_back(std::move(item));
    }
    base = Node(std::move(list), where);
  }

  static Node context_of(Node context) {
    SourceLocation where = context.location;
    return Node(Node::Mapping{{"context", std::move(context), where}}, where);
  }

  void names(Node& base, Node later, const Node& value) {
    if (!is_map_or_names(base) || !is_map_or_names(later)) {
      conflict(base, later);
      return;
    }
    base = to_map(std::move(base), value);
    mappings(base, to_map(std::move(later), value));
  }

  void logging(Node& base, Node later) {
    if (!base.is_mapping() || !later.is_mapping()) {
      conflict(base, later);
      return;
    }
    const Node* before = base.find("driver");
    const Node* after = later.find("driver");
    if (before == nullptr || after == nullptr || *before == *after) {
      mappings(base, std::move(later));
    } else {
      base = std::move(later);
    }
  }

  /// Pools of the same subnet merge. As in compose-go, a pool of the earlier file that meets none of its
  /// subnet gives way to the later file's.
  void pools(Node& base, Node later) {
    const auto all_mappings = [](const Node& list) {
      return list.is_sequence() && std::ranges::all_of(list.items(), &Node::is_mapping);
    };
    if (!all_mappings(base) || !all_mappings(later)) {
      conflict(base, later);
      return;
    }
    Node::Sequence result;
    const auto find_pool = [&result](const Node& subnet) {
      return std::ranges::find_if(result, [&subnet](const Node& pool) { return subnet_of(pool) == subnet; });
    };
    for (Node& original : base.items()) {
      for (const Node& pool : later.items()) {
        if (subnet_of(pool) != subnet_of(original)) {
          if (find_pool(subnet_of(pool)) == result.end()) result.push_back(pool);
          continue;
        }
        mappings(original, pool);
        const auto known = find_pool(subnet_of(original));
        if (known != result.end()) {
          *known = original;
        } else {
          result.push_back(original);
        }
      }
    }
    base = Node(std::move(result), later.location);
  }

  void conflict(const Node& base, const Node& later) {
    const std::string where = base.location.to_string();
    findings_.push_back({Diagnostic::Severity::error, later.location, fmt::format("{}", fmt::join(path_, ".")),
                         fmt::format("{} cannot be merged into {}{}", later.kind_name(), base.kind_name(),
                                     where.empty() ? "" : " from " + where),
                         "use the same form in both files, or !override"});
  }

  std::vector<Diagnostic>& findings_;
  std::vector<std::string_view> path_;
};

void find_tags(const Node& node, std::vector<std::string>& path, std::vector<TaggedPlace>& tags) {
  if (!node.is_mapping()) return;
  for (const Member& member : node.members()) {
    path.push_back(member.key);
    if (member.value.tag != Node::Tag::none) tags.push_back({path, member.value.tag});
    find_tags(member.value, path, tags);
    path.pop_back();
  }
}

}  // namespace

std::vector<TaggedPlace> take_tags(Node& document) {
  std::vector<TaggedPlace> tags;
  std::vector<std::string> path;
  find_tags(document, path, tags);
  drop_tags(document);
  return tags;
}

void add_tags(std::vector<TaggedPlace>& tags, const std::vector<TaggedPlace>& later_tags, const Node& later) {
  std::erase_if(tags, [&later_tags](const TaggedPlace& earlier) {
    return std::ranges::any_of(later_tags, [&earlier](const TaggedPlace& place) {
      return place.path.size() <= earlier.path.size() &&
             std::equal(place.path.begin(), place.path.end(), earlier.path.begin());
    });
  });
  for (TaggedPlace& place : tags) {
    const Node* value = &later;
    for (const std::string& key : place.path) value = value == nullptr ? nullptr : value->find(key);
    if (value != nullptr && !value->is_null()) place.tag = Node::Tag::override_value;
  }
  tags.insert(tags.end(), later_tags.begin(), later_tags.end());
}

void put_tags_back(Node& document, const std::vector<TaggedPlace>& tags) {
  for (const TaggedPlace& place : tags) {
    Node* node = &document;
    for (std::size_t i = 0; i + 1 < place.path.size() && node != nullptr; ++i) node = node->find(place.path[i]);
    if (node == nullptr || !node->is_mapping()) continue;
    if (place.tag == Node::Tag::reset) node->set(place.path.back(), Node());
    if (Node* tagged = node->find(place.path.back())) tagged->tag = place.tag;
  }
}

void apply_tags(Node& base, const Node& later) {
  if (!base.is_mapping() || !later.is_mapping()) return;
  for (const Member& member : later.members()) {
    if (member.value.tag != Node::Tag::none) {
      base.erase(member.key);
    } else if (Node* here = base.find(member.key)) {
      apply_tags(*here, member.value);
    }
  }
}

void drop_tags(Node& node) {
  const auto is_reset = [](const Node& value) { return value.tag == Node::Tag::reset; };
  node.tag = Node::Tag::none;
  if (node.is_mapping()) {
    std::erase_if(node.members(), [&is_reset](const Member& member) { return is_reset(member.value); });
    for (Member& member : node.members()) drop_tags(member.value);
  } else if (node.is_sequence()) {
    std::erase_if(node.items(), is_reset);
    for (Node& item : node.items()) drop_tags(item);
  }
}

void merge_into(Node& base, Node later, std::vector<Diagnostic>& findings) {
  apply_tags(base, later);
  drop_tags(later);
  if (later.is_null()) return;
  if (!base.is_mapping() || !later.is_mapping()) {
    base = std::move(later);
    return;
  }
  Merge(findings).mappings(base, std::move(later));
}

void merge_service_into(Node& base, Node later, std::string_view name, std::vector<Diagnostic>& findings) {
  const auto document = [name](Node service) {
    Node services(Node::Mapping{{std::string(name), std::move(service), {}}});
    return Node(Node::Mapping{{"services", std::move(services), {}}});
  };
  Node whole = document(std::move(base));
  merge_into(whole, document(std::move(later)), findings);
  base = std::move(whole["services"][name]);
}

}  // namespace hoist::compose

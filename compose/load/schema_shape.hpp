#pragma once

#include <span>
#include <string_view>

namespace hoist::compose::schema {

/// The kinds of value that a place takes, as bits.
enum Kinds : unsigned {
  k_null = 1,
  k_boolean = 2,
  k_integer = 4,
  k_number = 8,  ///< any number, integers too
  k_text = 16,
  k_list = 32,
  k_map = 64,
};

/// Which keys a mapping with free keys takes.
enum class Keys {
  any,
  name,  ///< letters, digits, `.`, `_`, `-`
};

/// Further rules for a text.
enum class TextRule { none, container_name, pull_policy };

struct Attribute;

/// What may stand at one place of a Compose file. A mapping has fixed attributes, or free keys with one shape
/// of value.
struct Shape {
  unsigned kinds = 0;
  std::span<const Attribute> attributes = {};  ///< the fixed keys of a mapping
  const Shape* values = nullptr;               ///< of a mapping with free keys; null and no attributes = anything
  Keys keys = Keys::any;
  const Shape* items = nullptr;                      ///< of a list
  std::span<const std::string_view> words = {};      ///< the only texts; empty = every text
  std::span<const std::string_view> supported = {};  ///< texts that are carried out; empty = all
  bool unique = false;                               ///< a list without equal items
  bool extensible = true;                            ///< `x-` keys may stand beside the fixed ones
  TextRule rule = TextRule::none;
  long long least = -1'000'000'000'000'000'000LL;  ///< for integers
  long long most = 1'000'000'000'000'000'000LL;
};

enum class Need { optional, required };
enum class Support {
  full,
  none,
  swarm,  ///< nothing but a swarm has it; Docker Compose leaves it out as well
};

/// One fixed key of a mapping.
struct Attribute {
  std::string_view name;
  const Shape* shape;
  Support support = Support::full;
  Need need = Need::optional;
};

inline constexpr Support later = Support::none;  ///< valid, not carried out yet
inline constexpr Support swarm = Support::swarm;
inline constexpr Support full = Support::full;
inline constexpr Need required = Need::required;

// The shapes that many attributes share.
inline constexpr Shape k_string{.kinds = k_text};
inline constexpr Shape k_bool{.kinds = k_boolean};
inline constexpr Shape k_flag{.kinds = k_boolean | k_text};
inline constexpr Shape k_whole{.kinds = k_integer | k_text};
inline constexpr Shape k_only_number{.kinds = k_number};
inline constexpr Shape k_amount{.kinds = k_number | k_text};
inline constexpr Shape k_strings{.kinds = k_list, .items = &k_string};
inline constexpr Shape k_string_set{.kinds = k_list, .items = &k_string, .unique = true};
inline constexpr Shape k_amount_set{.kinds = k_list, .items = &k_amount, .unique = true};
inline constexpr Shape k_string_or_list{.kinds = k_text | k_list, .items = &k_string, .unique = true};
inline constexpr Shape k_words{.kinds = k_text | k_list, .items = &k_string};
inline constexpr Shape k_command{.kinds = k_null | k_text | k_list, .items = &k_string};
inline constexpr Shape k_any_scalar{.kinds = k_null | k_boolean | k_number | k_text};
inline constexpr Shape k_list_or_map{
    .kinds = k_list | k_map, .values = &k_any_scalar, .items = &k_string, .unique = true};
inline constexpr Shape k_options{.kinds = k_map, .values = &k_amount};
inline constexpr Shape k_string_map{.kinds = k_map, .values = &k_string};

/// One service.
extern const Shape k_service;
/// `services.*.deploy` and `services.*.develop`.
extern const Shape k_deploy;
extern const Shape k_develop;
/// `services.*.build`, and what it shares with the service.
extern const Shape k_build;
extern const Shape k_extra_hosts;
extern const Shape k_ulimits;
extern const Shape k_file_references;  ///< configs and secrets of a service or a build
extern const Shape k_hook;
extern const Shape k_devices;
/// A whole document.
extern const Shape k_document;

}  // namespace hoist::compose::schema

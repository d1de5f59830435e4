#include "compose/load/consistency.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <system_error>

#include "compose/base/text.hpp"
#include "compose/load/member_index.hpp"
#include "compose/load/scalars.hpp"
#include "compose/model/service.hpp"

namespace hoist::compose {
namespace {

const Node k_empty{Node::Mapping{}};

const Node& mapping_at(const Node& node, std::string_view key) {
  const Node* found = node.find(key);
  return found != nullptr && found->is_mapping() ? *found : k_empty;
}

const Node::Sequence& list_at(const Node& node, std::string_view key) {
  static const Node::Sequence k_none;
  const Node* found = node.find(key);
  return found != nullptr && found->is_sequence() ? found->items() : k_none;
}

std::string text_at(const Node& node, std::string_view key) {
  const Node* found = node.find(key);
  return found != nullptr && found->is_scalar() ? found->scalar_text() : std::string();
}

std::vector<std::string> keys_of(const Node& mapping) {
  std::vector<std::string> keys;
  for (const Member& member : mapping.members()) keys.push_back(member.key);
  return keys;
}

/// The number at a key, whether written as one or as a text.
std::optional<double> number_at(const Node& node, std::string_view key) {
  const std::string text = text_at(node, key);
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end == text.data()) return std::nullopt;  // an earlier phase has said so
  return number;
}

std::optional<double> bytes_at(const Node& node, std::string_view key) {
  const std::string text = text_at(node, key);
  if (text.empty()) return std::nullopt;
  try {
    return static_cast<double>(parse_bytes(text));
  } catch (const Error&) {
    return std::nullopt;  // an earlier phase has said so
  }
}

using ServiceIndex = MemberIndex<const Node>;

/// The checks of one service.
class ServiceCheck {
 public:
  ServiceCheck(const Node& document, const ServiceIndex& index, const Node& disabled, const Member& service,
               std::vector<Diagnostic>& findings)
      : document_(document),
        services_(mapping_at(document, "services")),
        index_(index),
        disabled_(disabled),
        name_(service.key),
        service_(service.value),
        findings_(findings) {}

  void run() {
    check_image();
    check_build();
    check_networks();
    check_health_test();
    check_dependencies();
    check_volumes();
    check_sources(list_at(service_, "configs"), "config", "configs", "configs");
    check_sources(list_at(service_, "secrets"), "secret", "secrets", "secrets");
    check_models();
    check_scale();
    check_limits();
    check_watch();
    check_mount_targets();
  }

 private:
  void fail(const Node& at, std::string_view attribute, std::string message, std::string hint = {}) {
    std::string path = "services." + name_;
    if (!attribute.empty() && !attribute.starts_with('[')) path += '.';
    findings_.push_back(
        {Diagnostic::Severity::error, at.location, path + std::string(attribute), std::move(message), std::move(hint)});
  }

  void fail_unknown(const Node& at, std::string_view attribute, std::string_view what, const std::string& name,
                    const Node& known) {
    std::vector<std::string> candidates = keys_of(known);
    // Nobody means the service that is being written.
    if (what == "service") std::erase(candidates, name_);
    std::string hint = did_you_mean(name, candidates);
    if (hint.empty() && what != "service") hint = fmt::format("declare it under the top-level '{}s:'", what);
    fail(at, attribute, fmt::format("unknown {} '{}'", what, name), std::move(hint));
  }

  void check_image() {
    if (service_.find("build") != nullptr || service_.find("provider") != nullptr) return;
    if (text_at(service_, "image").empty()) fail(service_, "", "there is neither an image nor a build");
  }

  void check_build() {
    const Node* build = service_.find("build");
    if (build == nullptr) return;
    const Node* inline_file = build->find("dockerfile_inline");
    if (!text_at(*build, "dockerfile_inline").empty() && !text_at(*build, "dockerfile").empty()) {
      fail(*inline_file, "build", "'dockerfile' and 'dockerfile_inline' exclude each other", "keep one of them");
    }
    for (const Member& context : mapping_at(*build, "additional_contexts").members()) {
      if (!context.value.is_string() || !context.value.as_string().starts_with("service:")) continue;
      const std::string other = referred_service(context.value.as_string());
      const std::string attribute = "build.additional_contexts." + context.key;
      const Node* target = index_.find(other);
      if (target == nullptr) {
        fail_unknown(context.value, attribute, "service", other, services_);
      } else if (target->find("build") == nullptr) {
        fail(context.value, attribute, fmt::format("service '{}' has no build", other));
      }
    }
    const Node::Sequence& platforms = list_at(*build, "platforms");
    const std::string platform = text_at(service_, "platform");
    if (!platforms.empty() && !platform.empty() &&
        std::ranges::none_of(platforms, [&platform](const Node& node) { return node == Node(platform); })) {
      fail(platforms.front(), "build.platforms", fmt::format("the service's platform '{}' is missing", platform),
           "add it to the list");
    }
    check_sources(list_at(*build, "secrets"), "secret", "secrets", "build.secrets");
  }

  void check_networks() {
    const Node& networks = mapping_at(service_, "networks");
    const Node* mode = service_.find("network_mode");
    if (mode != nullptr && !mode->is_null() && !networks.members().empty()) {
      fail(*mode, "network_mode", "'network_mode' and 'networks' exclude each other", "keep one of them");
    }
    for (const Member& network : networks.members()) {
      const Node& known = mapping_at(document_, "networks");
      if (known.find(network.key) == nullptr)
        fail_unknown(place_of(network), "networks", "network", network.key, known);
    }
  }

  void check_health_test() {
    const Node::Sequence& test = list_at(mapping_at(service_, "healthcheck"), "test");
    if (test.empty()) return;
    const std::string kind = test.front().is_scalar() ? test.front().scalar_text() : std::string();
    if (kind != "CMD" && kind != "CMD-SHELL" && kind != "NONE") {
      fail(test.front(), "healthcheck.test", fmt::format("the list starts with '{}'", kind),
           "start it with CMD, CMD-SHELL or NONE");
    }
  }

  void check_dependencies() {
    for (const Member& dependency : mapping_at(service_, "depends_on").members()) {
      if (index_.find(dependency.key) != nullptr) continue;
      const Node& at = place_of(dependency);
      const Node* other = disabled_.find(dependency.key);
      if (other == nullptr) {
        fail_unknown(at, "depends_on", "service", dependency.key, services_);
      } else if (const Node* required = dependency.value.find("required");
                 required == nullptr || *required != Node(false)) {
        std::vector<std::string> profiles;
        for (const Node& profile : list_at(*other, "profiles")) profiles.push_back(profile.scalar_text());
        fail(at, "depends_on", fmt::format("service '{}' is switched off by its profiles", dependency.key),
             fmt::format("use --profile {}, or 'required: false'", fmt::join(profiles, " or ")));
      }
    }
  }

  void check_volumes() {
    const Node::Sequence& mounts = list_at(service_, "volumes");
    const Node& known = mapping_at(document_, "volumes");
    for (std::size_t i = 0; i < mounts.size(); ++i) {
      const std::string source = text_at(mounts[i], "source");
      if (text_at(mounts[i], "type") != "volume" || source.empty() || known.find(source) != nullptr) continue;
      const std::string attribute = fmt::format("volumes[{}]", i);
      fail_unknown(mounts[i], attribute, "volume", source, known);
    }
  }

  void check_sources(const Node::Sequence& entries, std::string_view what, std::string_view kind,
                     std::string_view attribute) {
    const Node& known = mapping_at(document_, kind);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const std::string source = text_at(entries[i], "source");
      if (known.find(source) == nullptr) {
        fail_unknown(entries[i], fmt::format("{}[{}]", attribute, i), what, source, known);
      }
    }
  }

  void check_models() {
    const Node& known = mapping_at(document_, "models");
    for (const Member& model : mapping_at(service_, "models").members()) {
      if (known.find(model.key) == nullptr) fail_unknown(place_of(model), "models", "model", model.key, known);
    }
  }

  void check_scale() {
    const Node& deploy = mapping_at(service_, "deploy");
    const std::optional<double> scale = number_at(service_, "scale");
    const std::optional<double> replicas = number_at(deploy, "replicas");
    const Node& at = scale ? *service_.find("scale") : replicas ? *deploy.find("replicas") : service_;
    if (scale && replicas && *scale != *replicas) fail(at, "scale", "'scale' and 'deploy.replicas' differ");
    if (scale.value_or(0) < 0) fail(at, "scale", "the number must not be negative");
    if (replicas.value_or(0) < 0) fail(*deploy.find("replicas"), "deploy.replicas", "the number must not be negative");
    const std::string container_name = text_at(service_, "container_name");
    if (!container_name.empty() && scale.value_or(replicas.value_or(1)) > 1) {
      fail(*service_.find("container_name"), "container_name",
           fmt::format("the name '{}' cannot be given to more than one container", container_name),
           fmt::format("drop it, or set {} to 1", scale ? "scale" : "deploy.replicas"));
    }
  }

  /// The limits of old and those under `deploy` must say the same.
  void check_limits() {
    const Node& resources = mapping_at(mapping_at(service_, "deploy"), "resources");
    const auto same = [this](std::string_view own, std::optional<double> value, std::string_view other,
                             std::optional<double> limit, const Node* block) {
      if (!value || *value == 0 || block == nullptr || limit.value_or(0) == *value) return;
      fail(*service_.find(own), own, fmt::format("'{}' and '{}' differ", own, other), "set one of them");
    };
    const Node& limits = mapping_at(resources, "limits");
    const Node* limits_block = resources.find("limits");
    same("cpus", number_at(service_, "cpus"), "deploy.resources.limits.cpus", number_at(limits, "cpus"), limits_block);
    same("mem_limit", bytes_at(service_, "mem_limit"), "deploy.resources.limits.memory", bytes_at(limits, "memory"),
         limits_block);
    same("pids_limit", number_at(service_, "pids_limit"), "deploy.resources.limits.pids", number_at(limits, "pids"),
         limits_block);
    same("mem_reservation", bytes_at(service_, "mem_reservation"), "deploy.resources.reservations.memory",
         bytes_at(mapping_at(resources, "reservations"), "memory"), resources.find("reservations"));
  }

  void check_watch() {
    const Node::Sequence& rules = list_at(mapping_at(service_, "develop"), "watch");
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const std::string action = text_at(rules[i], "action");
      if (action == "rebuild" || action == "restart" || !text_at(rules[i], "target").empty()) continue;
      fail(rules[i], fmt::format("develop.watch[{}]", i), fmt::format("the action '{}' needs a target", action));
    }
  }

  void check_mount_targets() {
    std::map<std::string, std::string> taken;
    const auto take = [this, &taken](const Node& at, const std::string& target, const std::string& attribute) {
      const auto [first, fresh] = taken.try_emplace(target, attribute);
      if (!fresh) fail(at, attribute, fmt::format("'{}' is mounted by {} already", target, first->second));
    };
    const Node::Sequence& tmpfs = list_at(service_, "tmpfs");
    for (std::size_t i = 0; i < tmpfs.size(); ++i) {
      const std::string text = tmpfs[i].is_scalar() ? tmpfs[i].scalar_text() : std::string();
      take(tmpfs[i], text.substr(0, text.find(':')), fmt::format("tmpfs[{}]", i));
    }
    const Node::Sequence& mounts = list_at(service_, "volumes");
    for (std::size_t i = 0; i < mounts.size(); ++i) {
      take(mounts[i], text_at(mounts[i], "target"), fmt::format("volumes[{}]", i));
    }
  }

  /// A node at the place of a member's key, or of its value when the key's is not known.
  const Node& place_of(const Member& member) {
    place_ = Node::null(member.key_location.known() ? member.key_location : member.value.location);
    return place_;
  }

  const Node& document_;
  const Node& services_;
  const ServiceIndex& index_;
  const Node& disabled_;
  const std::string& name_;
  const Node& service_;
  std::vector<Diagnostic>& findings_;
  Node place_;
};

void check_secrets(const Node& document, std::vector<Diagnostic>& findings) {
  for (const Member& secret : mapping_at(document, "secrets").members()) {
    const Node* external = secret.value.find("external");
    if (external != nullptr && *external == Node(true)) continue;
    if (!text_at(secret.value, "file").empty() || !text_at(secret.value, "environment").empty()) continue;
    findings.push_back({Diagnostic::Severity::error,
                        secret.value.location,
                        "secrets." + secret.key,
                        "one of file, environment must be set",
                        {}});
  }
}

void check_container_names(const Node& services, std::vector<Diagnostic>& findings) {
  std::map<std::string, std::string> users;
  for (const Member& service : services.members()) {
    const Node* name = service.value.find("container_name");
    if (name == nullptr || !name->is_string() || name->as_string().empty()) continue;
    const auto [user, is_new] = users.emplace(name->as_string(), service.key);
    if (is_new) continue;
    findings.push_back(
        {Diagnostic::Severity::error,
         name->location,
         fmt::format("services.{}.container_name", service.key),
         fmt::format("the name '{}' is that of a container of '{}' already", name->as_string(), user->second),
         {}});
  }
}

}  // namespace

void check_consistency(const Node& document, const Node& disabled, std::vector<Diagnostic>& findings) {
  const Node& services = mapping_at(document, "services");
  const ServiceIndex index(services);
  for (const Member& service : services.members()) ServiceCheck(document, index, disabled, service, findings).run();
  check_container_names(services, findings);
  check_secrets(document, findings);
  check_cycles(services, findings);
}

}  // namespace hoist::compose

#include "compose/model/project.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"

namespace hoist::compose {

const std::string& Service::hash_in(HashForm form) const {
  const auto found = older_hashes.find(form);
  return found == older_hashes.end() ? config_hash : found->second;
}

std::string Service::image_name(const Project& project) const {
  return image.empty() ? project.name + project.separator + name : image;
}

std::string referred_service(std::string_view text) {
  constexpr std::string_view k_prefix = "service:";
  return text.starts_with(k_prefix) ? std::string(text.substr(k_prefix.size())) : std::string();
}

std::string seccomp_profile(std::string_view option) {
  const std::size_t equals = option.find('=');
  const std::size_t separator = equals == option.npos ? option.find(':') : equals;
  if (separator == option.npos || option.substr(0, separator) != "seccomp") return {};
  const std::string_view profile = option.substr(separator + 1);
  return profile == "unconfined" || profile == "builtin" ? std::string() : std::string(profile);
}

VolumesSource parse_volumes_from(std::string_view text) {
  constexpr std::string_view k_container = "container:";
  VolumesSource source;
  const bool container = text.starts_with(k_container);
  if (container) text.remove_prefix(k_container.size());
  const std::size_t colon = text.find(':');
  (container ? source.container : source.service) = text.substr(0, colon);
  if (colon != text.npos) source.mode = text.substr(colon + 1);
  return source;
}

std::vector<std::string> hook_images(const Service& service) {
  std::vector<std::string> images;
  for (const Hook& hook : service.pre_start) {
    const bool known = hook.image == service.image || std::ranges::find(images, hook.image) != images.end();
    if (!hook.image.empty() && !known) images.push_back(hook.image);
  }
  return images;
}

std::vector<std::string> bound_services(const Service& service) {
  std::vector<std::string> names;
  const auto add = [&names](std::string name) {
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
  };
  for (const std::string* space : {&service.network_mode, &service.ipc, &service.pid}) add(referred_service(*space));
  for (const std::string& source : service.volumes_from) add(parse_volumes_from(source).service);
  return names;
}

const Service* Project::find_service(const std::string& service) const {
  const auto found = services.find(service);
  return found == services.end() ? nullptr : &found->second;
}

const Service& Project::get_service(const std::string& service) const {
  if (const Service* found = find_service(service)) return *found;
  if (const auto off = disabled_services.find(service); off != disabled_services.end()) {
    throw Error(ErrorCode::bad_input, fmt::format("service '{}' is switched off by its profiles ({})", service,
                                                  fmt::join(off->second.profiles, ", ")))
        .with_hint(fmt::format("enable it with --profile {}", off->second.profiles.front()));
  }
  std::vector<std::string> names;
  for (const auto& entry : services) names.push_back(entry.first);
  Error error(ErrorCode::bad_input, fmt::format("no such service: '{}'", service));
  const std::string guess = did_you_mean(service, names);
  throw error.with_hint(guess.empty() ? fmt::format("the project has: {}", fmt::join(names, ", ")) : guess);
}

}  // namespace hoist::compose

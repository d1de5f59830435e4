#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "compose/load/api_socket.hpp"
#include "compose/load/build_parts.hpp"

namespace hoist::compose {
namespace {

/// What secrets and configs differ in.
struct Kind {
  const char* name;
  const char* section;
  std::string_view directory;  ///< of targets that are not absolute
};
constexpr Kind k_kinds[] = {{"secret", "secrets", "/run/secrets/"}, {"config", "configs", "/"}};

std::uint32_t id_in(const Attribute& id) {
  return static_cast<std::uint32_t>(id.integer(0, std::numeric_limits<std::uint32_t>::max()));
}

/// The mode as settled: octal digits.
std::uint32_t mode_in(const Attribute& mode) {
  constexpr std::uint32_t k_for_all_to_read = 0444;
  const std::string text = mode.text();
  std::uint32_t number = 0;
  const char* end = text.data() + text.size();
  const std::from_chars_result read = std::from_chars(text.data(), end, number, 8);
  return !text.empty() && read.ec == std::errc() && read.ptr == end ? number : k_for_all_to_read;
}

/// One use of a secret or config by a service.
class FileUse {
 public:
  FileUse(const Kind& kind, const Attribute& use, const Attribute& resource, const StringMap& environment)
      : use_(use), resource_(resource), environment_(environment) {
    const std::string source = use["source"].text();
    file_.name = fmt::format("{} '{}'", kind.name, source);
    file_.target = use["target"].text();
    if (file_.target.empty()) file_.target = source;
    if (!file_.target.starts_with('/')) file_.target.insert(0, kind.directory);
    file_.location = use.location();
    file_.credentials = source == k_credentials_config;
  }

  void add_to(Service& service) {
    const std::string source = resource_["file"].text();
    const bool is_plain = !use_["uid"].given() && !use_["gid"].given() && !use_["mode"].given();
    if (!source.empty() && is_plain) {
      service.volumes.push_back({.type = Mount::Type::bind,
                                 .source = source,
                                 .target = file_.target,
                                 .read_only = true,
                                 .location = file_.location});
      return;
    }
    file_.source = source;
    if (source.empty()) fill_in();
    file_.uid = id_in(use_["uid"]);
    file_.gid = id_in(use_["gid"]);
    file_.mode = mode_in(use_["mode"]);
    service.files.push_back(std::move(file_));
  }

 private:
  void fill_in() {
    const std::string variable = resource_["environment"].text();
    if (file_.credentials) return;
    if (resource_["content"].given()) {
      file_.content = resource_["content"].text();
    } else if (const auto found = environment_.find(variable); found != environment_.end()) {
      file_.content = found->second;
    } else if (!variable.empty()) {
      file_.fault = fmt::format("the variable '{}' of {} is not set", variable, file_.name);
    } else {
      file_.fault = fmt::format("{} is external, which only a swarm has", file_.name);
    }
  }

  const Attribute& use_;
  const Attribute resource_;
  const StringMap& environment_;
  ContainerFile file_;
};

}  // namespace

void add_files(Service& service, const Attribute& from, const Attribute& document, const StringMap& environment) {
  for (const Kind& kind : k_kinds) {
    for (const Attribute& use : from[kind.section].items()) {
      FileUse(kind, use, document[kind.section][use["source"].text()], environment).add_to(service);
    }
  }
}

}  // namespace hoist::compose

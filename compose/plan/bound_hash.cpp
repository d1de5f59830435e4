#include "compose/plan/bound_hash.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <string_view>

#include "compose/base/sha256.hpp"

namespace hoist::compose {
namespace {

/// Puts `with` in the place of the first `what`, if it is there.
void replace_first(std::string& text, const std::string& what, const std::string& with) {
  if (const std::size_t at = text.find(what); at != std::string::npos) text.replace(at, what.size(), with);
}

/// The text that is hashed, with ids where services are named.
class BoundText {
 public:
  BoundText(std::string text, const std::vector<ObservedContainer>& containers)
      : text_(std::move(text)), containers_(containers) {}

  void share(std::string_view attribute, const std::string& mode) {
    const std::string service = referred_service(mode);
    if (service.empty()) return;
    replace_first(text_, fmt::format(R"("{}":"{}")", attribute, mode),
                  fmt::format(R"("{}":"container:{}")", attribute, id_of(service)));
  }

  /// Docker Compose leaves the modes out of what it hashes.
  void take_volumes(const std::vector<std::string>& sources) {
    if (sources.empty()) return;
    std::vector<std::string> containers;
    for (const std::string& source : sources) {
      const VolumesSource read = parse_volumes_from(source);
      containers.push_back(read.service.empty() ? read.container : id_of(read.service));
    }
    replace_first(text_, fmt::format(R"("volumes_from":["{}"])", fmt::join(sources, "\",\"")),
                  fmt::format(R"("volumes_from":["{}"])", fmt::join(containers, "\",\"")));
  }

  /// Nothing when a container was missing.
  std::optional<std::string> hash() const { return complete_ ? std::optional(sha256_hex(text_)) : std::nullopt; }

 private:
  std::string id_of(const std::string& service) {
    const ObservedContainer* container = first_container(containers_, service);
    complete_ = complete_ && container != nullptr;
    return container == nullptr ? std::string() : container->id;
  }

  std::string text_;
  const std::vector<ObservedContainer>& containers_;
  bool complete_ = true;
};

}  // namespace

std::string bound_hash(const Service& service, HashForm form, const std::vector<ObservedContainer>& containers) {
  const auto found = service.hash_texts.find(form);
  if (found == service.hash_texts.end()) return service.hash_in(form);
  BoundText text(found->second, containers);
  text.share("network_mode", service.network_mode);
  text.share("ipc", service.ipc);
  text.share("pid", service.pid);
  text.take_volumes(service.volumes_from);
  return text.hash().value_or(service.hash_in(form));
}

}  // namespace hoist::compose

#include <nlohmann/json.hpp>

#include "remote/docker/observe_json.hpp"
#include "tests/fuzz/fuzz.hpp"

/// Answers of engines may be of any shape: what is missing or of another type is empty, and nothing is
/// thrown.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hoist;
  const auto answer = nlohmann::json::parse(fuzz::text_of(data, size), nullptr, false);
  if (answer.is_discarded()) return 0;
  const compose::ObservedContainer container = remote::container_from_list(answer);
  fuzz::check(!container.name.starts_with('/'), "a container's name has no slash before it");
  fuzz::check(container.number >= 0, "a replica's number is none or counts from 1");
  remote::detail_from_inspect(answer);
  remote::network_from_list(answer);
  remote::volume_from_list(answer);
  remote::event_from_json(answer);
  return 0;
}

#include <algorithm>
#include <iterator>

#include "remote/docker/build_trace.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

template <typename Part>
void append(std::vector<Part>& parts, const std::vector<Part>& more) {
  std::ranges::copy(more, std::back_inserter(parts));
}

}  // namespace

/// Two reports one after the other are one report with the parts of both.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hoist;
  const std::string_view message = fuzz::text_of(data, size);
  if (message.empty()) return 0;
  const std::size_t cut = static_cast<unsigned char>(message.front()) % message.size();
  const std::string_view rest = message.substr(1);
  const auto first = remote::decode_build_trace(rest.substr(0, cut));
  const auto second = remote::decode_build_trace(rest.substr(cut));
  const auto whole = remote::decode_build_trace(rest);
  if (!first || !second) return 0;
  remote::BuildTrace both = *first;
  append(both.vertexes, second->vertexes);
  append(both.statuses, second->statuses);
  append(both.logs, second->logs);
  append(both.warnings, second->warnings);
  fuzz::check(whole == both, "the whole is its parts");
  return 0;
}

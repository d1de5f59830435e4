#include "compose/base/error.hpp"
#include "remote/docker/reference.hpp"
#include "tests/fuzz/fuzz.hpp"

/// A reference's texts, the whole and the familiar one, mean the reference.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hoist;
  const std::string_view text = fuzz::text_of(data, size);
  if (const auto reference = remote::find_reference(text)) {
    fuzz::check(remote::find_reference(reference->to_string()) == reference, "the whole text means the reference");
    fuzz::check(remote::find_reference(reference->familiar()) == reference, "the familiar text means the reference");
    fuzz::check(remote::parse_reference(text) == *reference, "both readers agree");
    return 0;
  }
  try {
    remote::parse_reference(text);
    fuzz::check(false, "both readers refuse");
  } catch (const Error& error) {
    fuzz::check(error.code() == ErrorCode::bad_input, "a wrong name is bad input");
  }
  return 0;
}

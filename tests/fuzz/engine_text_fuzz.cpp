#include <chrono>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"
#include "remote/docker/api_version.hpp"
#include "remote/docker/base64.hpp"
#include "remote/docker/log_time.hpp"
#include "remote/docker/namesakes.hpp"
#include "remote/docker/observe_json.hpp"
#include "remote/docker/providers.hpp"
#include "remote/docker/start_failure.hpp"
#include "remote/fetch/registry_reader.hpp"
#include "tests/fuzz/fuzz.hpp"

/// The little texts that engines, registries, providers and people give: times, versions, states, refusals, base64.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hoist;
  const std::string_view text = fuzz::text_of(data, size);
  fuzz::check(remote::decode_base64(remote::encode_base64(text)) == text, "base64 comes back");
  fuzz::check(remote::decode_base64(remote::encode_base64_url(text)) == text, "base64 for URLs comes back");
  if (const auto version = remote::parse_api_version(text)) {
    fuzz::check(remote::parse_api_version(version->to_string()) == version, "a version's text means the version");
  }
  const std::string shown = strip_control(text);
  fuzz::check(shown.find_first_of("\x1b\n\r\x7f") == std::string::npos, "nothing to steer a terminal with is left");
  remote::parse_status(text);
  remote::parse_state(text);
  remote::parse_health(text);
  remote::parse_engine_time(text);
  remote::is_anonymous_volume(text);
  remote::find_port_clash(text);
  remote::start_failure_hint(remote::clean_start_failure(text), "web");
  remote::ambiguous_network(text);
  remote::find_challenge(text);
  if (const auto name = remote::parse_artifact_name(text)) {
    fuzz::check(name->path.find("..") == std::string::npos, "an artifact's name leads nowhere else");
  }
  try {
    remote::parse_provider_message(text);
  } catch (const Error& error) {
    fuzz::check(error.code() == ErrorCode::failed, "a wrong message of a provider is its fault");
  }
  try {
    const auto now = std::chrono::system_clock::time_point(std::chrono::seconds(1'764'000'000));
    fuzz::check(!remote::engine_log_time(text, now).empty(), "a time has a text");
  } catch (const Error& error) {
    fuzz::check(error.code() == ErrorCode::bad_input, "a wrong time is bad input");
  }
  return 0;
}

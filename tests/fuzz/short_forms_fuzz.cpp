#include <algorithm>
#include <string>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/load/scalars.hpp"
#include "compose/load/short_ports.hpp"
#include "compose/load/short_volumes.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using namespace hoist;
using namespace hoist::compose;

void durations(std::string_view text) {
  const Nanoseconds span = parse_duration(text);
  fuzz::check(parse_duration(format_duration(span)) == span, "a duration's text means the duration");
}

void bytes(std::string_view text) {
  const Bytes size = parse_bytes(text);
  fuzz::check(size >= -1, "a size is no less than 'no limit'");
  fuzz::check(parse_bytes(std::to_string(size)) <= size, "a size in bytes is no larger than the size");
}

void commands(std::string_view text) {
  const std::vector<std::string> words = split_command(text);
  std::string quoted;
  for (const std::string& word : words) {
    quoted += " '";
    for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
    quoted += '\'';
  }
  fuzz::check(split_command(quoted) == words, "quoted words are read as they are");
}

void ports(std::string_view text) {
  const std::vector<PortMapping> mappings = parse_ports(text);
  fuzz::check(!mappings.empty(), "a port has an entry");
  int left = 100;  // of a range that spans thousands
  for (const PortMapping& port : mappings) {
    if (left-- == 0) break;
    fuzz::check(port.host_ip.empty() || is_ip_address(port.host_ip), "the host's address is one");
    std::string spec = std::to_string(port.target) + '/' + port.protocol;
    if (!port.published.empty() || !port.host_ip.empty()) spec = port.published + ':' + spec;
    if (!port.host_ip.empty()) spec = '[' + port.host_ip + "]:" + spec;
    fuzz::check(parse_ports(spec) == std::vector{port}, "a mapping's own text means the mapping");
  }
}

void volumes(std::string_view text) {
  const Mount mount = parse_volume(text);
  fuzz::check(!mount.target.empty(), "a mount has a target");
  const bool bind = mount.type == Mount::Type::bind;
  fuzz::check(!bind || !mount.source.empty(), "a bind mount has a source");
  fuzz::check(bind == mount.bind_create_host_path, "bind mounts, and only they, make their host path");
}

void extra_hosts(std::string_view text) {
  for (const std::string& entry : parse_extra_host(text)) {
    fuzz::check(entry.find('=') != std::string::npos && !entry.starts_with('='), "an entry is host=address");
  }
}

}  // namespace

/// The short spellings of values: each gives a value that has a text of its own, or Error{bad_input}.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  for (void (*form)(std::string_view) : {durations, bytes, commands, ports, volumes, extra_hosts}) {
    try {
      form(text);
    } catch (const Error& error) {
      fuzz::check(error.code() == ErrorCode::bad_input, "a wrong text is bad input");
    }
  }
  return 0;
}

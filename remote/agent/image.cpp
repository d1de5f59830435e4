#include "remote/agent/image.hpp"

#include "compose/base/sha256.hpp"
#include "compose/base/version.hpp"

// The program is put into this one as it is: one file to install, and the two can never be of different versions.
asm(".pushsection .rodata\n"
    ".balign 16\n"
    "hoist_agent_begin:\n"
    ".incbin \"" HOIST_AGENT_FILE
    "\"\n"
    "hoist_agent_end:\n"
    ".byte 0\n"
    ".popsection\n");

extern "C" {
extern const char hoist_agent_begin[];
extern const char hoist_agent_end[];
}

namespace hoist::agent {

std::string_view agent_image(std::string_view architecture) {
#if defined(__x86_64__)
  const bool fits = architecture == "amd64" || architecture == "x86_64";
#elif defined(__aarch64__)
  const bool fits = architecture == "arm64" || architecture == "aarch64";
#else
  const bool fits = false;
#endif
  if (!fits) return {};
  return {hoist_agent_begin, static_cast<std::size_t>(hoist_agent_end - hoist_agent_begin)};
}

std::string agent_path(std::string_view image) {
  constexpr std::size_t k_enough = 12;  // digits
  return std::string("/.hoist-agent-") + k_version + '-' + sha256_hex(image).substr(0, k_enough);
}

}  // namespace hoist::agent

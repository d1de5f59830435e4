#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <memory>
#include <set>

#include "cli/commands.hpp"
#include "cli/select.hpp"
#include "cli/session.hpp"
#include "compose/base/error.hpp"

namespace hoist::cli {
namespace {

struct Options {
  std::string service;
  std::string port;
  std::string protocol = "tcp";
  std::optional<int> index;
};

std::uint16_t parse_port(const std::string& text) {
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const std::from_chars_result read = std::from_chars(text.data(), end, port);
  if (read.ec != std::errc() || read.ptr != end || port == 0) {
    throw Error(ErrorCode::bad_input, fmt::format("'{}' is no port", text)).with_hint("give a number from 1 to 65535");
  }
  return port;
}

int port(Session& session, const Options& options) {
  std::string number = options.port;
  std::string protocol = options.protocol;
  if (const std::size_t slash = number.find('/'); slash != std::string::npos) {
    protocol = number.substr(slash + 1);
    number.resize(slash);
  }
  const std::uint16_t target = parse_port(number);
  const compose::Project* project = session.find_project({options.service});
  const compose::ObservedState state = observe_containers(session);
  check_known(project, state, {options.service});
  const compose::ObservedContainer& container = get_running(state, options.service, options.index);
  for (const compose::Publisher& publisher : container.publishers) {
    if (publisher.target != target || publisher.protocol != protocol || publisher.published == 0) continue;
    const bool six = publisher.host_ip.find(':') != std::string::npos;
    session.print(fmt::format("{}{}{}:{}\n", six ? "[" : "", publisher.host_ip, six ? "]" : "", publisher.published));
    return 0;
  }
  // IPv4 and IPv6 are two publishers of one port.
  std::set<std::string> ports;
  for (const compose::Publisher& publisher : container.publishers) {
    if (publisher.published != 0) ports.insert(fmt::format("{}/{}", publisher.target, publisher.protocol));
  }
  throw Error(ErrorCode::not_found,
              fmt::format("container '{}' does not publish port {}/{}", container.name, target, protocol))
      .with_hint(ports.empty() ? "it publishes no port" : fmt::format("it publishes {}", fmt::join(ports, ", ")));
}

}  // namespace

Action define_port(Arguments& arguments) {
  const auto options = std::make_shared<Options>();
  arguments.choice("--protocol", options->protocol, {"tcp", "udp", "sctp"}, "PROTOCOL", "protocol of the port");
  arguments.value("--index", options->index, "N", "number of the container when the service has several");
  arguments.positional("SERVICE", options->service, WordKind::service);
  arguments.positional("PRIVATE_PORT", options->port);
  return [options](Session& session) { return port(session, *options); };
}

}  // namespace hoist::cli

#include "compose/load/short_ports.hpp"

#include <catch2/catch.hpp>

#include "compose/base/error.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

PortMapping port(std::string host_ip, std::string published, std::uint16_t target, std::string protocol = "tcp") {
  PortMapping mapping;
  mapping.host_ip = std::move(host_ip);
  mapping.published = std::move(published);
  mapping.target = target;
  mapping.protocol = std::move(protocol);
  return mapping;
}

struct Case {
  std::string spec;
  std::vector<PortMapping> expected;
};

struct Wrong {
  std::string spec;
  std::string why;
};

}  // namespace

TEST_CASE("a short port names address, host port, container port and protocol", "[ports]") {
  const auto c = GENERATE(values<Case>({
      {"80", {port("", "", 80)}},
      {"080", {port("", "", 80)}},
      {"8080:80", {port("", "8080", 80)}},
      {":80", {port("", "", 80)}},
      {"127.0.0.1:8080:80", {port("127.0.0.1", "8080", 80)}},
      {"127.0.0.1::80", {port("127.0.0.1", "", 80)}},
      {"[::1]:8080:80", {port("::1", "8080", 80)}},
      {"::1:8080:80", {port("::1", "8080", 80)}},
      {"[::]:8080:80", {port("::", "8080", 80)}},
      {"8080:80/udp", {port("", "8080", 80, "udp")}},
      {"8080:80/SCTP", {port("", "8080", 80, "sctp")}},
      {"80/", {port("", "", 80)}},
      {"65535:65535", {port("", "65535", 65535)}},
  }));
  CAPTURE(c.spec);
  CHECK(parse_ports(c.spec) == c.expected);
}

TEST_CASE("ranges of equal length pair up, a host range over one port stays one entry", "[ports]") {
  const auto c = GENERATE(values<Case>({
      {"3000-3002", {port("", "", 3000), port("", "", 3001), port("", "", 3002)}},
      {"9090-9091:8080-8081", {port("", "9090", 8080), port("", "9091", 8081)}},
      {"127.0.0.1:90-91:80-81/udp", {port("127.0.0.1", "90", 80, "udp"), port("127.0.0.1", "91", 81, "udp")}},
      {"8000-8002:80", {port("", "8000-8002", 80)}},
      {"8000-8000:80", {port("", "8000", 80)}},
  }));
  CAPTURE(c.spec);
  CHECK(parse_ports(c.spec) == c.expected);
}

TEST_CASE("the ports of a range come in the order of their text", "[ports]") {
  std::vector<std::uint16_t> targets;
  for (const PortMapping& mapping : parse_ports("8-11")) targets.push_back(mapping.target);
  CHECK(targets == std::vector<std::uint16_t>{10, 11, 8, 9});
}

TEST_CASE("what is no port is refused with the reason", "[ports]") {
  const auto c = GENERATE(values<Wrong>({
      {"", "no container port"},
      {"8080:", "no container port"},
      {"0", "0 is no container port"},
      {"80:0", "0 is no container port"},
      {"0-1:0-1", "0 is no container port"},
      {"a", "invalid container port 'a'"},
      {"-1", "invalid container port '-1'"},
      {"80.5", "invalid container port '80.5'"},
      {"65536", "invalid container port '65536'"},
      {"99999999999999999999", "invalid container port"},
      {" 8080:80", "invalid host port ' 8080'"},
      {"127.0.0.1:80", "invalid host port '127.0.0.1'"},
      {"70000:80", "invalid host port '70000'"},
      {"80-70", "the container range '80-70' runs backwards"},
      {"5000-5002:5000-5001", "the ranges differ in length"},
      {"80:80-81", "the ranges differ in length"},
      {"80/icmp", "unknown protocol 'icmp'"},
      {"80/tcp/udp", "unknown protocol 'tcp/udp'"},
      {"localhost:80:80", "'localhost' is not an IP address"},
      {"256.0.0.1:80:80", "'256.0.0.1' is not an IP address"},
      {"1.2.3:80:80", "'1.2.3' is not an IP address"},
      {"[fe80::1%eth0]:80:80", "is not an IP address"},
  }));
  CAPTURE(c.spec);
  try {
    parse_ports(c.spec);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::bad_input);
    CHECK_THAT(error.what(), Catch::Contains(c.why));
    CHECK_THAT(error.what(), Catch::StartsWith("'" + c.spec + "' is not a port: "));
  }
}

TEST_CASE("IP addresses are told from other texts", "[ports]") {
  CHECK(is_ip_address("127.0.0.1"));
  CHECK(is_ip_address("::1"));
  CHECK(is_ip_address("fe80::1:2"));
  CHECK_FALSE(is_ip_address(""));
  CHECK_FALSE(is_ip_address("1.2.3"));
  CHECK_FALSE(is_ip_address("[::1]"));
  CHECK_FALSE(is_ip_address("localhost"));
  CHECK_FALSE(is_ip_address(std::string_view("::1\0x", 5)));
}

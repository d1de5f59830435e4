#include "remote/docker/port_holder.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/temp_dir.hpp"

using namespace hoist::remote;
using hoist::test::TempDir;

namespace {

/// A /proc with one process, 812 (nginx), that holds sockets 41 and 42.
void fill(const TempDir& proc) {
  const std::string head =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
  proc.write("net/tcp",
             head +
                 "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 41 1\n"
                 "   1: 0100007F:1F91 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 42 1\n"
                 "   2: 0100007F:1F92 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1\n"
                 "rubbish\n");
  proc.write("net/tcp6", head);
  proc.write("net/udp6", head +
                             "   0: 00000000000000000000000000000000:0035 00000000000000000000000000000000:0000 07 "
                             "00000000:00000000 00:00000000 00000000     0        0 42 2\n");
  proc.write("812/comm", "nginx\n");
  std::filesystem::create_directories(proc.path() / "812/fd");
  std::filesystem::create_symlink("/dev/null", proc.path() / "812/fd/0");
  std::filesystem::create_symlink("socket:[41]", proc.path() / "812/fd/3");
  std::filesystem::create_symlink("socket:[42]", proc.path() / "812/fd/4");
  proc.write("self/comm", "not a number");
}

}  // namespace

TEST_CASE("the process that listens on a port is found in /proc", "[docker][port]") {
  struct Case {
    const char* what;
    PortClash clash;
    std::optional<PortProcess> expected;
  };
  const PortProcess nginx{812, "nginx"};
  const auto c = GENERATE_COPY(values<Case>({
      {"a listener", {.port = 8080}, nginx},
      {"a bound UDP socket, IPv6", {.port = 53, .protocol = "udp"}, nginx},
      {"connected only", {.port = 8081}, std::nullopt},
      {"a socket of a process that cannot be seen", {.port = 8082}, std::nullopt},
      {"another protocol", {.port = 8080, .protocol = "udp"}, std::nullopt},
      {"nobody", {.port = 1}, std::nullopt},
  }));
  const TempDir proc;
  fill(proc);
  INFO(c.what);
  CHECK(find_listening_process(c.clash, proc.path()) == c.expected);
}

TEST_CASE("without a /proc nobody is found", "[docker][port]") {
  const TempDir empty;
  CHECK_FALSE(find_listening_process({.port = 8080}, empty.path()));
}

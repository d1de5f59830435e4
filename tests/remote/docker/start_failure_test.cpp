#include "remote/docker/start_failure.hpp"

#include <catch2/catch.hpp>

using namespace hoist::remote;

TEST_CASE("the port that two want is read from each engine's words", "[docker][start]") {
  struct Case {
    const char* message;
    PortClash expected;
  };
  const auto c = GENERATE(values<Case>({
      {"driver failed programming external connectivity on endpoint a-web-1 (0d2b): Bind for 127.0.0.1:8080 "
       "failed: "
       "port is already allocated",
       {"127.0.0.1", 8080, "tcp"}},
      {"driver failed programming external connectivity on endpoint a-web-1 (0d2b): Error starting userland "
       "proxy: "
       "listen tcp4 0.0.0.0:8080: bind: address already in use",
       {"0.0.0.0", 8080, "tcp"}},
      {"Error starting userland proxy: listen udp4 0.0.0.0:53: bind: address already in use", {"0.0.0.0", 53, "udp"}},
      {"failed to set up container networking: driver failed programming external connectivity on endpoint "
       "a-web-1: "
       "failed to bind host port for 0.0.0.0:8080:172.18.0.2:80/tcp: address already in use",
       {"0.0.0.0", 8080, "tcp"}},
      {"failed to bind host port 0.0.0.0:53/udp: address already in use", {"0.0.0.0", 53, "udp"}},
      {"rootlessport listen tcp 0.0.0.0:8080: bind: address already in use", {"0.0.0.0", 8080, "tcp"}},
      {"cannot listen on the TCP port: listen tcp4 :8080: bind: address already in use", {"", 8080, "tcp"}},
      {"listen tcp6 [::]:8080: bind: address already in use", {"::", 8080, "tcp"}},
  }));
  CAPTURE(c.message);
  CHECK(find_port_clash(c.message) == c.expected);
}

TEST_CASE("other failures are about no port", "[docker][start]") {
  const auto message =
      GENERATE("no such image", "Bind for 127.0.0.1:8080 failed", "port is already allocated",
               "listen tcp nothing: address already in use", "Bind for 127.0.0.1:0 failed: port is already allocated",
               "Bind for [::1:80 failed: port is already allocated");
  CAPTURE(message);
  CHECK_FALSE(find_port_clash(message));
}

TEST_CASE("a failed start is told without the layers that handed it on", "[docker][start]") {
  struct Case {
    const char* message;
    const char* cleaned;
    const char* hint;
  };
  const auto c = GENERATE(values<Case>({
      {"failed to create shim task: OCI runtime create failed: runc create failed: unable to start container "
       "process: "
       "exec: \"nope\": executable file not found in $PATH: unknown",
       "exec: \"nope\": executable file not found in $PATH",
       "check 'command', 'entrypoint' and 'working_dir' of service 'web' against what its image holds"},
      {"crun: executable file `nope` not found in $PATH: No such file or directory: OCI runtime attempted to "
       "invoke a "
       "command that was not found",
       "executable file `nope` not found in $PATH: No such file or directory",
       "check 'command', 'entrypoint' and 'working_dir' of service 'web' against what its image holds"},
      {"OCI runtime create failed: runc create failed: unable to start container process: exec: \"/x\": "
       "permission "
       "denied: unknown",
       "exec: \"/x\": permission denied", "is what service 'web' runs marked as executable in its image?"},
      {"something\nelse \x1b[31m", "something else ", ""},
  }));
  const std::string cleaned = clean_start_failure(c.message);
  CHECK(cleaned == c.cleaned);
  CHECK(start_failure_hint(cleaned, "web") == c.hint);
}

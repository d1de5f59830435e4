#include "remote/docker/port_faults.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <memory>

#include "compose/base/file.hpp"
#include "remote/docker/local_ports.hpp"

using namespace hoist;
using namespace hoist::remote;
using Catch::Matchers::Contains;

namespace {

compose::ContainerSpec publishing(const std::string& service, std::vector<std::string> ports) {
  compose::Service s{.name = service};
  for (const std::string& port : ports) s.ports.push_back({.target = 80, .published = port});
  return {.service = std::make_shared<const compose::Service>(s), .name = "shop-" + service + "-1"};
}

compose::PlanNode started(int id, const std::string& service) {
  const std::string name = "shop-" + service + "-1";
  return {.id = id, .op = compose::StartContainer{name, name, service}};
}

std::vector<std::string> words(const std::vector<WantedPort>& wanted) {
  std::vector<std::string> out;
  for (const WantedPort& port : wanted) out.push_back(port.service + " " + std::to_string(port.address.port));
  return out;
}

compose::ObservedContainer holder(const std::string& host_ip) {
  compose::ObservedContainer container{.name = "other-web-1"};
  container.publishers = {{.host_ip = host_ip, .target = 80, .published = 8080}};
  return container;
}

/// A TCP port of 127.0.0.1 that is listened on.
class Listener {
 public:
  Listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(socket_.get(), 1) == 0);
    REQUIRE(::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port = ntohs(address.sin_port);
  }
  std::uint16_t port = 0;

 private:
  Fd socket_;
};

}  // namespace

TEST_CASE("the ports that a plan needs are the fixed ones of what it makes and starts", "[docker][port]") {
  const compose::Plan plan{{{.id = 1, .op = compose::CreateContainer{publishing("web", {"8080", "8000-8010", ""})}},
                            {.id = 2, .op = compose::ReplaceContainer{.spec = publishing("api", {"9090"})}},
                            {.id = 3, .op = compose::CreateContainer{publishing("not-started", {"7070"})}},
                            started(4, "web"),
                            started(5, "api")},
                           {}};
  CHECK(words(wanted_ports(plan)) == std::vector<std::string>{"web 8080", "api 9090"});
}

TEST_CASE("replicas cannot share a fixed port", "[docker][port]") {
  compose::ContainerSpec first = publishing("web", {"8080", "8080"});
  compose::ContainerSpec second = publishing("web", {"8080", "8081"});
  second.name = "shop-web-2";
  const compose::ContainerSpec other = publishing("job", {"8080"});
  const auto start = [](int id, const compose::ContainerSpec& spec) -> compose::PlanNode {
    return {.id = id, .op = compose::StartContainer{spec.name, spec.name, spec.service->name}};
  };
  const compose::Plan plan{{{.id = 1, .op = compose::CreateContainer{first}},
                            {.id = 2, .op = compose::CreateContainer{second}},
                            {.id = 3, .op = compose::CreateContainer{other}},
                            start(4, first),
                            start(5, second),
                            start(6, other)},
                           {}};
  const std::vector<PortTaken> taken = taken_by_siblings(wanted_ports(plan));
  REQUIRE(taken.size() == 1);
  CHECK(taken[0].wanted.container == "shop-web-2");
  CHECK(std::string(ports_taken(taken).what()) ==
        "port 8080/tcp is taken by container shop-web-1, which is started as well");
}

TEST_CASE("a container is in the way on the same address and on all addresses", "[docker][port]") {
  struct Case {
    const char* held;
    PortClash wanted;
    bool in_the_way;
  };
  const auto c = GENERATE(values<Case>({
      {"0.0.0.0", {"", 8080}, true},
      {"0.0.0.0", {"127.0.0.1", 8080}, true},
      {"127.0.0.1", {"0.0.0.0", 8080}, true},
      {"127.0.0.1", {"127.0.0.1", 8080}, true},
      {"127.0.0.1", {"127.0.0.2", 8080}, false},
      {"::", {"127.0.0.1", 8080}, false},
      {"::", {"::1", 8080}, true},
      {"0.0.0.0", {"", 8081}, false},
      {"0.0.0.0", {"", 8080, "udp"}, false},
  }));
  CAPTURE(c.held, c.wanted.host_ip, c.wanted.port);
  const std::vector<compose::ObservedContainer> running{holder(c.held)};
  CHECK((find_publisher(running, c.wanted) != nullptr) == c.in_the_way);
}

TEST_CASE("one taken port and several are told in one error", "[docker][port]") {
  const PortTaken web{{"web", "shop-web-1", {"", 8080}, {}}, "process 812 (nginx)"};
  const PortTaken api{{"api", "shop-api-1", {"", 53, "udp"}, {}}, {}};
  const Error one = ports_taken({web});
  CHECK(one.code() == ErrorCode::conflict);
  CHECK(std::string(one.what()) == "port 8080/tcp is taken by process 812 (nginx)");
  CHECK(one.hint() == "stop it, or publish service 'web' on another port");
  const Error both = ports_taken({web, api});
  CHECK(std::string(both.what()) ==
        "ports are taken: 8080/tcp by process 812 (nginx), 53/udp (by whom cannot be seen)");
  CHECK(both.hint() == "stop them, or publish 'api', 'web' on other ports");
}

TEST_CASE("the kernel says whether a port is taken", "[docker][port]") {
  const Listener listener;
  CHECK(is_port_taken({"127.0.0.1", listener.port}));
  CHECK(is_port_taken({"", listener.port}));
  CHECK_FALSE(is_port_taken({"127.0.0.2", listener.port}));
  CHECK_FALSE(is_port_taken({"127.0.0.1", listener.port, "udp"}));
  CHECK_FALSE(is_port_taken({"::1", listener.port}));
  CHECK_FALSE(is_port_taken({"not an address", listener.port}));
}

TEST_CASE("an engine that is not certainly on this machine and in this network is not", "[docker][port]") {
  CHECK_FALSE(is_in_our_network("tcp://127.0.0.1:2375"));
  CHECK_FALSE(is_in_our_network("unix:///nowhere/docker.sock"));
}

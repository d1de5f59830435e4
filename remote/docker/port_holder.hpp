#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>

#include "compose/plan/observed.hpp"
#include "remote/docker/client.hpp"
#include "remote/docker/start_failure.hpp"

namespace hoist::remote {

/// Who listens on a port of this machine.
struct PortProcess {
  int pid = 0;
  std::string command;  ///< "nginx"

  bool operator==(const PortProcess&) const = default;
};

/// The process on this machine that listens on `clash`; nothing when it cannot be seen (rights, another
/// machine). Source: proc(5), net/tcp and net/udp.
std::optional<PortProcess> find_listening_process(const PortClash& clash, const std::filesystem::path& proc = "/proc");

/// "container 'a-web-1' of project 'a'"
std::string describe_holder(const compose::ObservedContainer& container);
/// "process 812 (nginx)"
std::string describe_holder(const PortProcess& process);

/// Who holds the port, in these words; empty when not known.
std::string describe_port_holder(DockerClient& client, const PortClash& clash, const std::string& not_container,
                                 std::stop_token stop);

}  // namespace hoist::remote

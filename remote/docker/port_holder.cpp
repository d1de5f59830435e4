#include "remote/docker/port_holder.hpp"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "compose/base/text.hpp"
#include "compose/plan/labels.hpp"
#include "remote/docker/observe_json.hpp"

namespace hoist::remote {
namespace {

namespace fs = std::filesystem;

/// Inodes of the sockets in a table of /proc/net that wait on `port`.
void add_listeners(const fs::path& table, const PortClash& clash, std::set<std::string>& inodes) {
  std::ifstream file(table);
  std::string line;
  std::getline(file, line);  // the heading
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string slot, local, remote, state, queues, timer, retransmits, uid, timeout, inode;
    fields >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> uid >> timeout >> inode;
    const std::size_t colon = local.rfind(':');
    if (colon == std::string::npos) continue;
    unsigned port = 0;
    std::from_chars(local.data() + colon + 1, local.data() + local.size(), port, 16);
    // 0A = listening; a bound UDP socket is in state 07.
    if (port == clash.port && (state == "0A" || (clash.protocol == "udp" && state == "07"))) inodes.insert(inode);
  }
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

bool holds_socket(const fs::path& process, const std::set<std::string>& inodes) {
  std::error_code error;
  for (fs::directory_iterator it(process / "fd", error), end; !error && it != end; it.increment(error)) {
    std::error_code unreadable;
    const std::string target = fs::read_symlink(it->path(), unreadable).string();
    if (!target.starts_with("socket:[") || !target.ends_with("]")) continue;
    if (inodes.contains(target.substr(8, target.size() - 9))) return true;
  }
  return false;
}

}  // namespace

std::optional<PortProcess> find_listening_process(const PortClash& clash, const fs::path& proc) {
  std::set<std::string> inodes;
  add_listeners(proc / "net" / clash.protocol, clash, inodes);
  add_listeners(proc / "net" / (clash.protocol + "6"), clash, inodes);
  if (inodes.empty()) return std::nullopt;
  std::error_code error;
  for (fs::directory_iterator it(proc, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (!is_number(name) || !holds_socket(it->path(), inodes)) continue;
    PortProcess holder;
    std::from_chars(name.data(), name.data() + name.size(), holder.pid);
    std::ifstream(it->path() / "comm") >> holder.command;
    holder.command = strip_control(holder.command);
    return holder;
  }
  return std::nullopt;
}

std::string describe_holder(const compose::ObservedContainer& container) {
  const std::string project = compose::label_of(container.labels, compose::k_label_project);
  if (project.empty()) return fmt::format("container '{}'", container.name);
  return fmt::format("container '{}' of project '{}'", container.name, project);
}

std::string describe_holder(const PortProcess& process) {
  return fmt::format("process {} ({})", process.pid, process.command);
}

std::string describe_port_holder(DockerClient& client, const PortClash& clash, const std::string& not_container,
                                 std::stop_token stop) {
  for (const nlohmann::json& entry : client.get("/containers/json", stop)) {
    const compose::ObservedContainer container = container_from_list(entry);
    if (container.id == not_container || container.name == not_container) continue;
    for (const compose::Publisher& publisher : container.publishers) {
      if (publisher.published != clash.port || publisher.protocol != clash.protocol) continue;
      return describe_holder(container);
    }
  }
  // Beyond this point it is no container; a process can only be seen where the engine is on this machine.
  if (!client.address().starts_with("unix://")) return {};
  const std::optional<PortProcess> process = find_listening_process(clash);
  return process ? describe_holder(*process) : std::string();
}

}  // namespace hoist::remote

#include "cli/container_format.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "cli/render/view.hpp"
#include "cli/table.hpp"
#include "compose/base/text.hpp"

namespace hoist::cli {
namespace {

constexpr std::size_t k_command_width = 20;
constexpr std::size_t k_id_width = 12;

/// A run of ports that are published in step.
struct PortRange {
  std::string host_ip;
  std::string protocol;
  std::uint16_t target = 0;
  std::uint16_t published = 0;
  std::uint16_t length = 1;

  bool continues(const compose::Publisher& next) const {
    const bool alike = host_ip == next.host_ip && protocol == next.protocol && next.target == target + length;
    return alike && (published == 0 ? next.published == 0 : next.published == published + length);
  }

  std::string text() const {
    const auto range = [this](std::uint16_t first) {
      return length == 1 ? fmt::format("{}", first) : fmt::format("{}-{}", first, first + length - 1);
    };
    if (published == 0) return fmt::format("{}/{}", range(target), protocol);
    const bool six = host_ip.find(':') != std::string::npos;
    return fmt::format("{}{}{}:{}->{}/{}", six ? "[" : "", host_ip, six ? "]" : "", range(published), range(target),
                       protocol);
  }
};

std::string quoted_command(const std::string& command, bool full) {
  return fmt::format("\"{}\"", full ? command : fit(command, k_command_width, true));
}

std::string ago(const compose::ObservedContainer& container, std::chrono::system_clock::time_point now) {
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - container.created);
  return human_duration(std::max<long long>(0, age.count())) + " ago";
}

std::string joined_labels(const compose::StringMap& labels) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : labels) parts.push_back(name + "=" + value);
  return fmt::format("{}", fmt::join(parts, ","));
}

std::string joined_mounts(const compose::ObservedContainer& container) {
  std::vector<std::string> parts;
  for (const compose::ObservedMount& mount : container.mounts) {
    parts.push_back(mount.name.empty() ? mount.source : mount.name);
  }
  return fmt::format("{}", fmt::join(parts, ","));
}

std::size_t local_volumes(const compose::ObservedContainer& container) {
  return static_cast<std::size_t>(std::ranges::count_if(container.mounts, [](const compose::ObservedMount& mount) {
    return mount.type == compose::Mount::Type::volume;
  }));
}

nlohmann::ordered_json publishers_of(const compose::ObservedContainer& container) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const compose::Publisher& publisher : container.publishers) {
    list.push_back({{"URL", publisher.host_ip},
                    {"TargetPort", publisher.target},
                    {"PublishedPort", publisher.published},
                    {"Protocol", publisher.protocol}});
  }
  return list;
}

}  // namespace

std::string project_of(const compose::ObservedContainer& container) {
  const auto label = container.labels.find("com.docker.compose.project");
  return label == container.labels.end() ? std::string() : label->second;
}

std::string format_ports(const std::vector<compose::Publisher>& publishers) {
  std::vector<compose::Publisher> sorted = publishers;
  std::ranges::sort(sorted, {}, [](const compose::Publisher& p) {
    return std::tuple(p.published == 0, p.host_ip, p.protocol, p.target, p.published);
  });
  std::vector<PortRange> ranges;
  for (const compose::Publisher& p : sorted) {
    if (!ranges.empty() && ranges.back().continues(p)) {
      ++ranges.back().length;
    } else {
      ranges.push_back({p.host_ip, p.protocol, p.target, p.published, 1});
    }
  }
  std::vector<std::string> parts;
  for (const PortRange& range : ranges) parts.push_back(range.text());
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string format_ps_table(const std::vector<compose::ObservedContainer>& containers, const PsFormat& format) {
  std::vector<std::vector<std::string>> rows;
  for (const compose::ObservedContainer& c : containers) {
    rows.push_back({c.name, c.image, quoted_command(c.command, format.full), c.service, ago(c, format.now), c.status,
                    format_ports(c.publishers)});
  }
  return format_table({"NAME", "IMAGE", "COMMAND", "SERVICE", "CREATED", "STATUS", "PORTS"}, rows);
}

std::string format_ps_json(const std::vector<compose::ObservedContainer>& containers, const PsFormat& format) {
  std::string out;
  for (const compose::ObservedContainer& c : containers) {
    std::vector<std::string> networks;
    for (const auto& entry : c.networks) networks.push_back(entry.first);
    const nlohmann::ordered_json object{
        {"ID", format.full ? c.id : c.id.substr(0, k_id_width)},
        {"Name", c.name},
        {"Names", c.name},
        {"Image", c.image},
        {"Command", quoted_command(c.command, format.full)},
        {"Project", project_of(c)},
        {"Service", c.service},
        {"Created", std::chrono::system_clock::to_time_t(c.created)},
        {"CreatedAt",
         fmt::format("{:%Y-%m-%d %H:%M:%S} +0000 UTC", fmt::gmtime(std::chrono::system_clock::to_time_t(c.created)))},
        {"RunningFor", ago(c, format.now)},
        {"State", compose::to_string(c.state)},
        {"Status", c.status},
        {"Health", c.health == compose::Health::none ? "" : compose::to_string(c.health)},
        {"ExitCode", c.exit_code.value_or(0)},
        {"Publishers", publishers_of(c)},
        {"Ports", format_ports(c.publishers)},
        {"Labels", joined_labels(c.labels)},
        {"Mounts", joined_mounts(c)},
        {"Networks", fmt::format("{}", fmt::join(networks, ","))},
        {"LocalVolumes", fmt::format("{}", local_volumes(c))},
    };
    out += object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  }
  return out;
}

}  // namespace hoist::cli

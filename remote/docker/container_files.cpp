#include "remote/docker/container_files.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "compose/base/file.hpp"
#include "remote/docker/query.hpp"
#include "remote/docker/tar_entry.hpp"

namespace hoist::remote {
namespace {

/// An engine may have to mount the container's volumes for it.
constexpr std::chrono::minutes k_unpack_limit{1};

std::string archive_of(const compose::Service& service) {
  std::string archive;
  for (const compose::ContainerFile& file : service.files) {
    const std::size_t root = file.target.find_first_not_of('/');
    if (root == std::string::npos) continue;
    put_tar_file(archive, {.name = file.target.substr(root), .mode = file.mode, .uid = file.uid, .gid = file.gid},
                 file.source.empty() ? file.content : read_file(file.source));
  }
  return archive;
}

}  // namespace

void put_archive(DockerClient& client, const std::string& container, std::string archive, std::stop_token stop) {
  archive.append(2 * k_tar_block, '\0');
  HttpRequest request{.method = "PUT",
                      .target = container_path(container, "/archive?path=/"),
                      .body = std::move(archive),
                      .head_timeout = k_unpack_limit};
  request.headers.emplace_back("Content-Type", "application/x-tar");
  client.send(std::move(request), std::move(stop));
}

void put_files(DockerClient& client, const std::string& container, const compose::Service& service,
               std::stop_token stop) {
  if (!service.files.empty()) put_archive(client, container, archive_of(service), std::move(stop));
}

std::vector<Diagnostic> find_file_faults(const compose::Service& service) {
  std::vector<Diagnostic> faults;
  for (const compose::ContainerFile& file : service.files) {
    Diagnostic fault{
        .location = file.location, .path = fmt::format("services.{}", service.name), .message = file.fault};
    std::error_code ignored;
    if (!file.fault.empty()) {
      faults.push_back(std::move(fault));
    } else if (!file.source.empty() && !std::filesystem::exists(file.source, ignored)) {
      fault.message = fmt::format("there is no file '{}' for {}", file.source, file.name);
      faults.push_back(std::move(fault));
    } else if (!file.source.empty() && std::filesystem::is_directory(file.source, ignored)) {
      fault.message = fmt::format("'{}' is a directory; {} is one file", file.source, file.name);
      fault.hint = "mount a directory under 'volumes'";
      faults.push_back(std::move(fault));
    } else if (service.read_only) {
      fault.message = fmt::format("{} cannot be put into a container that is read-only", file.name);
      fault.hint = "take it from a 'file', without 'uid', 'gid' and 'mode': files are mounted";
      faults.push_back(std::move(fault));
    }
  }
  return faults;
}

}  // namespace hoist::remote

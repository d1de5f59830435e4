#include "remote/docker/injected.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <utility>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"
#include "remote/docker/attached.hpp"
#include "remote/docker/base64.hpp"
#include "remote/docker/container_files.hpp"
#include "remote/docker/json_access.hpp"
#include "remote/docker/query.hpp"
#include "remote/docker/tar_entry.hpp"

namespace hoist::remote {
namespace {

using nlohmann::json;

/// How much of what a program complains about is kept.
constexpr std::size_t k_complaint_limit = 4096;

/// A process's input and output as one stream; what it complains about is told at its end.
class ProcessStream final : public ByteStream {
 public:
  explicit ProcessStream(std::unique_ptr<compose::AttachedProcess> process) : process_(std::move(process)) {}

  std::size_t read(std::span<char> into, std::stop_token stop) override {
    while (left_.empty()) {
      std::optional<compose::OutputChunk> chunk = process_->read(stop);
      if (!chunk) return end();
      if (chunk->stream == compose::OutputStream::err) {
        complaint_ += chunk->text.substr(0, k_complaint_limit - std::min(complaint_.size(), k_complaint_limit));
        continue;
      }
      held_ = std::move(chunk->text);
      left_ = held_;
    }
    const std::size_t count = std::min(into.size(), left_.size());
    std::memcpy(into.data(), left_.data(), count);
    left_.remove_prefix(count);
    return count;
  }

  void write(std::string_view bytes, std::stop_token stop) override { process_->write(bytes, std::move(stop)); }
  void close_write() override { process_->close_stdin(); }

 private:
  std::size_t end() const {
    if (complaint_.empty()) return 0;
    throw Error(ErrorCode::failed, strip_control(trim(complaint_)));
  }

  std::unique_ptr<compose::AttachedProcess> process_;
  std::string held_;
  std::string_view left_;  ///< of `held_`
  std::string complaint_;
};

/// The size of the file at `path` in a container; nothing when there is none.
std::optional<std::uint64_t> size_of(DockerClient& client, const std::string& container, const std::string& path,
                                     const std::stop_token& stop) {
  const HttpResponse answer = client.send_raw(
      {.method = "HEAD", .target = container_path(container, "/archive?path=" + path), .head_timeout = k_quick_answer},
      stop);
  const auto header = answer.headers.find("x-docker-container-path-stat");
  if (answer.status != 200 || header == answer.headers.end()) return std::nullopt;
  const json stat = json::parse(decode_base64(header->second).value_or(""), nullptr, false);
  return stat.is_object() ? std::optional(static_cast<std::uint64_t>(number_at(stat, "size"))) : std::nullopt;
}

void put(DockerClient& client, const std::string& container, const InjectedProgram& program,
         const std::stop_token& stop) {
  // An engine that refuses closes in the middle of the archive, and its answer is lost.
  const json detail = client.get(container_path(container, "/json"), stop);
  if (flag_at(object_at(detail, "HostConfig"), "ReadonlyRootfs")) {
    throw Error(ErrorCode::denied, "the container is read-only: nothing can be carried into it");
  }
  constexpr unsigned k_executable = 0755;
  std::string archive;
  put_tar_file(archive, {.name = program.path.substr(1), .mode = k_executable}, program.bytes);
  put_archive(client, container, std::move(archive), stop);
}

}  // namespace

std::unique_ptr<ByteStream> run_injected(DockerClient& client, const std::string& container,
                                         const InjectedProgram& program, std::stop_token stop) {
  if (size_of(client, container, program.path, stop) != program.bytes.size()) put(client, container, program, stop);
  compose::ExecRequest request{.container = container, .argv = {program.path}, .user = "0", .stdin_open = true};
  request.argv.insert(request.argv.end(), program.arguments.begin(), program.arguments.end());
  return std::make_unique<ProcessStream>(start_exec(client, request, std::move(stop)));
}

}  // namespace hoist::remote

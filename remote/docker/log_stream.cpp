#include "remote/docker/log_stream.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"
#include "remote/docker/frame_decoder.hpp"
#include "remote/docker/json_access.hpp"
#include "remote/docker/log_time.hpp"
#include "remote/docker/observe_json.hpp"
#include "remote/docker/query.hpp"

namespace hoist::remote {
namespace {

using compose::OutputChunk;
using compose::OutputStream;
using nlohmann::json;

std::string log_query(const compose::LogRequest& request) {
  const std::chrono::system_clock::time_point now = std::chrono::system_clock::now();
  std::string query = fmt::format("/logs?stdout=1&stderr=1&follow={}&timestamps={}", request.follow ? 1 : 0,
                                  request.timestamps ? 1 : 0);
  if (!request.since.empty()) query += "&since=" + engine_log_time(request.since, now);
  if (!request.until.empty()) query += "&until=" + engine_log_time(request.until, now);
  query += request.tail ? fmt::format("&tail={}", *request.tail) : std::string("&tail=all");
  return query;
}

void transfer_logs(DockerClient& client, const compose::LogRequest& request,
                   const std::function<void(OutputChunk)>& on_chunk, const std::stop_token& stop) {
  const json answer = client.get(container_path(request.container, "/json"), stop);
  const bool tty = flag_at(object_at(answer, "Config"), "Tty");
  FrameDecoder decoder;
  const FrameDecoder::OnPiece hand_over = [&on_chunk](OutputStream from, std::string_view piece) {
    on_chunk({from, std::string(piece)});
  };
  // No limit for the head: Podman sends it with the first output.
  client.stream(
      {.target = container_path(request.container, log_query(request))},
      [&decoder, &hand_over, tty](std::string_view bytes) {
        if (tty) {
          hand_over(OutputStream::out, bytes);
        } else {
          decoder.feed(bytes, hand_over);
        }
        return true;
      },
      stop);
}

}  // namespace

void stream_logs(DockerClient& client, const compose::LogRequest& request,
                 const std::function<void(OutputChunk)>& on_chunk, std::stop_token stop) {
  if (!request.follow) {
    transfer_logs(client, request, on_chunk, stop);
    return;
  }
  try {
    transfer_logs(client, request, on_chunk, stop);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::cancelled || !stop.stop_requested()) throw;
  }
}

std::vector<std::string> last_log_lines(DockerClient& client, const std::string& container, std::size_t lines,
                                        std::stop_token stop) {
  constexpr std::size_t k_most_bytes = 64U << 10U;
  std::string text;
  const compose::LogRequest request{.container = container, .tail = lines};
  transfer_logs(
      client, request,
      [&text](const OutputChunk& chunk) {
        text += chunk.text;
        if (text.size() > k_most_bytes) text.erase(0, text.size() - k_most_bytes);
      },
      stop);
  std::vector<std::string> out;
  for (const std::string& line : split(trim(text), '\n')) out.push_back(strip_control(trim(line)));
  if (out.size() > lines) out.erase(out.begin(), out.end() - static_cast<std::ptrdiff_t>(lines));
  return out;
}

std::int64_t engine_now(DockerClient& client, std::stop_token stop) {
  const std::optional<std::chrono::system_clock::time_point> told =
      parse_engine_time(text_at(client.get("/info", stop), "SystemTime"));
  const std::chrono::system_clock::time_point now = told.value_or(std::chrono::system_clock::now());
  return std::chrono::nanoseconds(now.time_since_epoch()).count();
}

}  // namespace hoist::remote

#include "remote/docker/layer_progress.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "compose/base/text.hpp"

namespace hoist::remote {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 5> k_finished{"already exists", "layer already exists", "pull complete",
                                                     "pushed", "mounted from"};

std::string text_at(const json& line, const char* key) {
  const auto found = line.find(key);
  return found != line.end() && found->is_string() ? strip_control(trim(found->get_ref<const std::string&>()))
                                                   : std::string();
}

std::uint64_t number_at(const json& line, const char* key) {
  const auto found = line.find(key);
  if (found == line.end() || !found->is_number_integer()) return 0;
  return static_cast<std::uint64_t>(std::max<std::int64_t>(found->get<std::int64_t>(), 0));
}

}  // namespace

std::optional<Event> layer_event(const json& line, const std::string& resource) {
  if (!line.is_object()) return std::nullopt;
  std::string status = text_at(line, "status");
  if (status.empty()) return std::nullopt;
  Event event{.resource = resource, .text = to_lower(status.substr(0, 1)) + status.substr(1)};
  const std::string id = text_at(line, "id");
  // "Pulling from library/redis" carries the tag as its id: that is the whole, not a layer.
  if (event.text.starts_with("pulling from") || event.text.starts_with("the push refers")) return event;
  event.part = id;
  if (const auto detail = line.find("progressDetail"); detail != line.end() && detail->is_object()) {
    event.current = number_at(*detail, "current");
    event.total = number_at(*detail, "total");
  }
  const bool finished =
      !id.empty() && std::any_of(k_finished.begin(), k_finished.end(),
                                 [&event](std::string_view word) { return event.text.starts_with(word); });
  if (finished) event.phase = Event::Phase::done;
  return event;
}

std::optional<std::string> stream_error(const json& line) {
  if (!line.is_object()) return std::nullopt;
  std::string text;
  if (const auto detail = line.find("errorDetail"); detail != line.end() && detail->is_object()) {
    text = text_at(*detail, "message");
  }
  if (text.empty()) text = text_at(line, "error");
  if (text.empty()) return std::nullopt;
  return text;
}

}  // namespace hoist::remote

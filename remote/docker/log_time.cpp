#include "remote/docker/log_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <optional>

#include "compose/base/error.hpp"
#include "remote/docker/observe_json.hpp"

namespace hoist::remote {
namespace {

using std::chrono::nanoseconds;
using std::chrono::system_clock;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Reads "12" or "1.5" off the front of `text`; nothing when there is no number.
std::optional<double> take_number(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && (is_digit(text[length]) || text[length] == '.')) ++length;
  if (length == 0 || length > 18) return std::nullopt;
  const double value = std::strtod(std::string(text.substr(0, length)).c_str(), nullptr);
  text.remove_prefix(length);
  return value;
}

/// Go's duration form: numbers with units, added up.
std::optional<nanoseconds> parse_duration(std::string_view text) {
  struct Unit {
    std::string_view name;
    double nanoseconds;
  };
  constexpr std::array<Unit, 7> k_units{
      {{"ms", 1e6}, {"us", 1e3}, {"ns", 1}, {"h", 3.6e12}, {"m", 6e10}, {"s", 1e9}, {"d", 8.64e13}}};
  double total = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const std::optional<double> number = take_number(text);
    if (!number) return std::nullopt;
    const Unit* found = nullptr;
    for (const Unit& unit : k_units) {
      if (found == nullptr && text.starts_with(unit.name)) found = &unit;
    }
    if (found == nullptr) return std::nullopt;
    total += *number * found->nanoseconds;
    text.remove_prefix(found->name.size());
  }
  if (total > 9e18) return std::nullopt;
  return nanoseconds(static_cast<std::int64_t>(total));
}

std::string to_engine(system_clock::time_point when) {
  // Nothing was logged before 1970.
  const nanoseconds since = std::max(nanoseconds(0), std::chrono::duration_cast<nanoseconds>(when.time_since_epoch()));
  return fmt::format("{}.{:09}", since.count() / 1'000'000'000, since.count() % 1'000'000'000);
}

std::optional<system_clock::time_point> parse_local(const std::string& text) {
  for (const char* format : {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H", "%Y-%m-%d"}) {
    std::tm parts{};
    const char* rest = ::strptime(text.c_str(), format, &parts);
    if (rest == nullptr || *rest != '\0') continue;
    parts.tm_isdst = -1;
    return moment_of(std::mktime(&parts));
  }
  return std::nullopt;
}

bool is_seconds(std::string_view text) {
  return !text.empty() && is_digit(text.front()) && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

std::string engine_log_time(std::string_view text, system_clock::time_point now) {
  if (is_seconds(text)) return std::string(text);
  if (const std::optional<nanoseconds> ago = parse_duration(text)) {
    return to_engine(now - std::chrono::duration_cast<system_clock::duration>(*ago));
  }
  if (const std::optional<system_clock::time_point> when = parse_engine_time(text)) return to_engine(*when);
  if (const std::optional<system_clock::time_point> when = parse_local(std::string(text))) return to_engine(*when);
  throw Error(ErrorCode::bad_input, fmt::format("'{}' is no time", text))
      .with_hint("write a duration (10m), a time (2026-11-24T09:00:00Z) or seconds since 1970");
}

}  // namespace hoist::remote

#include "compose/load/timestamp.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace hoist::compose {
namespace {

/// Takes parts off the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : left_(text) {}

  bool at_end() const { return left_.empty(); }

  bool take(std::string_view any_of) {
    if (left_.empty() || any_of.find(left_.front()) == std::string_view::npos) return false;
    left_.remove_prefix(1);
    return true;
  }

  /// A number of `least` to `most` digits.
  std::optional<int> number(std::size_t least, std::size_t most) {
    int value = 0;
    std::size_t count = 0;
    while (count < most && count < left_.size() && left_[count] >= '0' && left_[count] <= '9') {
      value = value * 10 + (left_[count] - '0');
      ++count;
    }
    if (count < least) return std::nullopt;
    left_.remove_prefix(count);
    return value;
  }

  /// A number below `limit`.
  bool below(int limit, std::size_t least) {
    const std::optional<int> value = number(least, 2);
    return value && *value < limit;
  }

  void digits() { left_.remove_prefix(std::min(left_.find_first_not_of("0123456789"), left_.size())); }

 private:
  std::string_view left_;
};

bool take_date(Reader& reader) {
  const std::optional<int> year = reader.number(4, 4);
  if (!year || !reader.take("-")) return false;
  const std::optional<int> month = reader.number(1, 2);
  if (!month || !reader.take("-")) return false;
  const std::optional<int> day = reader.number(1, 2);
  if (!day) return false;
  return std::chrono::year_month_day(std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                     std::chrono::day(static_cast<unsigned>(*day)))
      .ok();
}

bool take_time(Reader& reader) {
  if (!reader.below(24, 1) || !reader.take(":") || !reader.below(60, 1) || !reader.take(":") || !reader.below(60, 1)) {
    return false;
  }
  if (!reader.take(".,")) return true;
  if (!reader.number(1, 1)) return false;
  reader.digits();
  return true;
}

bool take_zone(Reader& reader) {
  if (reader.take("Z")) return true;
  return reader.take("+-") && reader.below(25, 2) && reader.take(":") && reader.below(60, 2);
}

}  // namespace

bool is_timestamp(std::string_view text) {
  Reader reader(text);
  if (!take_date(reader)) return false;
  if (reader.at_end()) return true;
  const bool zone = reader.take("Tt");
  if (!zone && !reader.take(" ")) return false;
  return take_time(reader) && (!zone || take_zone(reader)) && reader.at_end();
}

}  // namespace hoist::compose

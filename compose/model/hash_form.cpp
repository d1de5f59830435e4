#include "compose/model/hash_form.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace hoist::compose {
namespace {

using Release = std::array<int, 3>;

constexpr std::pair<Release, HashForm> k_since[] = {
    {{5, 0, 2}, HashForm::r5_0_2},   {{5, 0, 0}, HashForm::r5_0},     {{2, 36, 0}, HashForm::r2_36},
    {{2, 30, 2}, HashForm::r2_30_2}, {{2, 29, 3}, HashForm::r2_29_3},
};

}  // namespace

HashForm hash_form_of(std::string_view release) {
  if (release.starts_with('v')) release.remove_prefix(1);
  Release numbers{};
  const char* at = release.data();
  const char* const end = at + release.size();
  for (int& number : numbers) {
    const std::from_chars_result read = std::from_chars(at, end, number);
    if (read.ec != std::errc() && &number == numbers.data()) return k_newest_hash_form;
    if (read.ec != std::errc()) break;
    at = read.ptr;
    if (at != end && *at == '.') ++at;
  }
  for (const auto& [since, form] : k_since) {
    if (numbers >= since) return form;
  }
  return HashForm::r2_24;
}

}  // namespace hoist::compose

#include <algorithm>
#include <string>

#include "remote/docker/dockerfile_images.hpp"
#include "tests/fuzz/fuzz.hpp"

/// The first line names the target, the rest is the Dockerfile. Images come sorted, once each.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hoist;
  std::string_view text = fuzz::text_of(data, size);
  const std::string target(fuzz::take_line(text));
  const auto images = remote::images_of_dockerfile(text, {target, {{"TAG", "1"}, {"BASE", "debian:bookworm"}}});
  fuzz::check(std::ranges::is_sorted(images), "images are sorted");
  fuzz::check(std::ranges::adjacent_find(images) == images.end(), "an image comes once");
  fuzz::check(std::ranges::none_of(images, &std::string::empty), "an image has a name");
  return 0;
}

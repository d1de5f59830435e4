#include "compose/model/hash_form.hpp"

#include <catch2/catch.hpp>

using namespace hoist::compose;

TEST_CASE("a release has one form of hashes", "[model]") {
  const auto [release, form] = GENERATE(table<const char*, HashForm>({
      {"5.5.0", HashForm::r5_0_2},
      {"5.0.2", HashForm::r5_0_2},
      {"5.0.1", HashForm::r5_0},
      {"2.40.3", HashForm::r2_36},
      {"v2.40.3+ds1-1", HashForm::r2_36},
      {"2.35.1", HashForm::r2_30_2},
      {"2.30.1", HashForm::r2_29_3},
      {"2.29.2-desktop.1", HashForm::r2_24},
      {"2.3", HashForm::r2_24},
      {"dev", HashForm::r5_0_2},
      {"", HashForm::r5_0_2},
  }));
  CAPTURE(release);
  CHECK(hash_form_of(release) == form);
}

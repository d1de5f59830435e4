#include "remote/docker/plan_faults.hpp"

#include <catch2/catch.hpp>
#include <memory>

#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::remote;
using Catch::Matchers::Contains;

namespace {

compose::Plan mounting(const std::string& source, bool create) {
  compose::Service service{.name = "web"};
  service.volumes = {
      {.type = compose::Mount::Type::bind, .source = source, .target = "/t", .bind_create_host_path = create}};
  compose::ContainerSpec spec{.service = std::make_shared<const compose::Service>(service)};
  return {{{.id = 1, .op = compose::CreateContainer{spec}}, {.id = 2, .op = compose::CreateContainer{spec}}}, {}};
}

}  // namespace

TEST_CASE("a bind mount of nothing is found before anything is made, once", "[docker]") {
  const hoist::test::TempDir here;
  const std::string missing = (here.path() / "missing").string();
  const std::vector<Diagnostic> faults = find_plan_faults(mounting(missing, false), {});
  REQUIRE(faults.size() == 1);
  CHECK_THAT(faults[0].to_string(), Contains("services.web.volumes: there is no '" + missing + "'"));
  CHECK(find_plan_faults(mounting(missing, true), {}).empty());
  CHECK(find_plan_faults(mounting(here.path().string(), false), {}).empty());
  CHECK(find_plan_faults(mounting(missing, false), {.files_are_here = false}).empty());
}

TEST_CASE("an image name that is none is told with the services that want it", "[docker]") {
  const compose::Plan plan{{{.id = 1, .op = compose::PullImage{.reference = "BAD image!!", .services = {"a", "b"}}}},
                           {}};
  const std::vector<Diagnostic> faults = find_plan_faults(plan, {});
  REQUIRE(faults.size() == 1);
  CHECK_THAT(faults[0].to_string(), Contains("services.a,b.image: 'BAD image!!' is not the name of an image"));
}

TEST_CASE("a secret that a container cannot have is told before anything is made, without its content", "[docker]") {
  compose::Service service{.name = "web"};
  service.read_only = true;
  service.files = {{.name = "secret 'a'", .target = "/a", .content = "hush"},
                   {.name = "secret 'b'", .target = "/b", .source = "/nonexistent/b"},
                   {.name = "secret 'c'", .target = "/c", .fault = "the variable 'C' of secret 'c' is not set"}};
  compose::ContainerSpec spec{.service = std::make_shared<const compose::Service>(service)};
  const std::vector<Diagnostic> faults = find_plan_faults({{{.id = 1, .op = compose::CreateContainer{spec}}}, {}}, {});
  REQUIRE(faults.size() == 3);
  CHECK(faults[0].message == "secret 'a' cannot be put into a container that is read-only");
  CHECK(faults[1].message == "there is no file '/nonexistent/b' for secret 'b'");
  CHECK(faults[2].message == "the variable 'C' of secret 'c' is not set");
  for (const Diagnostic& fault : faults) CHECK_THAT(fault.to_string(), !Contains("hush"));
}

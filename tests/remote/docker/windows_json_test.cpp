#include "remote/docker/windows_json.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace hoist::compose;
using namespace hoist::remote;
using nlohmann::json;

TEST_CASE("containers of Windows have settings of their own", "[docker]") {
  json body{{"HostConfig", json::object()}};
  adapt_to_windows(body, {.isolation = "hyperv",
                          .credential_spec = {.config = "shop_account", .file = "a.json", .registry = "key"},
                          .resources = {.cpu_count = 2, .cpu_percent = 1250}});
  CHECK(body == json::parse(R"({"HostConfig": {"Isolation": "hyperv", "CpuCount": 2, "CpuPercent": 1250,
    "SecurityOpt": ["credentialspec=config://shop_account", "credentialspec=file://a.json",
                    "credentialspec=registry://key"]}})"));
  body = {{"HostConfig", json::object()}};
  adapt_to_windows(body, {});
  CHECK(body["HostConfig"].empty());
}

#include "cli/container_format.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace hoist::cli {
namespace {

using namespace std::chrono_literals;

compose::ObservedContainer web() {
  compose::ObservedContainer c;
  c.id = "0123456789abcdef0123456789abcdef";
  c.name = "shop-web-1";
  c.service = "web";
  c.number = 1;
  c.image = "nginx:1.25";
  c.state = compose::ContainerState::running;
  c.health = compose::Health::healthy;
  c.status = "Up 2 minutes (healthy)";
  c.command = "nginx -g 'daemon off;' and more";
  c.created = std::chrono::system_clock::time_point(1'700'000'000s);
  c.labels = {{"com.docker.compose.project", "shop"}, {"tier", "front"}};
  c.networks = {{"shop_back", "2"}, {"shop_default", "1"}};
  c.mounts = {{.type = compose::Mount::Type::volume, .name = "shop_data", .target = "/data"},
              {.type = compose::Mount::Type::bind, .source = "/src", .target = "/src"}};
  c.publishers = {{"0.0.0.0", 80, 8080, "tcp"}, {"", 443, 0, "tcp"}};
  return c;
}

TEST_CASE("ports are worded as Docker words them", "[cli]") {
  struct Case {
    std::vector<compose::Publisher> publishers;
    std::string text;
  };
  const auto c = GENERATE(values<Case>({
      {{}, ""},
      {{{"", 443, 0, "tcp"}}, "443/tcp"},
      {{{"", 443, 0, "tcp"}, {"0.0.0.0", 80, 8080, "tcp"}}, "0.0.0.0:8080->80/tcp, 443/tcp"},
      {{{"::", 80, 8080, "tcp"}}, "[::]:8080->80/tcp"},
      {{{"0.0.0.0", 81, 8081, "udp"}, {"0.0.0.0", 80, 8080, "udp"}}, "0.0.0.0:8080-8081->80-81/udp"},
      {{{"0.0.0.0", 80, 8080, "tcp"}, {"0.0.0.0", 81, 9000, "tcp"}}, "0.0.0.0:8080->80/tcp, 0.0.0.0:9000->81/tcp"},
  }));
  CHECK(format_ports(c.publishers) == c.text);
}

TEST_CASE("the table shows a container on a line, its command cut", "[cli]") {
  const PsFormat format{.now = std::chrono::system_clock::time_point(1'700'000'120s)};
  CHECK(format_ps_table({web()}, format) ==
        "NAME         IMAGE        COMMAND                  SERVICE   CREATED         STATUS                 "
        "  PORTS\n"
        "shop-web-1   nginx:1.25   \"nginx -g 'daemon of…\"   web       2 minutes ago   Up 2 minutes "
        "(healthy)   "
        "0.0.0.0:8080->80/tcp, 443/tcp\n");
}

TEST_CASE("JSON has one object per line with the field names of Docker Compose", "[cli]") {
  const PsFormat format{.now = std::chrono::system_clock::time_point(1'700'000'120s)};
  const std::string text = format_ps_json({web(), web()}, format);
  CHECK(std::count(text.begin(), text.end(), '\n') == 2);
  const nlohmann::json object = nlohmann::json::parse(text.substr(0, text.find('\n')));
  CHECK(object["ID"] == "0123456789ab");
  CHECK(object["Name"] == "shop-web-1");
  CHECK(object["Names"] == "shop-web-1");
  CHECK(object["Image"] == "nginx:1.25");
  CHECK(object["Project"] == "shop");
  CHECK(object["Service"] == "web");
  CHECK(object["Created"] == 1'700'000'000);
  CHECK(object["State"] == "running");
  CHECK(object["Health"] == "healthy");
  CHECK(object["ExitCode"] == 0);
  CHECK(object["Labels"] == "com.docker.compose.project=shop,tier=front");
  CHECK(object["Mounts"] == "shop_data,/src");
  CHECK(object["Networks"] == "shop_back,shop_default");
  CHECK(object["LocalVolumes"] == "1");
  CHECK(object["Publishers"][0] ==
        nlohmann::json({{"URL", "0.0.0.0"}, {"TargetPort", 80}, {"PublishedPort", 8080}, {"Protocol", "tcp"}}));
}

TEST_CASE("ids and commands are whole when asked for", "[cli]") {
  const PsFormat format{.now = {}, .full = true};
  const nlohmann::json object = nlohmann::json::parse(format_ps_json({web()}, format));
  CHECK(object["ID"] == "0123456789abcdef0123456789abcdef");
  CHECK(object["Command"] == "\"nginx -g 'daemon off;' and more\"");
}

}  // namespace
}  // namespace hoist::cli

#include "compose/load/explain.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "compose/base/error.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::compose;
using Strings = std::vector<std::string>;

namespace {

std::string text_of(const VariableOrigin& variable) {
  if (variable.source == VariableOrigin::Source::unset) return variable.name + " unset";
  if (variable.source == VariableOrigin::Source::default_value) {
    return variable.name + (variable.value ? " empty, default " : " unset, default ") + variable.default_value;
  }
  const std::string place = variable.source == VariableOrigin::Source::shell ? "shell" : variable.location.to_string();
  return fmt::format("{}={} {}", variable.name, variable.value.value_or(""), place);
}

/// "compose.yaml:3:5 set a <- ${A} [A=a shell] extends base compose.yaml:2:2 @phase"
std::string text_of(const ExplainStep& step) {
  std::string text = step.location.to_string();
  text += (text.empty() ? "" : " ") + std::string(to_string(step.kind));
  if (step.value) text += " " + (step.value->is_scalar() ? step.value->scalar_text() : std::string("(tree)"));
  if (!step.written.empty()) text += " <- " + step.written;
  for (const VariableOrigin& variable : step.variables) text += " [" + text_of(variable) + "]";
  for (const ExplainStep::Reason& reason : step.reasons) {
    text += (reason.extended.empty() ? " included " : fmt::format(" extends {} ", reason.extended));
    text += reason.location.to_string();
  }
  return text + (step.phase.empty() ? "" : " @" + step.phase);
}

/// A directory `shop` with files.
class Shop {
 public:
  explicit Shop(const std::string& compose) {
    request.current_directory = directory_.path() / "shop";
    write("compose.yaml", compose);
  }
  Shop& write(const std::string& name, const std::string& text) {
    directory_.write(std::filesystem::path("shop") / name, text);
    return *this;
  }
  Strings steps(const std::string& path) const {
    Strings texts;
    for (const ExplainStep& step : explain(request, path).steps) texts.push_back(text_of(step));
    return texts;
  }

  LoadRequest request;

 private:
  test::TempDir directory_;
};

}  // namespace

TEST_CASE("a value that is said once comes from that place") {
  const Shop shop("services:\n  web:\n    image: nginx\n    ports: ['8080:80']\n");
  CHECK(shop.steps("services.web.image") == Strings{"compose.yaml:3:12 set nginx"});
  CHECK(shop.steps("services.web.ports[0].target") == Strings{"compose.yaml:4:13 set 80 <- 8080:80"});
  CHECK(explain(shop.request, "services.web.image").value == Node("nginx"));
}

TEST_CASE("later files replace, merge and take away") {
  Shop shop(R"(services:
  web:
    image: a
    command: [one, two]
    environment: {DEBUG: 0, KEEP: 1}
    cap_add: [NET_ADMIN]
    volumes: ["./a:/data", "b:/b"]
volumes: {b: }
)");
  shop.write("compose.override.yaml", R"(services:
  web:
    image: b
    command: [three]
    environment: ["DEBUG=1"]
    cap_add: !reset []
    volumes: ["./c:/data"]
)");
  CHECK(shop.steps("services.web.image") ==
        Strings{"compose.yaml:3:12 set a", "compose.override.yaml:3:12 replaced b"});
  CHECK(shop.steps("services.web.command") ==
        Strings{"compose.yaml:4:14 set (tree)", "compose.override.yaml:4:14 replaced (tree)"});
  CHECK(shop.steps("services.web.environment.DEBUG") ==
        Strings{"compose.yaml:5:26 set 0", "compose.override.yaml:5:19 replaced 1 <- DEBUG=1"});
  CHECK(shop.steps("services.web.environment.KEEP") == Strings{"compose.yaml:5:35 set 1"});
  CHECK(shop.steps("services.web.environment") ==
        Strings{"compose.yaml:5:18 set (tree)", "compose.override.yaml:5:18 merged (tree)"});
  CHECK(shop.steps("services.web.cap_add") ==
        Strings{"compose.yaml:6:14 set (tree)", "compose.override.yaml:6:14 removed"});
  CHECK_FALSE(explain(shop.request, "services.web.cap_add").value.has_value());
  CHECK(shop.steps("services.web.volumes[0].target") ==
        Strings{"compose.yaml:7:15 set /data <- ./a:/data", "compose.override.yaml:7:15 replaced /data <- ./c:/data"});
}

TEST_CASE("an override says what is left behind") {
  Shop shop("services: {web: {image: i, dns: [a, b]}}\n");
  shop.write("compose.override.yaml", "services: {web: {dns: !override [c]}}\n");
  CHECK(shop.steps("services.web.dns") == Strings{"compose.yaml:1:33 set (tree)",
                                                  "compose.override.yaml:1:23 overridden",
                                                  "compose.override.yaml:1:23 set (tree)"});
}

TEST_CASE("extended services come first, the farthest before all") {
  Shop shop(R"(services:
  web: {extends: {service: base, file: common.yaml}, image: c}
  other: {extends: web}
)");
  shop.write("common.yaml", "services:\n  root: {image: a, tty: true}\n  base: {extends: root, image: b}\n");
  CHECK(shop.steps("services.web.image") ==
        Strings{"common.yaml:2:17 set a extends base compose.yaml:2:18 extends root common.yaml:3:19",
                "common.yaml:3:32 replaced b extends base compose.yaml:2:18", "compose.yaml:2:61 replaced c"});
  CHECK(shop.steps("services.other.tty") ==
        Strings{"common.yaml:2:25 set true extends web compose.yaml:3:20 extends base compose.yaml:2:18 extends root "
                "common.yaml:3:19"});
}

TEST_CASE("included projects come before the file that includes them") {
  Shop shop("include: [inc/compose.yaml]\nservices: {cache: {image: mine}}\n");
  shop.write("inc/compose.yaml", "services: {cache: {image: 'redis:${V}', tty: true}}\n").write("inc/.env", "\nV=7\n");
  CHECK(shop.steps("services.cache.image") ==
        Strings{"inc/compose.yaml:1:27 set redis:7 <- redis:${V} [V=7 inc/.env:2] included compose.yaml:1:11",
                "compose.yaml:2:27 replaced mine"});
  CHECK(shop.steps("services.cache.tty") == Strings{"inc/compose.yaml:1:46 set true included compose.yaml:1:11"});
}

TEST_CASE("includes are told from the first project on, and before the services that they extend", "[explain]") {
  Shop shop("include: [a/compose.yaml]\n");
  shop.write("a/compose.yaml", "include: [b.yaml]\n");
  shop.write("a/b.yaml", "services: {base: {image: i}, web: {extends: base}}\n");
  CHECK(shop.steps("services.web.image") ==
        Strings{"a/b.yaml:1:26 set i included compose.yaml:1:11 included a/compose.yaml:1:11 extends base "
                "a/b.yaml:1:45"});
}

TEST_CASE("variables are told with who sets them") {
  Shop shop("services: {web: {image: '${A}${B:-x}${C:-y}'}}\n");
  shop.request.environment = {{"A", "1"}, {"HOME", "/"}};
  shop.write(".env", "A=0\nexport B=2\n");
  CHECK(shop.steps("services.web.image") ==
        Strings{"compose.yaml:1:25 set 12y <- ${A}${B:-x}${C:-y} [A=1 shell] [B=2 .env:2] [C unset, default y]"});
  shop.write("given.env", "B=3\n");
  shop.request.env_files = {"given.env"};
  CHECK(shop.steps("services.web.image").front().ends_with("[B=3 given.env:1] [C unset, default y]"));
}

TEST_CASE("a default in the file is told as the source of the value", "[explain]") {
  Shop shop("services: {web: {image: 'i:${A:-${B-b}}', hostname: 'h${A-x}${C}'}}\n");
  shop.request.environment = {{"A", ""}};
  CHECK(shop.steps("services.web.image") ==
        Strings{"compose.yaml:1:25 set i:b <- i:${A:-${B-b}} [A empty, default ${B-b}] [B unset, default b]"});
  CHECK(shop.steps("services.web.hostname") == Strings{"compose.yaml:1:53 set h <- h${A-x}${C} [A= shell] [C unset]"});
}

TEST_CASE("env files of a service stand before what it says itself") {
  Shop shop("services: {web: {image: i, env_file: [a.env, b.env], environment: {X: own, P: }}}\n");
  shop.write("a.env", "X=1\nY=1\n").write("b.env", "Y=2\n");
  shop.request.environment = {{"P", "passed"}};
  CHECK(shop.steps("services.web.environment.X") ==
        Strings{"a.env:1 set 1 @resolve_environment", "compose.yaml:1:71 replaced own"});
  CHECK(shop.steps("services.web.environment.Y") ==
        Strings{"a.env:2 set 1 @resolve_environment", "b.env:1 replaced 2 @resolve_environment"});
  CHECK(shop.steps("services.web.environment.P") ==
        Strings{"compose.yaml:1:76 set ", "compose.yaml:1:76 changed passed [P=passed shell] @normalize"});
  CHECK(shop.steps("services.web.env_file").back() == "compose.yaml:1:38 removed @resolve_environment");
}

TEST_CASE("env files in the raw format are read as such", "[explain]") {
  Shop shop("services: {web: {image: i, env_file: [{path: a.env, format: raw}]}}\n");
  shop.write("a.env", "X='1'\n");
  CHECK(shop.steps("services.web.environment.X") == Strings{"a.env:1 set '1' @resolve_environment"});
}

TEST_CASE("what nobody says is implied, by a phase") {
  const Shop shop(
      "services: {web: {build: {context: .}, depends_on: {db: {condition: service_started}}}, db: {image: i}}\n");
  CHECK(shop.steps("services.web.build.dockerfile") == Strings{"compose.yaml:1:25 implied Dockerfile @normalize"});
  CHECK(shop.steps("services.web.depends_on.db.required") == Strings{"compose.yaml:1:56 implied true @to_canonical"});
  CHECK(shop.steps("networks.default.name") == Strings{"implied shop_default @normalize"});
  CHECK(shop.steps("name") == Strings{"implied shop @choose_project_name"});
  CHECK(shop.steps("services.web.build.context").back().starts_with("compose.yaml:1:35 changed /"));
}

TEST_CASE("the name on the command line stands in the place of the file's") {
  Shop shop("name: mine\nservices: {web: {image: i}}\n");
  shop.request.project_name = "given";
  CHECK(shop.steps("name") == Strings{"compose.yaml:1:7 set mine", "replaced given @choose_project_name"});
}

TEST_CASE("standard input is read once for both readings") {
  Shop shop("services: {}\n");
  int readings = 0;
  shop.request.files = {"-"};
  shop.request.read_stdin = [&readings] { return std::string(++readings == 1 ? "services: {web: {image: i}}\n" : ""); };
  CHECK(shop.steps("services.web.image") == Strings{"<stdin>:1:25 set i"});
}

TEST_CASE("a value that never was is an error, and so is one of a service that is off") {
  const Shop shop("services: {web: {image: i}, off: {image: i, profiles: [p]}}\n");
  CHECK_THROWS_WITH(explain(shop.request, "services.web.imgae"), "there is no 'imgae' in 'services.web'");
  CHECK_THROWS_WITH(explain(shop.request, "services.off.image"), Catch::Contains("switched off by its profiles"));
}

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/program_under_test.hpp"

namespace hoist::cli {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using Strings = std::vector<std::string>;

const char* const k_file = R"(
services:
  web: {image: "web:${TAG:-1}", depends_on: [db], command: echo $$HOME, networks: [front]}
  db: {image: db, volumes: ["data:/data"], profiles: []}
  tool: {image: tool, profiles: [tools]}
networks: {front: }
volumes: {data: }
)";

TEST_CASE("config prints what was asked for and never asks the engine", "[cli]") {
  struct Case {
    Strings words;
    std::string out;
  };
  const auto c = GENERATE(values<Case>({{{"-q"}, ""},
                                        {{"--services"}, "db\nweb\n"},
                                        {{"--volumes"}, "data\n"},
                                        {{"--profiles"}, "tools\n"},
                                        {{"--images"}, "db\nweb:1\n"},
                                        {{"--services", "db"}, "db\n"},
                                        {{"--services", "--no-interpolate"}, "db\ntool\nweb\n"}}));
  ProgramUnderTest program(k_file);
  Strings line{"config"};
  line.insert(line.end(), c.words.begin(), c.words.end());
  CAPTURE(line);
  const Ran ran = program.run(line);
  CHECK(ran.code == 0);
  CHECK(ran.out == c.out);
  CHECK(program.connections() == 0);
}

TEST_CASE("config lists the variables that the files use", "[cli]") {
  ProgramUnderTest program("services: {a: {image: 'x:${TAG:-1}', command: '${WHY:?say} ${MORE:+and}'}}\n");
  program.environment()["TAG"] = "9";
  CHECK(program.run({"config", "--variables"}).out ==
        "NAME   REQUIRED   DEFAULT VALUE   ALTERNATE VALUE\n"
        "MORE   false                      and\n"
        "TAG    false      1\n"
        "WHY    true\n");
  const Ran json = program.run({"config", "--variables", "--format", "json"});
  CHECK_THAT(json.out, Contains("\"TAG\": {\n    \"DefaultValue\": \"1\",\n    \"Name\": \"TAG\","));
  CHECK_THAT(program.run({"config", "--variables", "--format", "yaml"}).out, Contains("defaultvalue: \"1\""));
}

TEST_CASE("config tells programs what is wrong with the files", "[cli]") {
  ProgramUnderTest program("services:\n  web: {imagee: x, ports: [99999]}\n");
  const Ran ran = program.run({"config", "--format", "json"});
  CHECK(ran.code == 2);
  CHECK_THAT(ran.err, StartsWith("error: "));
  const auto errors = nlohmann::json::parse(ran.out)["errors"];
  REQUIRE(!errors.empty());
  CHECK(errors[0] == nlohmann::json{{"severity", "error"},
                                    {"file", program.file()},
                                    {"line", 2},
                                    {"column", 9},
                                    {"path", "services.web.imagee"},
                                    {"message", "unknown attribute 'imagee'"},
                                    {"hint", "did you mean 'image'?"}});
  CHECK(program.run({"config", "-q", "--format", "json"}).out == ran.out);
  CHECK(program.run({"config"}).out.empty());
}

TEST_CASE("a fault that is no finding in a file is told to programs too", "[cli]") {
  ProgramUnderTest program;
  const Ran ran = program.run_bare({"-f", "/nowhere/compose.yaml", "config", "--format", "json"});
  CHECK(ran.code == 2);
  CHECK(nlohmann::json::parse(ran.out)["errors"][0]["message"] == "there is no Compose file '/nowhere/compose.yaml'");
}

TEST_CASE("config puts digests to images, asked from the registries through the engine", "[cli]") {
  ProgramUnderTest program(R"(
services:
  web: {image: web, pre_start: [{command: x, image: hook}], volumes: [{type: image, source: data, target: /d}]}
  same: {image: web, volumes: ["v:/v", {type: image, source: web, target: /w}]}
  own: {build: .}
volumes: {v: }
)");
  SECTION("in the whole project") {
    const Ran ran = program.run({"config", "--resolve-image-digests", "--format", "json"});
    const auto services = nlohmann::json::parse(ran.out)["services"];
    CHECK(services["web"]["image"] == "web@pinned");
    CHECK(services["web"]["pre_start"][0]["image"] == "hook@pinned");
    CHECK(services["web"]["volumes"][0]["source"] == "data@pinned");
    CHECK(services["same"]["volumes"][1]["source"] == "web");  // of the service, not the image
    CHECK_FALSE(services["own"].contains("image"));
  }
  SECTION("in an override file") {
    const Ran ran = program.run({"config", "--lock-image-digests"});
    CHECK(ran.out == R"(services:
  own: {}
  same:
    image: web@pinned
    volumes:
      - source: web
        target: /w
        type: image
  web:
    image: web@pinned
    volumes:
      - source: data@pinned
        target: /d
        type: image
)");
    CHECK_THAT(ran.err, Contains("'pre_start' of service 'web'"));
  }
  CHECK(program.pinned() == Strings{"data", "hook", "web"});
  CHECK(program.connections() == 1);
}

TEST_CASE("config explains where a value comes from", "[cli]") {
  ProgramUnderTest program("services: {web: {image: 'x:${TAG}', depends_on: [db]}, db: {image: i}}\n");
  program.environment()["TAG"] = "9";
  const Ran text = program.run({"config", "--explain", "services.web.image"});
  CHECK(text.out == "services.web.image: x:9\n  " + program.file() +
                        ":1:25: set to x:9 (written x:${TAG}; TAG=9 from the shell)\n");
  const Ran json = program.run({"config", "--explain", "services.web.image", "--format", "json"});
  const auto steps = nlohmann::json::parse(json.out)["steps"];
  REQUIRE(steps.size() == 1);
  CHECK(steps[0]["kind"] == "set");
  CHECK(steps[0]["column"] == 25);
  CHECK(steps[0]["variables"][0] == nlohmann::json{{"name", "TAG"}, {"source", "shell"}, {"value", "9"}});
  CHECK(program.run({"config", "--explain", "name"}).out ==
        "name: shop\n  shop: the project's name, from the command line, the environment or the directory (phase "
        "choose_project_name)\n");
}

TEST_CASE("config explains no value that is not there", "[cli]") {
  ProgramUnderTest program(k_file);
  const Ran ran = program.run({"config", "--explain", "services.web.imgae"});
  CHECK(ran.code == 2);
  CHECK(ran.err == "error: there is no 'imgae' in 'services.web'\n  hint: did you mean 'image'?\n");
  CHECK(program.run({"config", "--explain", "name", "--no-interpolate"}).code == 2);
  const Ran empty = program.run({"config", "--explain", ""});
  CHECK(empty.code == 2);
  CHECK(empty.out.empty());
  CHECK_THAT(empty.err, Contains("the path of the value to explain is empty"));
}

TEST_CASE("config lists the images of hooks before the start behind that of their service", "[cli]") {
  ProgramUnderTest program(R"(
services:
  web: {image: web, pre_start: [{command: x, image: hook}, {command: x, image: web}, {command: x}]}
  db: {image: db}
)");
  CHECK(program.run({"config", "--images"}).out == "db\nweb\nhook\n");
}

TEST_CASE("config lists the models that services use", "[cli]") {
  ProgramUnderTest program("services: {a: {image: i, models: [llm]}}\nmodels: {llm: {model: m}, idle: {model: n}}\n");
  CHECK(program.run({"config", "--models"}).out == "m\n");
}

TEST_CASE("convert is config by its old name", "[cli]") {
  ProgramUnderTest program(k_file);
  CHECK(program.run({"convert", "--services"}).out == "db\nweb\n");
  CHECK_THAT(program.run_bare({"--help"}).out, !Contains("convert"));
}

TEST_CASE("names have the separator of Docker Compose 1 when that is asked for", "[cli]") {
  ProgramUnderTest program("services: {web: {image: i}, own: {build: .}}\n");
  SECTION("by the option") {
    CHECK(program.run({"--compatibility", "config", "--images"}).out == "shop_own\ni\n");
    CHECK_THAT(program.run({"--compatibility", "config"}).out, !Contains("networks:"));
    program.run({"--compatibility", "up", "-d", "web"});
  }
  SECTION("by the environment") {
    program.environment()["COMPOSE_COMPATIBILITY"] = "true";
    CHECK(program.run({"config", "--images"}).out == "shop_own\ni\n");
    program.run({"up", "-d", "web"});
  }
  CHECK(program.containers() == Strings{"shop_web_1 running"});
}

TEST_CASE("what config prints means the same when it is read again", "[cli]") {
  ProgramUnderTest program(k_file);
  const Ran first = program.run({"config"});
  CHECK_THAT(first.out, Contains("$$HOME"));
  program.write(first.out);
  CHECK(program.run({"config"}).out == first.out);
}

TEST_CASE("config leaves variables alone when told to", "[cli]") {
  ProgramUnderTest program(k_file);
  CHECK_THAT(program.run({"config", "--no-interpolate"}).out, Contains("web:${TAG:-1}"));
}

TEST_CASE("config is about all services where variables are not put in, and says so", "[cli]") {
  ProgramUnderTest program(k_file);
  const std::string option = GENERATE("--variables", "--no-interpolate");
  const Ran all = program.run({"config", option});
  const Ran one = program.run({"config", option, "web"});
  CHECK(one.code == 0);
  CHECK(one.out == all.out);
  CHECK_THAT(one.err, Contains("with " + option + " services are not chosen"));
  CHECK_THAT(all.err, !Contains("not chosen"));
}

TEST_CASE("config of one service keeps what it needs", "[cli]") {
  ProgramUnderTest program("services: {a: {image: i, depends_on: [b]}, b: {image: i}, c: {image: i}}\n");
  const Ran ran = program.run({"config", "--services", "a"});
  CHECK(ran.out == "a\nb\n");
}

TEST_CASE("version asks no engine", "[cli]") {
  ProgramUnderTest program;
  CHECK(program.run_bare({"version"}).code == 0);
  CHECK(program.connections() == 0);
}

}  // namespace
}  // namespace hoist::cli

#include "compose/load/load.hpp"

#include <catch2/catch.hpp>
#include <chrono>

#include "tests/compose/load/tree_text.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::compose;
using Catch::Contains;
using Catch::EndsWith;

namespace {

/// A directory `shop` with files, and a request to load from there.
class Shop {
 public:
  explicit Shop(const std::string& compose = {}) {
    request.current_directory = directory_.path() / "shop";
    request.read_stdin = [] { return std::string(); };
    std::filesystem::create_directories(request.current_directory);
    if (!compose.empty()) write("compose.yaml", compose);
  }
  Shop& write(const std::string& name, const std::string& text) {
    directory_.write(std::filesystem::path("shop") / name, text);
    return *this;
  }
  std::string path(const std::string& name) const { return (request.current_directory / name).string(); }

  /// One part of the tree that `config` prints.
  std::string tree(std::initializer_list<const char*> keys) const {
    const LoadResult result = load(request);
    const Node* node = &result.tree;
    for (const char* key : keys) {
      node = node->find(key);
      if (node == nullptr) return "nothing";
    }
    return to_yaml(*node);
  }
  std::vector<std::string> complaints() const {
    try {
      load(request);
    } catch (const Error& error) {
      return lines_of(error.diagnostics());
    }
    return {};
  }

  LoadRequest request;

 private:
  test::TempDir directory_;
};

}  // namespace

TEST_CASE("a small file becomes a project and a tree") {
  const Shop shop(
      "services: {web: {image: nginx, ports: ['80:80'], depends_on: [db]}, db: {image: pg, volumes: "
      "['data:/d']}}\n"
      "volumes: {data: }\n");
  const LoadResult result = load(shop.request);
  CHECK(result.project.name == "shop");
  CHECK(result.project.working_dir == shop.request.current_directory);
  CHECK(result.project.compose_files == std::vector<std::string>{shop.path("compose.yaml")});
  CHECK(result.project.get_service("web").depends_on.at(0).service == "db");
  CHECK(result.project.volumes.at("data").name == "shop_data");
  CHECK(to_yaml(result.tree) ==
        spelled("name: shop\n"
                "networks: {default: {name: shop_default}}\n"
                "services:\n"
                "  db: {image: pg, networks: {default: null},\n"
                "       volumes: [{type: volume, source: data, target: /d, volume: {}}]}\n"
                "  web: {image: nginx, networks: {default: null},\n"
                "        depends_on: {db: {condition: service_started, required: true}},\n"
                "        ports: [{mode: ingress, target: 80, published: '80', protocol: tcp}]}\n"
                "volumes: {data: {name: shop_data}}\n"));
}

TEST_CASE("what was loaded and printed loads to the same tree") {
  Shop shop(
      "services: {web: {image: 'a$$b', build: ./web, ports: ['8000-8001:80-81'], environment: [A=1], "
      "mem_limit: 1g,\n"
      "  command: sh -c 'x y', healthcheck: {test: x, interval: 90s}, volumes: ['./a:/a:ro'], networks: "
      "[front]}}\n"
      "networks: {front: }\n");
  const Node tree = load(shop.request).tree;
  shop.write("compose.yaml", to_yaml(escape_variables(tree)));
  CHECK(to_yaml(load(shop.request).tree) == to_yaml(tree));
}

TEST_CASE("later files and documents win") {
  Shop shop("services: {web: {image: a, environment: {A: '1', B: '2'}}}\n---\nservices: {web: {image: b}}\n");
  shop.write("more.yaml", "services: {web: {environment: [B=3], ports: !override [], command: !reset null}}\n");
  shop.request.files = {"compose.yaml", "more.yaml"};
  CHECK(shop.tree({"services", "web", "image"}) == "b\n");
  CHECK(shop.tree({"services", "web", "environment"}) == spelled("{A: '1', B: '3'}"));
}

TEST_CASE("variables come from the shell, then from .env; the project's name is one of them") {
  Shop shop("services: {web: {image: '$A-$B-$COMPOSE_PROJECT_NAME'}}\n");
  shop.write(".env", "A=env\nB=env\n");
  shop.request.environment["A"] = "shell";
  CHECK(shop.tree({"services", "web", "image"}) == "shell-env-shop\n");
}

TEST_CASE("the project's name: -p, then the last name of the files, then the directory") {
  Shop shop("{name: 'My ${N:-Shop}', services: {web: {image: a}}}\n");
  CHECK(load(shop.request).project.name == "myshop");
  CHECK(project_name(shop.request) == "myshop");
  shop.request.project_name = "other";
  CHECK(load(shop.request).project.name == "other");
  LoadRequest nowhere;
  nowhere.current_directory = "/";
  nowhere.project_name = "other";
  CHECK(project_name(nowhere) == "other");
}

TEST_CASE("a service extends one of another file, whose paths stay relative to that file") {
  Shop shop("services: {web: {extends: {file: base/base.yaml, service: app}, environment: {B: '2'}}}\n");
  shop.write("base/base.yaml", "services: {app: {build: ./src, environment: [A=1], volumes: ['./data:/data']}}\n");
  CHECK(shop.tree({"services", "web", "build", "context"}) == shop.path("base/src") + "\n");
  CHECK(shop.tree({"services", "web", "environment"}) == spelled("{A: '1', B: '2'}"));
}

TEST_CASE("an included project brings its services, its paths and its variables") {
  Shop shop("{include: [parts/compose.yaml], services: {web: {image: a, depends_on: [db]}}}\n");
  shop.write("parts/compose.yaml", "services: {db: {image: 'pg:$V', env_file: db.env}}\n");
  shop.write("parts/.env", "V=15\n").write("parts/db.env", "A=1\n");
  CHECK(shop.tree({"services", "db", "image"}) == "pg:15\n");
  CHECK(shop.tree({"services", "db", "environment"}) == spelled("A: '1'"));
  shop.write("parts/compose.yaml", "{include: [../compose.yaml], services: {}}\n");
  REQUIRE(shop.complaints().size() == 1);
  CHECK_THAT(shop.complaints()[0], EndsWith("include cycle: compose.yaml -> parts/compose.yaml -> compose.yaml"));
}

TEST_CASE("switched-off services are not shown, not checked and not read, but known") {
  Shop shop(
      "services: {web: {image: a}, debug: {image: a, profiles: [dev], env_file: missing.env, networks: "
      "[none]}}\n");
  const LoadResult result = load(shop.request);
  CHECK(result.project.services.size() == 1);
  CHECK(result.project.disabled_services.contains("debug"));
  CHECK(shop.tree({"services", "debug"}) == "nothing");
  shop.request.services = {"debug"};
  CHECK_THAT(shop.complaints().at(1), Contains("unknown network 'none'"));
}

TEST_CASE("all findings of a phase come at once, with places below the current directory") {
  Shop shop("services:\n  web:\n    imagee: a\n    ports: 80\n  db:\n    image: [a]\n");
  const std::vector<std::string> found = shop.complaints();
  REQUIRE(found.size() == 3);
  CHECK_THAT(found[0], Catch::StartsWith("compose.yaml:3:5: "));
  CHECK_THAT(found[1], Catch::StartsWith("compose.yaml:4:"));
  CHECK_THAT(found[2], Catch::StartsWith("compose.yaml:6:"));
}

TEST_CASE("syntax errors of all files come at once") {
  Shop shop("services: {a: 1, a: 2}\n");
  shop.write("more.yaml", "services: *nothing\n");
  shop.request.files = {"compose.yaml", "more.yaml"};
  const std::vector<std::string> found = shop.complaints();
  REQUIRE(found.size() == 2);
  CHECK_THAT(found[0], Catch::StartsWith("compose.yaml:1:"));
  CHECK_THAT(found[1], Catch::StartsWith("more.yaml:1:"));
}

TEST_CASE("each warning comes once") {
  const Shop shop("{version: '3', services: {web: {image: '$NONE-$NONE'}}}\n");
  const std::vector<std::string> warnings = lines_of(load(shop.request).warnings);
  REQUIRE(warnings.size() == 2);
  CHECK_THAT(warnings[0], Contains("NONE"));
  CHECK_THAT(warnings[1], Contains("version"));
}

TEST_CASE("flags leave out one phase each") {
  Shop shop(
      "services: {web: {image: 'a:$V', build: ., ports: ['${P}:80'], env_file: [{path: a.env}], networks: "
      "[none]}}\n");
  shop.write("a.env", "A=1\n");
  shop.request.environment["P"] = "8080";
  CHECK(shop.complaints().size() == 1);

  SECTION("no consistency") {
    shop.request.check_consistency = false;
    CHECK(shop.tree({"services", "web", "networks"}) == spelled("none: null"));
    CHECK(shop.tree({"services", "web", "environment"}) == spelled("A: '1'"));
    SECTION("no env files") {
      shop.request.resolve_env_files = false;
      CHECK(shop.tree({"services", "web", "environment"}) == "nothing");
      CHECK(shop.tree({"services", "web", "env_file"}) == "- path: " + shop.path("a.env") + "\n");
    }
    SECTION("no path resolution") {
      shop.request.resolve_paths = false;
      shop.request.resolve_env_files = false;
      CHECK(shop.tree({"services", "web", "build", "context"}) == ".\n");
    }
    SECTION("no normalisation") {
      shop.request.normalize = false;
      CHECK(shop.tree({"services", "web", "build", "dockerfile"}) == "nothing");
      CHECK(shop.tree({"name"}) == "shop\n");
    }
  }
  SECTION("no interpolation") {
    shop.request.interpolate = false;
    CHECK(shop.tree({"services", "web", "image"}) == "a:$V\n");
    CHECK(shop.tree({"services", "web", "ports"}) == "- ${P}:80\n");
  }
}

TEST_CASE("resources that nobody uses are left out unless all are asked for") {
  Shop shop("{services: {web: {image: a}}, volumes: {data: {}}}\n");
  CHECK(shop.tree({"volumes"}) == "nothing");
  CHECK(load(shop.request).project.volumes.empty());
  shop.request.all_resources = true;
  CHECK(shop.tree({"volumes"}) == spelled("data: {name: shop_data}"));
}

TEST_CASE("a variable that the project's name needs is asked for at its place") {
  const Shop shop("name: ${N:?say which shop}\nservices: {web: {image: a}}\n");
  REQUIRE(shop.complaints().size() == 1);
  CHECK_THAT(shop.complaints()[0], Catch::StartsWith("compose.yaml:1:7: name: ") && Contains("say which shop"));
}

TEST_CASE("standard input is a file") {
  Shop shop;
  shop.request.files = {"-"};
  shop.request.read_stdin = [] { return std::string("services: {web: {image: a}}\n"); };
  CHECK(shop.tree({"services", "web", "image"}) == "a\n");
  shop.request.read_stdin = [] { return std::string("services: 1\n"); };
  CHECK_THAT(shop.complaints().at(0), Catch::StartsWith("<stdin>:1:"));
}

TEST_CASE("without a Compose file there is nothing to load") {
  const Shop shop;
  try {
    load(shop.request);
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::not_found);
  }
}

namespace {

/// A part of the tree on one line, and a text in the same spelling.
std::string part(const Shop& shop, std::initializer_list<const char*> keys) {
  const LoadResult result = load(shop.request);
  const Node* node = &result.tree;
  for (const char* key : keys) {
    if (node != nullptr) node = node->find(key);
  }
  return node == nullptr ? "{at: nothing}" : flow(tree_of(to_yaml(Node(Node::Mapping{{"at", *node, {}}}))));
}
std::string wrapped(const std::string& yaml) {
  return flow(tree_of(spelled("at: " + yaml)));
}

}  // namespace

TEST_CASE("paths that stay relative are relative to the project, wherever they were written") {
  Shop shop(
      "include: [inc/compose.yaml]\n"
      "services: {web: {extends: {file: sub/base.yaml, service: app}}}\n");
  shop.write("inc/compose.yaml", "include: [deep/compose.yaml]\nservices: {db: {image: pg, volumes: ['./d:/d']}}\n")
      .write("inc/deep/compose.yaml", "services: {low: {build: ../ctx}}\n")
      .write("sub/base.yaml",
             "services: {app: {image: x, build: ., develop: {watch: [{path: src, action: rebuild}]}}}\n");
  shop.request.resolve_paths = false;
  CHECK(part(shop, {"services", "db", "volumes"}) == wrapped("[{type: bind, source: inc/d, target: /d, bind: {}}]"));
  CHECK(part(shop, {"services", "low", "build", "context"}) == wrapped("inc/ctx"));
  CHECK(part(shop, {"services", "web", "build", "context"}) == wrapped("sub"));
  CHECK(part(shop, {"services", "web", "develop", "watch"}) == wrapped("[{path: sub/src, action: rebuild}]"));
  shop.request.resolve_paths = true;
  CHECK(part(shop, {"services", "low", "build", "context"}) == wrapped(shop.path("inc/ctx")));
  CHECK(part(shop, {"services", "web", "build", "context"}) == wrapped(shop.path("sub")));
}

TEST_CASE("a reset reaches earlier files through an extends") {
  Shop shop("services: {web: {image: x, ports: ['80:80'], dns: [a]}}");
  shop.write("more.yaml",
             "services:\n"
             "  web: {extends: base, ports: !override ['81:81'], dns: !reset null}\n"
             "  base: {image: y, ports: ['82:82'], dns: [b]}\n");
  shop.request.files = {"compose.yaml", "more.yaml"};
  CHECK(part(shop, {"services", "web", "ports"}) ==
        wrapped("[{mode: ingress, target: 81, published: '81', protocol: tcp}]"));
  CHECK(part(shop, {"services", "web", "dns"}) == "{at: nothing}");
  CHECK(part(shop, {"services", "web", "image"}) == wrapped("y"));
}

TEST_CASE("a file that says nothing is refused") {
  const Shop shop("{}");
  CHECK_THROWS_WITH(load(shop.request), Contains("compose.yaml' says nothing"));
}

TEST_CASE("values that cannot merge are told with all that is wrong elsewhere") {
  Shop shop("services: {web: {image: x, imagee: y, ports: [80]}, db: {image: x, init: {}}}");
  shop.write("more.yaml", "services: {web: {ports: {a: b}}, db: {networks: [none]}}");
  shop.request.files = {"compose.yaml", "more.yaml"};
  const std::vector<std::string> found = shop.complaints();
  REQUIRE(found.size() == 4);
  CHECK_THAT(found[0], Contains("imagee"));
  CHECK_THAT(found[1], Contains("services.db.init"));
  CHECK_THAT(found[2], Contains("services.web.ports: a mapping cannot be merged into a list from compose.yaml:1:"));
  CHECK_THAT(found[3], Contains("unknown network 'none'"));
}

TEST_CASE("the base of an extends that cannot merge does not hide what was found before") {
  Shop shop("services: {web: {image: x, imagee: y}}");
  shop.write("more.yaml", "services: {web: {extends: base, ports: {a: b}}, base: {image: y, ports: [80]}}");
  shop.request.files = {"compose.yaml", "more.yaml"};
  const std::vector<std::string> found = shop.complaints();
  REQUIRE(found.size() == 2);
  CHECK_THAT(found[0], Contains("imagee"));
  CHECK_THAT(found[1], Contains("services.web.ports: a mapping cannot be merged into a list from more.yaml:1:"));
}

TEST_CASE("all documents of an extended file have a say in what it resets and overrides") {
  Shop shop("services: {web: {extends: {file: base.yaml, service: app}}}");
  shop.write("base.yaml",
             "services:\n"
             "  root: {image: x, ports: ['80:80'], dns: [a], expose: ['1'], user: me}\n"
             "  app: {extends: root, ports: !override ['81:81'], dns: !reset null, expose: !reset null}\n"
             "---\n"
             "services: {app: {expose: ['2'], user: !reset null}}\n");
  CHECK(part(shop, {"services", "web", "ports"}) ==
        wrapped("[{mode: ingress, target: 81, published: '81', protocol: tcp}]"));
  CHECK(part(shop, {"services", "web", "dns"}) == "{at: nothing}");
  CHECK(part(shop, {"services", "web", "expose"}) == wrapped("['2']"));
  CHECK(part(shop, {"services", "web", "user"}) == "{at: nothing}");
  CHECK(part(shop, {"services", "web", "image"}) == wrapped("x"));
}

TEST_CASE("a large file full of errors takes no more than its size") {
  constexpr int k_entries = 20'000;
  std::string text = "x-a: &a {k: v";
  for (int i = 0; i < k_entries; ++i) text += ", k" + std::to_string(i) + ": v";
  text += "}\nx-b: {<<: *a}\nservices:\n  web:\n    image: a\n    dns:\n";
  for (int i = 0; i < k_entries; ++i) text += "    - [" + std::to_string(i) + "]\n";
  text += "    security_opt:\n";
  for (int i = 0; i < k_entries; ++i) text += "    - same\n";
  const Shop shop(text);
  const auto begin = std::chrono::steady_clock::now();
  CHECK(shop.complaints().size() == 2 * k_entries - 1);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
}

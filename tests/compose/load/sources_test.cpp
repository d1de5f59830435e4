#include "compose/load/sources.hpp"

#include <catch2/catch.hpp>

#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::compose;
using hoist::test::TempDir;

namespace {

using Texts = std::vector<std::string>;

/// A directory tree with a request that is made in one of its directories.
struct Scene {
  TempDir dir;
  LoadRequest request;
  std::vector<Diagnostic> warnings;

  explicit Scene(const std::string& here = ".") { go(here); }
  void go(const std::string& here) {
    std::filesystem::create_directories(dir.path() / here);
    request.current_directory = (dir.path() / here).lexically_normal();
  }
  void write(const std::string& name, const std::string& text = "services: {}\n") const { dir.write(name, text); }
  void link(const std::string& target, const std::string& name) const {
    std::filesystem::create_symlink(target, dir.path() / name);
  }
  void remove(const std::string& name) const { std::filesystem::remove(dir.path() / name); }

  Sources find() { return find_sources(request, warnings); }
  /// The files found, relative to the tree's root.
  Texts files() {
    Texts names;
    for (const std::string& file : find().files) names.push_back(file == "-" ? file : relative(file));
    return names;
  }
  std::string working_dir() { return relative(find().working_dir); }
  std::string relative(const std::string& path) const {
    return std::filesystem::path(path).lexically_relative(dir.path()).string();
  }
  std::string absolute(const std::string& name) const { return (dir.path() / name).string(); }
  std::string name() { return choose_project_name(find(), ""); }
};

struct NameCase {
  std::string text;
  std::string name;
};

}  // namespace

TEST_CASE("a Compose file is found by its name, the best name first", "[sources]") {
  Scene scene;
  scene.write("docker-compose.yaml");
  CHECK(scene.files() == Texts{"docker-compose.yaml"});
  scene.write("docker-compose.yml");
  CHECK(scene.files() == Texts{"docker-compose.yml"});
  scene.write("compose.yml");
  CHECK(scene.files() == Texts{"compose.yml"});
  scene.write("compose.yaml");
  CHECK(scene.files() == Texts{"compose.yaml"});
}

TEST_CASE("several Compose files side by side are warned of", "[sources]") {
  Scene scene;
  scene.write("compose.yaml");
  scene.write("docker-compose.yml");
  scene.find();
  REQUIRE(scene.warnings.size() == 1);
  CHECK(scene.warnings[0].severity == Diagnostic::Severity::warning);
  CHECK(scene.warnings[0].message ==
        "several Compose files in '" + scene.dir.path().string() + "': compose.yaml, docker-compose.yml");
  CHECK(scene.warnings[0].hint == "using compose.yaml");
}

TEST_CASE("the search goes up through the parents and ends at the first file", "[sources]") {
  Scene scene("a/b/c");
  scene.write("compose.yaml");
  scene.write("compose.override.yaml");
  CHECK(scene.files() == Texts{"compose.yaml", "compose.override.yaml"});
  CHECK(scene.working_dir() == ".");
  scene.write("a/docker-compose.yml");
  CHECK(scene.files() == Texts{"a/docker-compose.yml"});
  CHECK(scene.working_dir() == "a");
}

TEST_CASE("a directory of the name is no Compose file", "[sources]") {
  Scene scene("a");
  scene.write("compose.yml");
  std::filesystem::create_directories(scene.dir.path() / "a/compose.yaml");
  CHECK(scene.files() == Texts{"compose.yml"});
}

TEST_CASE("an override file beside a found file joins it, whatever their names", "[sources]") {
  Scene scene;
  scene.write("docker-compose.yml");
  scene.write("docker-compose.override.yaml");
  CHECK(scene.files() == Texts{"docker-compose.yml", "docker-compose.override.yaml"});
  CHECK(scene.warnings.empty());
  scene.write("compose.override.yml");
  CHECK(scene.files() == Texts{"docker-compose.yml", "compose.override.yml"});
  CHECK(scene.warnings.size() == 1);
}

TEST_CASE("no Compose file anywhere is an error that says what to do", "[sources]") {
  Scene scene("a");
  try {
    scene.find();
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::not_found);
    CHECK(error.what() == "no Compose file in '" + scene.absolute("a") + "' or any directory above it");
    CHECK_FALSE(error.hint().empty());
  }
}

TEST_CASE("named files are taken in their order, without override files", "[sources]") {
  Scene scene("here");
  scene.write("here/compose.yaml");
  scene.write("here/compose.override.yaml");
  scene.write("other/b.yaml");
  scene.request.files = {"../other/b.yaml", "compose.yaml"};
  CHECK(scene.files() == Texts{"other/b.yaml", "here/compose.yaml"});
  CHECK(scene.working_dir() == "other");
  scene.request.files = {scene.absolute("here/compose.yaml")};
  CHECK(scene.files() == Texts{"here/compose.yaml"});
}

TEST_CASE("'-' is the standard input and has the current directory", "[sources]") {
  Scene scene("here");
  scene.write("other/b.yaml");
  scene.request.files = {"-"};
  CHECK(scene.files() == Texts{"-"});
  CHECK(scene.working_dir() == "here");
  scene.request.files = {"-", "../other/b.yaml"};
  CHECK(scene.files() == Texts{"-", "other/b.yaml"});
  CHECK(scene.working_dir() == "other");
}

TEST_CASE("every named file that is missing is told at once", "[sources]") {
  Scene scene;
  scene.write("compose.yaml");
  scene.request.files = {"a.yaml", "compose.yaml", "b.yaml"};
  try {
    scene.find();
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::bad_input);
    REQUIRE(error.diagnostics().size() == 2);
    CHECK(error.diagnostics()[0].message == "there is no Compose file '" + scene.absolute("a.yaml") + "'");
    CHECK(error.diagnostics()[1].message == "there is no Compose file '" + scene.absolute("b.yaml") + "'");
  }
}

TEST_CASE("a directory is no Compose file, and the error says so", "[sources]") {
  Scene scene;
  scene.write("inner/compose.yaml");
  scene.request.files = {"inner"};
  try {
    scene.find();
    FAIL("no error");
  } catch (const Error& error) {
    REQUIRE(error.diagnostics().size() == 1);
    CHECK(error.diagnostics()[0].message == "'" + scene.absolute("inner") + "' is a directory, not a Compose file");
  }
}

TEST_CASE("a file that lies elsewhere is fetched once, and its directory is the project's", "[sources]") {
  Scene scene;
  scene.write("fetched/compose.yaml");
  int fetches = 0;
  scene.request.files = {"https://x.y/z.git"};
  scene.request.fetch = [&scene, &fetches](const RemoteReference&) -> RemoteFile {
    ++fetches;
    return {scene.absolute("fetched/compose.yaml"), scene.absolute("fetched")};
  };
  CHECK(scene.files() == Texts{"fetched/compose.yaml"});
  CHECK(fetches == 1);
  CHECK(scene.working_dir() == "fetched");
}

TEST_CASE("COMPOSE_FILE names files, parted by its separator; -f goes before it", "[sources]") {
  Scene scene;
  scene.write("a.yaml");
  scene.write("b.yaml");
  scene.write("c:d.yaml");
  scene.request.environment = {{"COMPOSE_FILE", "b.yaml:a.yaml"}};
  CHECK(scene.files() == Texts{"b.yaml", "a.yaml"});
  scene.request.environment = {{"COMPOSE_FILE", "c:d.yaml;a.yaml"}, {"COMPOSE_PATH_SEPARATOR", ";"}};
  CHECK(scene.files() == Texts{"c:d.yaml", "a.yaml"});
  scene.request.environment = {{"COMPOSE_FILE", "c:d.yaml::a.yaml"}, {"COMPOSE_PATH_SEPARATOR", "::"}};
  CHECK(scene.files() == Texts{"c:d.yaml", "a.yaml"});
  scene.request.files = {"a.yaml"};
  CHECK(scene.files() == Texts{"a.yaml"});
}

TEST_CASE("the project directory is where the search begins and paths are rooted", "[sources]") {
  Scene scene("here");
  scene.write("there/compose.yaml");
  scene.write("here/mine.yaml");
  scene.request.project_directory = "../there/";
  CHECK(scene.files() == Texts{"there/compose.yaml"});
  CHECK(scene.working_dir() == "there");
  scene.request.files = {"mine.yaml"};
  CHECK(scene.files() == Texts{"here/mine.yaml"});
  CHECK(scene.working_dir() == "there");
}

TEST_CASE("the shell's variables win over those of .env", "[sources]") {
  Scene scene;
  scene.write("compose.yaml");
  scene.write(".env", "A=file\nB=file\nC=${A}-${B}\n");
  scene.request.environment = {{"A", "shell"}};
  const StringMap environment = scene.find().environment;
  CHECK(environment == StringMap{{"A", "shell"}, {"B", "file"}, {"C", "shell-file"}});
}

TEST_CASE(".env is sought here, then in the project's directory; the first value stays", "[sources]") {
  Scene scene("a");
  scene.write("compose.yaml");
  scene.write(".env", "WHO=project\nP=1\n");
  scene.write("a/.env", "WHO=here\nH=1\n");
  CHECK(scene.find().environment == StringMap{{"WHO", "here"}, {"H", "1"}, {"P", "1"}});
}

TEST_CASE("the .env here does not count when -f or --project-directory points elsewhere", "[sources]") {
  Scene scene;
  scene.write("sub/compose.yaml");
  scene.write(".env", "WHO=here\nH=1\n");
  scene.write("sub/.env", "WHO=sub\nS=1\n");
  const StringMap of_sub{{"WHO", "sub"}, {"S", "1"}};
  scene.request.files = {"sub/compose.yaml"};
  CHECK(scene.find().environment == of_sub);
  scene.request.files = {};
  scene.request.project_directory = "sub";
  CHECK(scene.find().environment == of_sub);
}

TEST_CASE("COMPOSE_ variables count from .env too", "[sources]") {
  Scene scene;
  scene.write("a.yaml");
  scene.write("sub/b.yaml");
  scene.write(".env",
              "COMPOSE_FILE=sub/"
              "b.yaml,a.yaml\nCOMPOSE_PATH_SEPARATOR=,\nCOMPOSE_PROJECT_NAME=named\nCOMPOSE_PROFILES=x\n");
  scene.write("sub/.env", "COMPOSE_PROJECT_NAME=other\nS=1\n");
  CHECK(scene.files() == Texts{"sub/b.yaml", "a.yaml"});
  CHECK(scene.name() == "named");
  CHECK(scene.find().profiles == Texts{"x"});
  CHECK(scene.find().environment.at("S") == "1");
}

TEST_CASE("env files that are named replace .env; the last one wins", "[sources]") {
  Scene scene;
  scene.write("compose.yaml");
  scene.write(".env", "A=dotenv\nD=dotenv\n");
  scene.write("one.env", "A=one\nB=one\n");
  scene.write("two.env", "B=two\nC=$A\n");
  scene.request.env_files = {"one.env", "two.env"};
  const StringMap expected{{"A", "one"}, {"B", "two"}, {"C", "one"}};
  CHECK(scene.find().environment == expected);
  CHECK(scene.find().env_files_given);
  CHECK(scene.find().env_files == Texts{scene.absolute("one.env"), scene.absolute("two.env")});

  scene.request.env_files = {};
  scene.request.environment = {{"COMPOSE_ENV_FILES", "one.env,two.env"}};
  CHECK(scene.find().environment.at("C") == "one");
  CHECK(scene.find().environment.count("D") == 0);
}

TEST_CASE("a named env file must be there, and well formed", "[sources]") {
  Scene scene;
  scene.write("compose.yaml");
  scene.request.env_files = {"none.env"};
  CHECK_THROWS_WITH(scene.find(), "there is no env file '" + scene.absolute("none.env") + "'");
  scene.write("none.env", "A=1\nB!=2\n");
  CHECK_THROWS_WITH(scene.find(), Catch::StartsWith("none.env:2:2: "));
}

TEST_CASE("COMPOSE_DISABLE_ENV_FILE leaves .env unread", "[sources]") {
  Scene scene;
  scene.write("compose.yaml");
  scene.write(".env", "A=1\n");
  const std::string yes = GENERATE("1", "true", "TRUE");
  scene.request.environment = {{"COMPOSE_DISABLE_ENV_FILE", yes}};
  CHECK(scene.find().environment.count("A") == 0);
  scene.request.environment = {{"COMPOSE_DISABLE_ENV_FILE", "false"}};
  CHECK(scene.find().environment.at("A") == "1");
}

TEST_CASE("profiles of the command line replace those of the environment", "[sources]") {
  Scene scene;
  scene.write("compose.yaml");
  scene.request.environment = {{"COMPOSE_PROFILES", "a,, b ,c"}};
  CHECK(scene.find().profiles == Texts{"a", "b", "c"});
  scene.request.profiles = {"d"};
  CHECK(scene.find().profiles == Texts{"d"});
}

TEST_CASE("the project's name: -p, COMPOSE_PROJECT_NAME, name:, the directory", "[sources]") {
  Scene scene("My.Shop");
  scene.write("My.Shop/compose.yaml");
  CHECK(scene.name() == "myshop");
  CHECK(choose_project_name(scene.find(), "from_file") == "from_file");
  CHECK(choose_project_name(scene.find(), "From File!") == "fromfile");
  scene.request.environment = {{"COMPOSE_PROJECT_NAME", "from_env"}};
  CHECK(choose_project_name(scene.find(), "from_file") == "from_env");
  scene.request.project_name = "";
  CHECK(choose_project_name(scene.find(), "from_file") == "from_env");
  scene.request.project_name = "given";
  CHECK(choose_project_name(scene.find(), "from_file") == "given");
}

TEST_CASE("a name that is given must be right as it stands", "[sources]") {
  Scene scene;
  scene.write("compose.yaml");
  const std::string name = GENERATE("Shop", "my shop", "-shop", "_shop", "shop.", "caf\xc3\xa9");
  CAPTURE(name);
  scene.request.project_name = name;
  CHECK_THROWS_WITH(scene.find(), "invalid project name '" + name + "'");
  scene.request.project_name.reset();
  scene.request.environment = {{"COMPOSE_PROJECT_NAME", name}};
  CHECK_THROWS_WITH(scene.find(), "invalid project name '" + name + "'");
}

TEST_CASE("a directory whose name leaves nothing asks for a name", "[sources]") {
  Scene scene("...");
  scene.write(".../compose.yaml");
  CHECK_THROWS_WITH(scene.name(), "the directory '" + scene.absolute("...") + "' gives no project name");
}

TEST_CASE("any text becomes a project name by losing what is not allowed", "[sources]") {
  const auto c = GENERATE(values<NameCase>({
      {"shop", "shop"},
      {"My Shop", "myshop"},
      {"my.shop", "myshop"},
      {"_-_shop", "shop"},
      {"2shop", "2shop"},
      {"shop_-2", "shop_-2"},
      {"\xc3\x80PP", "pp"},
      {"...", ""},
      {"", ""},
  }));
  CAPTURE(c.text);
  CHECK(normalize_project_name(c.text) == c.name);
  CHECK(normalize_project_name(c.name) == c.name);
  CHECK(is_project_name(c.name) == !c.name.empty());
}

TEST_CASE("names of old are asked for on the command line, in the shell or in .env", "[sources]") {
  Scene scene;
  scene.write("compose.yaml");
  CHECK_FALSE(scene.find().compatibility);
  scene.write(".env", "COMPOSE_COMPATIBILITY=true\n");
  CHECK(scene.find().compatibility);
  scene.request.environment = {{"COMPOSE_COMPATIBILITY", "0"}};
  CHECK_FALSE(scene.find().compatibility);
  scene.request.compatibility = true;
  CHECK(scene.find().compatibility);
}

TEST_CASE("the files that variables are from are told in the order of reading", "[sources]") {
  Scene scene;
  scene.write("compose.yaml");
  CHECK(scene.find().variable_files.empty());
  scene.write(".env", "A=1\n");
  CHECK(scene.find().variable_files == Texts{scene.absolute(".env")});
  scene.write("b.env", "B=1\n");
  scene.request.env_files = {"b.env", ".env"};
  CHECK(scene.find().variable_files == Texts{scene.absolute("b.env"), scene.absolute(".env")});
}

TEST_CASE("links that lead to no file are told as what they are", "[sources]") {
  Scene scene;
  scene.link("round", "round");
  scene.link("gone.yaml", "nowhere");
  scene.request.files = {"round", "nowhere", ".", "none"};
  try {
    scene.find();
    FAIL("no error");
  } catch (const Error& error) {
    REQUIRE(error.diagnostics().size() == 4);
    CHECK(error.diagnostics()[0].message ==
          "'" + scene.absolute("round") + "' is a symbolic link that leads back to itself");
    CHECK(error.diagnostics()[1].message ==
          "'" + scene.absolute("nowhere") + "' is a symbolic link to 'gone.yaml', which does not exist");
    CHECK(error.diagnostics()[2].message.ends_with("is a directory, not a Compose file"));
    CHECK(error.diagnostics()[3].message == "there is no Compose file '" + scene.absolute("none") + "'");
  }
  scene.request.files = {};
  scene.link("gone.yaml", "compose.yaml");
  CHECK_THROWS_WITH(scene.find(), Catch::Contains("compose.yaml' is a symbolic link to 'gone.yaml'"));
}

TEST_CASE("a .env that is a link in a circle is an error, one that leads nowhere is none", "[sources]") {
  Scene scene;
  scene.write("compose.yaml");
  scene.link("nowhere", ".env");
  CHECK(scene.find().variable_files.empty());
  scene.remove(".env");
  scene.link(".env", ".env");
  CHECK_THROWS_WITH(scene.find(), Catch::Contains("leads back to itself"));
}

#include "remote/fetch/git_files.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "compose/base/error.hpp"
#include "tests/support/fake_process_runner.hpp"
#include "tests/support/temp_dir.hpp"

namespace hoist::remote {
namespace {

namespace fs = std::filesystem;
using Catch::Contains;

const std::string k_other = "9999999999999999999999999999999999999999";
const std::string k_commit = "0123456789012345678901234567890123456789";

/// A git that knows one repository, whose only branch is `main`.
class Scene {
 public:
  Scene() {
    settings.home = temp.path();
    git.answer("git ls-remote", "", 2);
    git.answer("git ls-remote --exit-code -- https://host/a.git HEAD HEAD^{}", k_commit + "\tHEAD\n");
    git.answer("git ls-remote --exit-code -- https://host/a.git main main^{}",
               k_other + "\trefs/heads/feature/main\n" + k_commit + "\trefs/heads/main\n");
    git.answer("git ls-remote --exit-code -- https://host/a.git v1 v1^{}",
               k_other + "\trefs/tags/v1\n" + k_commit + "\trefs/tags/v1^{}\n");
    git.behave("git init --quiet", [](const ProcessRequest& request) {
      fs::create_directories(request.argv.back());
      return ProcessResult{};
    });
    git.behave("git -C", [this](const ProcessRequest& request) {
      const bool is_checkout = request.argv.at(3) == "checkout";
      if (is_checkout) {
        for (const char* file : {"compose.yaml", "deploy/dev/compose.yml", "deploy/other.yaml"}) {
          temp.write(fs::path(request.argv.at(2)).lexically_relative(temp.path()) / file, "services: {}");
        }
      }
      return is_checkout || !fetch_fails ? ProcessResult{}
                                         : ProcessResult{{.code = 128}, "", "fatal: no route to host\n"};
    });
  }

  std::string file(const std::string& text) {
    const auto reference = compose::parse_remote_reference(text);
    REQUIRE(reference.has_value());
    const compose::RemoteFile found = fetch_git_file(*reference, settings, git, {});
    CHECK(found.directory == checkout().string());
    return fs::path(found.file).lexically_relative(checkout()).string();
  }
  fs::path checkout() const { return temp.path() / ".cache/docker-compose" / k_commit; }
  std::size_t kept() const {
    std::error_code none;
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(checkout().parent_path(), none), fs::directory_iterator()));
  }

  test::TempDir temp;
  test::FakeProcessRunner git;
  FetchSettings settings;
  bool fetch_fails = false;
};

TEST_CASE("a reference names a file, or a directory with a Compose file", "[fetch]") {
  Scene scene;
  CHECK(scene.file("https://host/a.git") == "compose.yaml");
  CHECK(scene.file("https://host/a.git#main:deploy/dev") == "deploy/dev/compose.yml");
  CHECK(scene.file("https://host/a.git#main:deploy/other.yaml") == "deploy/other.yaml");
  CHECK(scene.kept() == 1);
}

TEST_CASE("a commit that is here already needs no git, and no network", "[fetch]") {
  Scene scene;
  scene.file("https://host/a.git");
  const std::size_t before = scene.git.requests().size();
  scene.settings.offline = true;
  CHECK(scene.file("https://host/a.git#" + k_commit) == "compose.yaml");
  CHECK(scene.git.requests().size() == before);
}

TEST_CASE("of the refs that end alike the one that is named is fetched, of a tag its commit", "[fetch]") {
  Scene scene;
  const auto [text, ref] = GENERATE(table<std::string, std::string>({
      {"https://host/a.git#main", "refs/heads/main"},
      {"https://host/a.git#v1", "refs/tags/v1"},
  }));
  CHECK(scene.file(text) == "compose.yaml");
  const std::vector<std::string> commands = scene.git.commands();
  CHECK_THAT(commands.at(commands.size() - 2), Catch::EndsWith("-- https://host/a.git " + ref));
  CHECK_THAT(commands.back(), Catch::EndsWith("--detach " + k_commit));
}

TEST_CASE("git does not see the repository of whoever calls us", "[fetch]") {
  Scene scene;
  scene.file("https://host/a.git");
  for (const ProcessRequest& request : scene.git.requests()) {
    for (const char* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"}) {
      CHECK(std::find(request.unset.begin(), request.unset.end(), name) != request.unset.end());
    }
  }
}

TEST_CASE("credentials reach git through its environment alone, and no message", "[fetch]") {
  Scene scene;
  CHECK(scene.file("https://me:t0ken@host/a.git") == "compose.yaml");
  for (const std::string& command : scene.git.commands()) CHECK_THAT(command, !Contains("t0ken"));
  const auto environment = scene.git.requests().front().environment;
  CHECK(environment.at("GIT_CONFIG_KEY_0") == "url.https://me:t0ken@host/.insteadOf");
  CHECK(environment.at("GIT_CONFIG_VALUE_0") == "https://host/");
  scene.git.answer("git ls-remote --exit-code -- https://host/b.git HEAD HEAD^{}", "", 128,
                   "fatal: unable to access 'https://me:t0ken@host/b.git/'");
  CHECK_THROWS_WITH(scene.file("https://me:t0ken@host/b.git"),
                    Contains("unable to access 'https://host/b.git/'") && !Contains("t0ken"));
}

TEST_CASE("git asks nobody", "[fetch]") {
  Scene scene;
  scene.file("https://host/a.git");
  const auto environment = scene.git.requests().front().environment;
  CHECK(environment.at("GIT_TERMINAL_PROMPT") == "0");
  CHECK_THAT(environment.at("GIT_SSH_COMMAND"), Contains("BatchMode=yes"));
}

TEST_CASE("references that cannot be had are refused, and nothing is left", "[fetch]") {
  Scene scene;
  const auto [text, words] = GENERATE(table<std::string, std::string>({
      {"https://host/a.git#none", "the repository has no 'none'"},
      {"https://host/a.git#--upload-pack=x", "no name begins with '-'"},
      {"https://host/a.git#main:../x", "leads out of the repository"},
      {"https://host/a.git#main:/etc", "leads out of the repository"},
      {"https://host/a.git#main:a/../../x", "leads out of the repository"},
      {"https://host/a.git#main:absent", "the repository has no 'absent'"},
      {"https://host/a.git#main:deploy", "there is no Compose file in it"},
  }));
  CAPTURE(text);
  CHECK_THROWS_WITH(scene.file(text), Contains(words));
}

TEST_CASE("a fetch that fails leaves nothing under the commit's name", "[fetch]") {
  Scene scene;
  scene.fetch_fails = true;
  CHECK_THROWS_WITH(scene.file("https://host/a.git"), Contains("git says: fatal: no route to host"));
  CHECK(scene.kept() == 0);
  scene.fetch_fails = false;
  CHECK(scene.file("https://host/a.git") == "compose.yaml");
}

TEST_CASE("--offline and the switch of Docker Compose forbid it", "[fetch]") {
  Scene scene;
  scene.settings.offline = true;
  CHECK_THROWS_WITH(scene.file("https://host/a.git"), Contains("--offline"));
  CHECK_THROWS_WITH(scene.file("https://host/a.git#" + k_commit), Contains("--offline"));
  scene.settings.offline = false;
  scene.settings.environment["COMPOSE_EXPERIMENTAL_GIT_REMOTE"] = "false";
  CHECK_THROWS_WITH(scene.file("https://host/a.git"), Contains("COMPOSE_EXPERIMENTAL_GIT_REMOTE"));
  CHECK(scene.git.requests().empty());
}

}  // namespace
}  // namespace hoist::remote

#include "cli/complete.hpp"

#include <catch2/catch.hpp>

#include "tests/cli/program_under_test.hpp"

namespace hoist::cli {
namespace {

using Strings = std::vector<std::string>;

/// The words offered for a command line; services and profiles carry the file that was chosen.
Strings offered(const Strings& line) {
  const ProjectWords project = [](WordKind kind, const GlobalOptions& globals) {
    const std::string file = globals.files.empty() ? "" : globals.files.back() + "-";
    return kind == WordKind::service ? Strings{file + "db", file + "web"} : Strings{file + "tools"};
  };
  const Completion found = complete(line, project);
  if (found.kind == Completion::Kind::files) return {"<files>"};
  if (found.kind == Completion::Kind::directories) return {"<directories>"};
  Strings words;
  for (const Candidate& candidate : found.words) words.push_back(candidate.word);
  return words;
}

bool contains(const Strings& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

TEST_CASE("what may stand at the cursor", "[cli][completion]") {
  struct Case {
    const char* what;
    Strings line;
    Strings expected;
  };
  const Strings progress{"auto", "tty", "plain", "json", "quiet"};
  const auto c = GENERATE_COPY(values<Case>({
      {"services", {"logs", ""}, {"db", "web"}},
      {"services, begun", {"logs", "w"}, {"db", "web"}},
      {"after a flag that is a value option elsewhere", {"logs", "-f", ""}, {"db", "web"}},
      {"after a value", {"logs", "--tail", "5", ""}, {"db", "web"}},
      {"after a value in one word", {"logs", "-n5", "--since=1h", ""}, {"db", "web"}},
      {"after --", {"logs", "--", "-"}, {"db", "web"}},
      {"of another file", {"-f", "other", "logs", ""}, {"other-db", "other-web"}},
      {"of another file in one word", {"--file=other", "logs", ""}, {"other-db", "other-web"}},
      {"profiles", {"--profile", ""}, {"tools"}},
      {"profiles of another file", {"-f", "other", "--profile", ""}, {"other-tools"}},
      {"profiles behind '='", {"--profile="}, {"--profile=tools"}},
      {"choices", {"--progress", ""}, progress},
      {"choices of a command", {"ps", "--format", ""}, {"table", "json"}},
      {"choices behind '='", {"ps", "--format=j"}, {"--format=table", "--format=json"}},
      {"files", {"-f", ""}, {"<files>"}},
      {"files behind '='", {"--file=o"}, {"<files>"}},
      {"directories", {"--project-directory", "x"}, {"<directories>"}},
      {"shells", {"completion", ""}, {"bash", "zsh", "fish"}},
      {"a service as a value", {"up", "--exit-code-from", ""}, {"db", "web"}},
      {"any value", {"logs", "--tail", ""}, {}},
      {"the service of exec", {"exec", "-u", "me", ""}, {"db", "web"}},
      {"another program's words", {"exec", "web", ""}, {}},
      {"another program's options", {"exec", "web", "ls", "-"}, {}},
      {"a flag takes no value", {"up", "--build="}, {}},
      {"an unknown option", {"up", "--nothing="}, {}},
      {"an unknown command", {"upp", ""}, {}},
  }));
  CAPTURE(c.what);
  CHECK(offered(c.line) == c.expected);
}

TEST_CASE("commands and options are offered with what they are for", "[cli][completion]") {
  for (const Strings& line : {Strings{}, Strings{""}, Strings{"-f", "x", ""}, Strings{"help", ""}}) {
    const Strings words = offered(line);
    CHECK(contains(words, "up"));
    CHECK_FALSE(contains(words, "__complete"));
  }
  CHECK(contains(offered({"-"}), "--profile"));
  CHECK(contains(offered({"logs", "--"}), "--follow"));
  CHECK(contains(offered({"logs", "-"}), "-f"));
  CHECK_FALSE(contains(offered({"up", "-"}), "--menu"));
  const Completion found = complete(Strings{"l"}, {});
  CHECK(std::ranges::any_of(found.words, [](const Candidate& c) { return c.word == "logs" && !c.help.empty(); }));
}

TEST_CASE("__complete reads the project and nothing else, whatever is wrong in it", "[cli][completion]") {
  ProgramUnderTest program("services: {web: {image: x, depends_on: [gone], profiles: [tools]}, db: {image: x}}\n");
  const auto ask = [&program](const Strings& line) {
    Strings words{"__complete", "--", "-f", program.file()};
    words.insert(words.end(), line.begin(), line.end());
    return program.run_bare(words).out;
  };
  CHECK(ask({"logs", ""}) == "words\ndb\nweb\n");
  CHECK(ask({"--profile", ""}) == "words\ntools\n");
  CHECK(ask({"--project-directory", ""}) == "directories\n");
  CHECK(program.connections() == 0);
}

}  // namespace
}  // namespace hoist::cli

#include "sync/core/gitignore.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <random>
#include <set>

#include "compose/base/process.hpp"
#include "compose/base/text.hpp"
#include "sync/core/ignore.hpp"
#include "sync/core/tree.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::sync;

namespace {

namespace fs = std::filesystem;
using Verdict = GitIgnore::Verdict;

/// A random tree on the disk with random .gitignore files, to be asked of git and of us.
class Repository {
 public:
  explicit Repository(unsigned seed) : random_(seed) {
    run({"git", "init", "-q", "."}, {});
    grow(temp_.path(), {}, 3);
    rule_file({});
    if (!directories_.empty() && pick(2) == 0)
      rule_file(directories_[static_cast<std::size_t>(pick(static_cast<int>(directories_.size())))]);
  }

  /// The paths that git ignores.
  std::set<std::string> ignored_by_git() {
    std::string paths;
    for (const auto& [path, is_directory] : entries_) paths += path + '\0';
    std::set<std::string> ignored;
    for (const std::string& path : split(run({"git", "check-ignore", "--no-index", "-z", "--stdin"}, paths), '\0')) {
      if (!path.empty()) ignored.insert(path);
    }
    return ignored;
  }
  std::set<std::string> ignored_by_us() const {
    std::set<std::string> ignored;
    for (const auto& [path, is_directory] : entries_) {
      if (rules_.ignores(path, is_directory)) ignored.insert(path);
    }
    return ignored;
  }
  const std::string& text() const { return text_; }

 private:
  int pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

  void grow(const fs::path& directory, const std::string& path, int depth) {
    for (const char* name : {"a", "b", "ab", "a.b", "c]", "-"}) {
      if (pick(3) == 0) continue;
      const std::string below = joined(path, name);
      const bool is_directory = depth > 0 && pick(3) == 0;
      if (is_directory) {
        fs::create_directory(directory / name);
        directories_.push_back(below);
        grow(directory / name, below, depth - 1);
      } else {
        temp_.write(below, "");
      }
      entries_.emplace_back(below, is_directory);
    }
  }

  std::string pattern() {
    constexpr const char* k_parts[] = {"a",           "b",  "ab",  ".",   "/",    "/",    "*",     "*",
                                       "?",           "**", "**/", "/**", "[ab]", "[!a]", "[a-b]", "[]-]",
                                       "[[:alpha:]]", "\\", "\\a", " ",   "[",    "]"};
    std::string text = pick(4) == 0 ? "!" : "";
    for (int parts = 1 + pick(4); parts > 0; --parts) text += k_parts[pick(static_cast<int>(std::size(k_parts)))];
    if (pick(5) == 0) text += '/';
    return text;
  }
  void rule_file(const std::string& directory) {
    std::string text = pick(8) == 0 ? "*\n" : "";
    for (int lines = 1 + pick(4); lines > 0; --lines) text += pattern() + (pick(12) == 0 ? "\r\n" : "\n");
    temp_.write(joined(directory, ".gitignore"), text);
    rules_.set_git(text, directory);
    text_ += "[" + directory + "]\n" + text;
  }

  std::string run(std::vector<std::string> argv, std::string input) {
    const ProcessResult result = processes_.run({.argv = std::move(argv),
                                                 .input = std::move(input),
                                                 .environment = {{"GIT_CONFIG_GLOBAL", "/dev/null"}},
                                                 .directory = temp_.path().string()},
                                                {});
    CAPTURE(result.err);
    CHECK(result.status.code <= 1);
    return result.out;
  }

  std::mt19937 random_;
  test::TempDir temp_;
  SystemProcessRunner processes_;
  std::vector<std::pair<std::string, bool>> entries_;
  std::vector<std::string> directories_;
  IgnoreRules rules_;
  std::string text_;
};

}  // namespace

TEST_CASE("the last pattern that matches decides", "[sync][ignore]") {
  struct Case {
    const char* text;
    const char* path;
    bool is_directory;
    Verdict expected;
  };
  const auto c = GENERATE(values<Case>({
      {"", "a", false, Verdict::none},
      {"# a\n\n", "a", false, Verdict::none},
      {"a", "a", false, Verdict::ignored},
      {"a", "x/y/a", false, Verdict::ignored},
      {"/a", "x/a", false, Verdict::none},
      {"x/a", "x/a", false, Verdict::ignored},
      {"x/a", "y/x/a", false, Verdict::none},
      {"a/", "a", false, Verdict::none},
      {"a/", "a", true, Verdict::ignored},
      {"a\n!a", "a", false, Verdict::wanted},
      {"!a\na", "a", false, Verdict::ignored},
      {"\\!a", "!a", false, Verdict::ignored},
      {"\\#a", "#a", false, Verdict::ignored},
      {"a  ", "a", false, Verdict::ignored},
      {"a\\ ", "a ", false, Verdict::ignored},
      {"*.pyc", "x/a.pyc", false, Verdict::ignored},
      {"x/*.pyc", "x/y/a.pyc", false, Verdict::none},
      {"x/**/a", "x/a", false, Verdict::ignored},
      {"x/**/a", "x/y/z/a", false, Verdict::ignored},
      {"**/a", "a", false, Verdict::ignored},
      {"x/**", "x", true, Verdict::none},
      {"x/**", "x/y/z", false, Verdict::ignored},
      {"a**/b", "a/x/b", false, Verdict::ignored},
      {"a**/b", "ax/b", false, Verdict::ignored},
      {"a**/b", "axb", false, Verdict::none},
      {"x/a?**/b", "x/ab/c/b", false, Verdict::none},
      {"a?c", "abc", false, Verdict::ignored},
      {"x?c/", "x/c", true, Verdict::none},
      {"[a-c]", "b", false, Verdict::ignored},
      {"[!a-c]", "b", false, Verdict::none},
      {"[]]", "]", false, Verdict::ignored},
      {"[[:digit:]x]", "7", false, Verdict::ignored},
      {"[[:nothing:]]", "n", false, Verdict::none},
      {"[a", "[a", false, Verdict::none},
      {"a\\", "a\\", false, Verdict::none},
      {"a\r\n", "a", false, Verdict::ignored},
      {"\xef\xbb\xbf"
       "a",
       "a", false, Verdict::ignored},
      {"/", "a", true, Verdict::none},
  }));
  CAPTURE(c.text, c.path);
  CHECK(GitIgnore(c.text).judge(c.path, c.is_directory) == c.expected);
}

TEST_CASE("patterns mean what git takes them to mean", "[sync][ignore]") {
  std::size_t ignored = 0;
  for (unsigned seed = 0; seed < 150; ++seed) {
    Repository repository(seed);
    CAPTURE(seed, repository.text());
    const std::set<std::string> expected = repository.ignored_by_git();
    CHECK(repository.ignored_by_us() == expected);
    ignored += expected.size();
  }
  CHECK(ignored > 300);
}

TEST_CASE("a pattern of many stars takes no time", "[sync][ignore]") {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  CHECK_FALSE(GitPattern(pattern + "b").matches(std::string(2000, 'a')));
}

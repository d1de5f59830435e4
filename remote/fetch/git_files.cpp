#include "remote/fetch/git_files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <system_error>
#include <vector>

#include "compose/base/environment.hpp"
#include "compose/base/error.hpp"
#include "compose/base/text.hpp"
#include "compose/model/file_names.hpp"

namespace hoist::remote {
namespace {

namespace fs = std::filesystem;

/// What binds git to a repository or to settings of its caller, as a hook has them: see `git rev-parse
/// --local-env-vars`.
const std::vector<std::string> k_of_the_caller{"GIT_ALTERNATE_OBJECT_DIRECTORIES",
                                               "GIT_CONFIG",
                                               "GIT_CONFIG_PARAMETERS",
                                               "GIT_CONFIG_COUNT",
                                               "GIT_OBJECT_DIRECTORY",
                                               "GIT_DIR",
                                               "GIT_WORK_TREE",
                                               "GIT_IMPLICIT_WORK_TREE",
                                               "GIT_GRAFT_FILE",
                                               "GIT_INDEX_FILE",
                                               "GIT_NO_REPLACE_OBJECTS",
                                               "GIT_REPLACE_REF_BASE",
                                               "GIT_PREFIX",
                                               "GIT_SHALLOW_FILE",
                                               "GIT_COMMON_DIR",
                                               "GIT_NAMESPACE",
                                               "GIT_INTERNAL_SUPER_PREFIX",
                                               "GIT_CEILING_DIRECTORIES"};

bool is_commit(std::string_view text) {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == 40 && std::ranges::all_of(text, is_digit);
}

class GitFetch {
 public:
  GitFetch(const compose::RemoteReference& reference, const FetchSettings& settings, ProcessRunner& processes,
           std::stop_token stop)
      : reference_(reference), settings_(settings), processes_(processes), stop_(std::move(stop)) {}

  compose::RemoteFile run() {
    check();
    const Target target = resolve();
    const fs::path checkout = fetch_cache(settings_) / target.commit;
    if (!fs::exists(checkout)) fetch(target, checkout);
    return {file_in(checkout).string(), checkout.string()};
  }

 private:
  /// What is fetched: a commit, by the full name of the ref that leads to it.
  struct Target {
    std::string ref;
    std::string commit;
  };

  [[noreturn]] void refuse(std::string_view why, std::string hint = {}) const {
    throw Error(ErrorCode::bad_input, fmt::format("'{}': {}", reference_.text, why)).with_hint(std::move(hint));
  }

  void check() const {
    if (is_switched_off(settings_, "COMPOSE_EXPERIMENTAL_GIT_REMOTE")) {
      refuse("remote files are switched off (COMPOSE_EXPERIMENTAL_GIT_REMOTE)");
    }
    if (reference_.repository.starts_with('-') || reference_.revision.starts_with('-'))
      refuse("no name begins with '-'");
    const fs::path path = reference_.path;
    if (path.is_absolute() || std::ranges::find(path, fs::path("..")) != path.end()) {
      refuse(fmt::format("the path '{}' leads out of the repository", reference_.path));
    }
  }

  ProcessResult git(std::vector<std::string> words) const {
    ProcessRequest request{.argv = std::move(words)};
    request.argv.insert(request.argv.begin(), "git");
    request.unset = k_of_the_caller;
    // Nobody is there to answer a question.
    if (value_or_empty(settings_.environment, "GIT_TERMINAL_PROMPT").empty())
      request.environment["GIT_TERMINAL_PROMPT"] = "0";
    if (value_or_empty(settings_.environment, "GIT_SSH").empty() &&
        value_or_empty(settings_.environment, "GIT_SSH_COMMAND").empty()) {
      request.environment["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes";
    }
    if (!reference_.credentials.empty()) hand_over_credentials(request);
    try {
      ProcessResult result = processes_.run(request, stop_);
      hide_credentials(result.err);
      return result;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::not_found) throw;
      throw Error(ErrorCode::not_found,
                  fmt::format("'{}' is fetched with git, which is not installed", reference_.text))
          .with_hint("install the package 'git'");
    }
  }

  /// In the environment, which other users do not see: git adds them to the address itself.
  void hand_over_credentials(ProcessRequest& request) const {
    const std::size_t host = reference_.repository.find("://") + 3;
    const std::string scheme = reference_.repository.substr(0, host);
    const std::string place = reference_.repository.substr(host, reference_.repository.find('/', host) + 1 - host);
    request.environment["GIT_CONFIG_COUNT"] = "1";
    request.environment["GIT_CONFIG_KEY_0"] =
        fmt::format("url.{}{}@{}.insteadOf", scheme, reference_.credentials, place);
    request.environment["GIT_CONFIG_VALUE_0"] = scheme + place;
  }

  void hide_credentials(std::string& text) const {
    if (reference_.credentials.empty()) return;
    const std::string secret = reference_.credentials + "@";
    for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret)) {
      text.erase(at, secret.size());
    }
  }

  Target resolve() const {
    if (is_commit(reference_.revision)) return {reference_.revision, reference_.revision};
    const std::string revision = reference_.revision.empty() ? "HEAD" : reference_.revision;
    if (settings_.offline) {
      refuse(fmt::format("--offline forbids to ask which commit '{}' is", revision),
             "name the commit: ...#COMMIT:PATH");
    }
    const ProcessResult answer =
        git({"ls-remote", "--exit-code", "--", reference_.repository, revision, revision + "^{}"});
    constexpr int k_no_such_revision = 2;
    if (answer.status.code == k_no_such_revision) refuse(fmt::format("the repository has no '{}'", revision));
    if (!answer.status.success()) fail("cannot be reached", answer);
    const std::optional<Target> target = chosen(answer.out, revision);
    if (!target) refuse(fmt::format("the repository has no '{}'", revision));
    return *target;
  }

  /// git tells of every ref that ends so ("feature/main" for "main"): the one that is meant. Of an annotated tag, the
  /// commit that it leads to.
  static std::optional<Target> chosen(const std::string& refs, const std::string& revision) {
    std::map<std::string, std::string> commits;  // by ref
    for (const std::string& line : split(refs, '\n')) {
      const std::size_t tab = line.find('\t');
      if (tab == 40 && is_commit(line.substr(0, tab)))
        commits[std::string(trim(line.substr(tab)))] = line.substr(0, tab);
    }
    for (const std::string& ref : {revision, "refs/heads/" + revision, "refs/tags/" + revision}) {
      for (const std::string& name : {ref + "^{}", ref}) {
        const auto found = commits.find(name);
        if (found != commits.end()) return Target{ref, found->second};
      }
    }
    return std::nullopt;
  }

  /// Into a directory beside the place, which is then moved there: who was faster wins.
  void fetch(const Target& target, const fs::path& checkout) const {
    if (settings_.offline) refuse("is not on this machine yet, and --offline forbids to fetch it");
    fs::create_directories(checkout.parent_path());
    const fs::path part = fmt::format("{}.{}.part", checkout.string(), ::getpid());
    const std::string place = part.string();
    std::error_code ignored;
    fs::remove_all(part, ignored);
    try {
      must({"init", "--quiet", place}, "no place for it can be made");
      must({"-C", place, "fetch", "--quiet", "--depth=1", "--", reference_.repository, target.ref},
           "cannot be fetched");
      must({"-C", place, "checkout", "--quiet", "--detach", target.commit}, "cannot be checked out");
      fs::rename(part, checkout, ignored);
    } catch (...) {
      fs::remove_all(part, ignored);
      throw;
    }
    fs::remove_all(part, ignored);
  }

  void must(std::vector<std::string> words, std::string_view what) const {
    const ProcessResult result = git(std::move(words));
    if (!result.status.success()) fail(what, result);
  }

  [[noreturn]] void fail(std::string_view what, const ProcessResult& result) const {
    throw Error(ErrorCode::unavailable,
                fmt::format("'{}' {}: git says: {}", reference_.text, what, strip_control(trim(result.err), true)));
  }

  fs::path file_in(const fs::path& checkout) const {
    const fs::path target = reference_.path.empty() ? checkout : (checkout / reference_.path).lexically_normal();
    if (!fs::is_directory(target)) {
      if (fs::exists(target)) return target;
      refuse(fmt::format("the repository has no '{}'", reference_.path));
    }
    for (const char* name : compose::k_file_names) {
      if (fs::is_regular_file(target / name)) return target / name;
    }
    refuse("there is no Compose file in it", "name one: ...#BRANCH:path/to/compose.yaml");
  }

  const compose::RemoteReference& reference_;
  const FetchSettings& settings_;
  ProcessRunner& processes_;
  std::stop_token stop_;
};

}  // namespace

compose::RemoteFile fetch_git_file(const compose::RemoteReference& reference, const FetchSettings& settings,
                                   ProcessRunner& processes, std::stop_token stop) {
  return GitFetch(reference, settings, processes, std::move(stop)).run();
}

}  // namespace hoist::remote

#include <fmt/format.h>

#include <memory>
#include <set>

#include "cli/commands.hpp"
#include "cli/complete.hpp"
#include "cli/completion.hpp"
#include "cli/session.hpp"
#include "compose/base/error.hpp"

namespace hoist::cli {
namespace {

int completion(Session& session, const std::string& shell) {
  if (shell == "bash") {
    session.print(bash_completion());
  } else if (shell == "zsh") {
    session.print(zsh_completion());
  } else if (shell == "fish") {
    session.print(fish_completion());
  } else {
    throw Error(ErrorCode::bad_input, fmt::format("no completion for the shell '{}'", shell))
        .with_hint("choose one of: bash, zsh, fish");
  }
  return 0;
}

/// Reads the Compose files and nothing else; every profile counts, so that all services are offered.
std::vector<std::string> project_words(Session& session, WordKind kind) {
  compose::LoadRequest request = session.load_request();
  request.profiles = {"*"};
  request.check_consistency = false;
  request.resolve_env_files = false;
  const compose::LoadResult loaded = compose::load(request);
  std::set<std::string> words;
  for (const auto* services : {&loaded.project.services, &loaded.project.disabled_services}) {
    for (const auto& [name, service] : *services) {
      if (kind == WordKind::service) words.insert(name);
      if (kind == WordKind::profile) words.insert(service.profiles.begin(), service.profiles.end());
    }
  }
  return {words.begin(), words.end()};
}

std::string_view name_of(Completion::Kind kind) {
  switch (kind) {
    case Completion::Kind::words:
      return "words";
    case Completion::Kind::files:
      return "files";
    case Completion::Kind::directories:
      return "directories";
  }
  return {};
}

/// Prints the kind on a line of its own, then a line per word with its help after a tab.
int print_complete(Session& session, const std::vector<std::string>& line) {
  const ProjectWords ask = [&session](WordKind kind, const GlobalOptions& globals) {
    Session chosen(session.console(), globals, session.environment(), {});
    return project_words(chosen, kind);
  };
  const Completion found = complete(line, ask);
  session.print(fmt::format("{}\n", name_of(found.kind)));
  for (const Candidate& candidate : found.words) {
    session.print(candidate.help.empty() ? candidate.word + "\n"
                                         : fmt::format("{}\t{}\n", candidate.word, candidate.help));
  }
  return 0;
}

}  // namespace

Action define_completion(Arguments& arguments) {
  const auto shell = std::make_shared<std::string>();
  arguments.positional("SHELL", *shell);
  return [shell](Session& session) { return completion(session, *shell); };
}

Action define_complete(Arguments& arguments) {
  const auto line = std::make_shared<std::vector<std::string>>();
  arguments.positionals("WORD", *line);
  return [line](Session& session) { return print_complete(session, *line); };
}

}  // namespace hoist::cli

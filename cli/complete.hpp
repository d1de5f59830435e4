#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/session.hpp"

namespace hoist::cli {

/// A word that may stand at the cursor.
struct Candidate {
  std::string word;
  std::string help;  ///< may be empty

  bool operator==(const Candidate&) const = default;
};

/// What may stand at the cursor: these words, or a path that the shell finds by itself.
struct Completion {
  enum class Kind { words, files, directories };

  Kind kind = Kind::words;
  std::vector<Candidate> words;

  bool operator==(const Completion&) const = default;
};

/// The services or the profiles of the project that global options choose.
using ProjectWords = std::function<std::vector<std::string>(WordKind kind, const GlobalOptions& globals)>;

/// What may stand at the end of a command line. `words` come after the program's name; the last one is at the cursor,
/// perhaps empty. The candidates are all that may stand there, whatever that word begins with: each shell chooses in
/// its own way. A value that is written as "--option=value" comes with its option.
///
/// Errors: Error{bad_input} when the global options before the command cannot be read, and what `project_words` throws.
Completion complete(std::span<const std::string> words, const ProjectWords& project_words);

}  // namespace hoist::cli

#include "cli/complete.hpp"

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/program.hpp"

namespace hoist::cli {
namespace {

/// Where the cursor is among words that `Arguments` reads.
struct Place {
  const Option* value_of = nullptr;  ///< the word at the cursor is this option's value
  bool options_ended = false;        ///< what comes is no option, whatever it looks like
  std::size_t taken = 0;             ///< words before the cursor that are no options
  std::size_t first = 0;             ///< where the first of them is, when there is one
};

/// The option in `word` ("--tail", "-fn") whose value is the next word, or null.
const Option* awaiting_value(const Arguments& arguments, const std::string& word) {
  if (word.starts_with("--")) {
    const Option* option = arguments.find(word);
    return option != nullptr && option->takes_value() ? option : nullptr;
  }
  for (std::size_t i = 1; i < word.size(); ++i) {
    const Option* option = arguments.find(std::string{'-', word[i]});
    if (option == nullptr) return nullptr;
    if (option->takes_value()) return i + 1 == word.size() ? option : nullptr;
  }
  return nullptr;
}

/// Precondition: there is at least one word, the one at the cursor.
Place find_place(const Arguments& arguments, std::span<const std::string> words) {
  Place place;
  const std::size_t cursor = words.size() - 1;
  for (std::size_t at = 0; at < cursor; ++at) {
    const std::string& word = words[at];
    if (place.options_ended || word.size() < 2 || word[0] != '-') {
      if (place.taken++ == 0) place.first = at;
      place.options_ended = place.options_ended || arguments.stops_at_first_word();
    } else if (word == "--") {
      place.options_ended = true;
    } else if (const Option* option = awaiting_value(arguments, word)) {
      if (++at == cursor) place.value_of = option;
    }
  }
  return place;
}

std::vector<Candidate> option_names(const Arguments& arguments) {
  std::vector<Candidate> names;
  for (const Option& option : arguments.options()) {
    if (option.hidden) continue;
    if (!option.long_name.empty()) names.push_back({"--" + option.long_name, option.help});
    if (option.short_name != '\0') names.push_back({std::string{'-', option.short_name}, option.help});
  }
  names.push_back({"--help", "explain this command"});
  return names;
}

std::vector<Candidate> command_names() {
  std::vector<Candidate> names;
  for (const CommandDef& command : commands()) {
    if (!command.hidden) names.push_back({std::string(command.name), std::string(command.summary)});
  }
  return names;
}

/// Every word of a kind, each after `prefix`.
Completion words_of(WordKind kind, const std::function<std::vector<std::string>(WordKind)>& project_words,
                    const std::string& prefix = {}) {
  Completion found;
  switch (kind) {
    case WordKind::service:
    case WordKind::profile:
      for (const std::string& word : project_words(kind)) found.words.push_back({prefix + word, {}});
      break;
    case WordKind::command:
      found.words = command_names();
      break;
    case WordKind::file:
      found.kind = Completion::Kind::files;
      break;
    case WordKind::directory:
      found.kind = Completion::Kind::directories;
      break;
    case WordKind::plain:
      break;
  }
  return found;
}

WordKind positional_kind(const Arguments& arguments, std::size_t index) {
  for (const Positional& positional : arguments.positionals()) {
    if (index < positional.maximum) return positional.completes;
    index -= positional.maximum;
  }
  return WordKind::plain;
}

/// What may stand at `place`, whose word is `word`.
Completion complete_at(const Place& place, const std::string& word, const Arguments& arguments,
                       const std::function<std::vector<std::string>(WordKind)>& project_words) {
  const Option* option = place.value_of;
  std::string prefix;
  if (const std::size_t equals = word.find('=');
      option == nullptr && !place.options_ended && word.starts_with("--") && equals != std::string::npos) {
    prefix = word.substr(0, equals + 1);
    option = arguments.find(word.substr(0, equals));
    if (option == nullptr || !option->takes_value()) return {};
  }
  if (option != nullptr) {
    if (option->choices.empty()) return words_of(option->completes, project_words, prefix);
    Completion found;
    for (const std::string& choice : option->choices) found.words.push_back({prefix + choice, {}});
    return found;
  }
  if (!place.options_ended && word.starts_with('-')) return {.words = option_names(arguments)};
  return words_of(positional_kind(arguments, place.taken), project_words);
}

}  // namespace

Completion complete(std::span<const std::string> words, const ProjectWords& project_words) {
  static const std::string k_nothing_yet[] = {""};
  if (words.empty()) words = k_nothing_yet;
  GlobalOptions globals;
  bool flag = false;
  std::vector<std::string> rest;
  Arguments before;
  declare_globals(before, globals, flag);
  before.positionals("COMMAND", rest, WordKind::command);
  const auto ask = [&globals, &project_words](WordKind kind) { return project_words(kind, globals); };

  const Place place = find_place(before, words);
  const std::size_t first = place.taken > 0 ? place.first : words.size() - 1;
  // An option whose value is being typed has none to read yet.
  before.parse(words.first(place.value_of == nullptr ? first : first - 1));
  if (place.taken == 0) return complete_at(place, words.back(), before, ask);
  const CommandDef* command = find_command(words[first]);
  if (command == nullptr) return {};
  Arguments arguments;
  const Action action = declare_command(*command, arguments, flag);  // owns what the arguments write to
  const std::span<const std::string> own = words.subspan(first + 1);
  const Place at = find_place(arguments, own);
  // The one word of a command that is neither the project's nor free.
  if (command->define == define_completion && at.taken == 0 && !own.back().starts_with('-')) {
    return {.words = {{"bash", {}}, {"zsh", {}}, {"fish", {}}}};
  }
  return complete_at(at, own.back(), arguments, ask);
}

}  // namespace hoist::cli

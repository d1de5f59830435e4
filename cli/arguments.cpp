#include "cli/arguments.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"

namespace hoist::cli {
namespace {

int parse_int(const Option& option, const std::string& text) {
  int number = 0;
  const char* end = text.data() + text.size();
  const std::from_chars_result read = std::from_chars(text.data(), end, number);
  if (text.empty() || read.ec != std::errc() || read.ptr != end) {
    throw Error(ErrorCode::bad_input,
                fmt::format("option '{}' needs a whole number, not '{}'", option.display_name(), text));
  }
  return number;
}

}  // namespace

std::string Option::display_name() const {
  return long_name.empty() ? std::string{'-', short_name} : "--" + long_name;
}

Option& Arguments::add(std::string_view names, std::string help) {
  Option option;
  for (const std::string& name : split(names, ',')) {
    if (name.starts_with("--")) {
      option.long_name = name.substr(2);
    } else {
      option.short_name = name.at(1);
    }
  }
  option.help = std::move(help);
  options_.push_back(std::move(option));
  return options_.back();
}

Option& Arguments::flag(std::string_view names, bool& into, std::string help) {
  Option& option = add(names, std::move(help));
  const std::string shown = option.display_name();
  option.set = [&into, shown](const std::string& text) {
    const std::optional<bool> on = parse_bool(text);
    if (!on) throw Error(ErrorCode::bad_input, fmt::format("option '{}' is on or off, not '{}'", shown, text));
    into = *on;
  };
  return option;
}

Option& Arguments::value(std::string_view names, std::string& into, std::string value_name, std::string help) {
  Option& option = add(names, std::move(help));
  option.value_name = std::move(value_name);
  option.set = [&into](const std::string& text) { into = text; };
  return option;
}

Option& Arguments::value(std::string_view names, std::optional<std::string>& into, std::string value_name,
                         std::string help) {
  Option& option = add(names, std::move(help));
  option.value_name = std::move(value_name);
  option.set = [&into](const std::string& text) { into = text; };
  return option;
}

Option& Arguments::value(std::string_view names, int& into, std::string value_name, std::string help) {
  Option& option = add(names, std::move(help));
  option.value_name = std::move(value_name);
  option.set = [&into, copy = option](const std::string& text) { into = parse_int(copy, text); };
  return option;
}

Option& Arguments::value(std::string_view names, std::optional<int>& into, std::string value_name, std::string help) {
  Option& option = add(names, std::move(help));
  option.value_name = std::move(value_name);
  option.set = [&into, copy = option](const std::string& text) { into = parse_int(copy, text); };
  return option;
}

Option& Arguments::list(std::string_view names, std::vector<std::string>& into, std::string value_name,
                        std::string help) {
  Option& option = add(names, std::move(help));
  option.value_name = std::move(value_name);
  option.set = [&into](const std::string& text) { into.push_back(text); };
  return option;
}

Option& Arguments::choice(std::string_view names, std::string& into, std::vector<std::string> choices,
                          std::string value_name, std::string help) {
  Option& option = value(names, into, std::move(value_name), std::move(help));
  option.choices = std::move(choices);
  return option;
}

void Arguments::positional(std::string name, std::string& into, WordKind completes) {
  positionals_.push_back({std::move(name), 1, 1, completes, [&into](const std::string& text) { into = text; }});
}

void Arguments::positionals(std::string name, std::vector<std::string>& into, WordKind completes, std::size_t minimum) {
  positionals_.push_back({std::move(name), minimum, std::numeric_limits<std::size_t>::max(), completes,
                          [&into](const std::string& text) { into.push_back(text); }});
}

const Option* Arguments::find(std::string_view name) const {
  for (const Option& option : options_) {
    if (name.starts_with("--") ? option.long_name == name.substr(2)
                               : name.size() == 2 && name[0] == '-' && option.short_name == name[1]) {
      return &option;
    }
  }
  return nullptr;
}

void Arguments::parse(std::span<const std::string> words) {
  std::vector<std::string> plain;
  std::size_t at = 0;
  while (at < words.size()) {
    const std::string& word = words[at];
    if (word == "--") {
      plain.insert(plain.end(), words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end());
      break;
    }
    if (word.starts_with("--")) {
      at = parse_long(words, at);
    } else if (word.size() > 1 && word[0] == '-') {
      at = parse_short(words, at);
    } else if (options_first_) {
      plain.insert(plain.end(), words.begin() + static_cast<std::ptrdiff_t>(at), words.end());
      break;
    } else {
      plain.push_back(word);
      ++at;
    }
    if (help_asked_) return;
  }
  assign_positionals(plain);
}

std::size_t Arguments::parse_long(std::span<const std::string> words, std::size_t at) {
  const std::string& word = words[at];
  const std::size_t equals = word.find('=');
  const std::string name = word.substr(0, equals);
  if (name == "--help") {
    help_asked_ = true;
    return words.size();
  }
  const Option* option = find(name);
  if (option == nullptr || name == "--") fail_unknown(name);
  if (equals != std::string::npos) {
    assign(*option, word.substr(equals + 1));
    return at + 1;
  }
  if (!option->takes_value()) {
    assign(*option, "true");
    return at + 1;
  }
  if (at + 1 >= words.size()) {
    throw Error(ErrorCode::bad_input, fmt::format("option '{}' needs a value: {}", name, option->value_name));
  }
  assign(*option, words[at + 1]);
  return at + 2;
}

std::size_t Arguments::parse_short(std::span<const std::string> words, std::size_t at) {
  const std::string& word = words[at];
  for (std::size_t i = 1; i < word.size(); ++i) {
    const std::string name{'-', word[i]};
    const Option* option = find(name);
    if (option == nullptr && name == "-h") {
      help_asked_ = true;
      return words.size();
    }
    if (option == nullptr) fail_unknown(name);
    std::string rest = word.substr(i + 1);
    if (!option->takes_value()) {
      if (rest.starts_with('=')) {
        assign(*option, rest.substr(1));
        break;
      }
      assign(*option, "true");
      continue;
    }
    if (!rest.empty()) {
      if (rest.starts_with('=')) rest.erase(0, 1);
      assign(*option, rest);
      break;
    }
    if (at + 1 >= words.size()) {
      throw Error(ErrorCode::bad_input, fmt::format("option '{}' needs a value: {}", name, option->value_name));
    }
    assign(*option, words[at + 1]);
    return at + 2;
  }
  return at + 1;
}

void Arguments::assign(const Option& option, const std::string& value) const {
  if (!option.choices.empty()) {
    bool known = false;
    for (const std::string& choice : option.choices) known = known || choice == value;
    if (!known) {
      const std::string guess = did_you_mean(value, option.choices);
      throw Error(ErrorCode::bad_input, fmt::format("option '{}' cannot be '{}'", option.display_name(), value))
          .with_hint(guess.empty() ? fmt::format("choose one of: {}", fmt::join(option.choices, ", ")) : guess);
    }
  }
  option.set(value);
}

void Arguments::assign_positionals(const std::vector<std::string>& words) const {
  std::size_t at = 0;
  for (const Positional& positional : positionals_) {
    std::size_t taken = 0;
    while (at < words.size() && taken < positional.maximum) {
      positional.set(words[at]);
      ++at;
      ++taken;
    }
    if (taken < positional.minimum) throw Error(ErrorCode::bad_input, fmt::format("{} is missing", positional.name));
  }
  if (at < words.size()) {
    throw Error(ErrorCode::bad_input, fmt::format("'{}' is one word too many", words[at]));
  }
}

void Arguments::fail_unknown(const std::string& name) const {
  std::vector<std::string> names;
  for (const Option& option : options_) {
    if (!option.hidden && !option.long_name.empty()) names.push_back("--" + option.long_name);
  }
  Error error(ErrorCode::bad_input, fmt::format("unknown option '{}'", name));
  const std::string guess = name.size() > 2 ? did_you_mean(name, names) : std::string();
  throw error.with_hint(guess);
}

std::string Arguments::usage() const {
  std::string out = options_.empty() ? "" : "[OPTIONS]";
  for (const Positional& positional : positionals_) {
    if (!out.empty()) out += ' ';
    const std::string name = positional.maximum > 1 ? positional.name + "..." : positional.name;
    out += positional.minimum == 0 ? "[" + name + "]" : name;
  }
  return out;
}

std::optional<bool> parse_bool(std::string_view text) {
  constexpr std::array k_true{"1", "t", "T", "true", "TRUE", "True"};
  constexpr std::array k_false{"0", "f", "F", "false", "FALSE", "False"};
  for (const char* word : k_true) {
    if (text == word) return true;
  }
  for (const char* word : k_false) {
    if (text == word) return false;
  }
  return std::nullopt;
}

void refuse_together(Given one, std::span<const Given> others) {
  if (!one.given) return;
  for (const Given& other : others) {
    if (other.given) {
      throw Error(ErrorCode::bad_input, fmt::format("'{}' and '{}' exclude each other", one.name, other.name));
    }
  }
}

void refuse_together(Given one, Given other) {
  refuse_together(one, std::span(&other, 1));
}

}  // namespace hoist::cli

#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hoist::cli {

/// What a shell may offer for a word.
enum class WordKind { plain, service, file, directory, profile, command };

/// One option as a command declares it. Parser, help, completion and man page all read this.
struct Option {
  char short_name = '\0';
  std::string long_name;   ///< without dashes; may be empty
  std::string value_name;  ///< "SECONDS"; empty = a flag
  std::string help;
  std::vector<std::string> choices;      ///< the only values allowed; empty = any
  WordKind completes = WordKind::plain;  ///< what the value is
  bool hidden = false;
  std::function<void(const std::string&)> set;

  bool takes_value() const { return !value_name.empty(); }
  /// "--timeout", or "-t" when it has no long name.
  std::string display_name() const;
};

/// One word, or the rest of the words, that is no option.
struct Positional {
  std::string name;  ///< "SERVICE"
  std::size_t minimum = 0;
  std::size_t maximum = 1;
  WordKind completes = WordKind::plain;
  std::function<void(const std::string&)> set;
};

/// What a command accepts: it declares its options here and the words land in the variables it named.
/// Reads words as Go's pflag does, so that command lines written for Docker Compose mean the same: `--name value`,
/// `--name=value` (also empty), `-n value`, `-nvalue`, bundled flags, `--flag=false`, `--` ends the options.
///
/// The variables must outlive `parse`.
class Arguments {
 public:
  /// `names` as "-d,--detach", "--build" or "-q".
  Option& flag(std::string_view names, bool& into, std::string help);
  Option& value(std::string_view names, std::string& into, std::string value_name, std::string help);
  Option& value(std::string_view names, std::optional<std::string>& into, std::string value_name, std::string help);
  Option& value(std::string_view names, int& into, std::string value_name, std::string help);
  Option& value(std::string_view names, std::optional<int>& into, std::string value_name, std::string help);
  /// May be given several times.
  Option& list(std::string_view names, std::vector<std::string>& into, std::string value_name, std::string help);
  /// One of `choices`.
  Option& choice(std::string_view names, std::string& into, std::vector<std::string> choices, std::string value_name,
                 std::string help);

  /// A single word that must be there.
  void positional(std::string name, std::string& into, WordKind completes = WordKind::plain);
  /// All words that are left, at least `minimum`.
  void positionals(std::string name, std::vector<std::string>& into, WordKind completes = WordKind::plain,
                   std::size_t minimum = 0);
  /// The first word that is no option ends the options: what follows belongs to another program.
  void options_first() { options_first_ = true; }

  /// Reads `words`; stops at once at `--help` or `-h`.
  /// Errors: Error{bad_input} that names the word, with the nearest right option.
  void parse(std::span<const std::string> words);
  /// True when `parse` met `--help` or `-h`.
  bool help_asked() const { return help_asked_; }

  const std::vector<Option>& options() const { return options_; }
  const std::vector<Positional>& positionals() const { return positionals_; }
  /// The option that `--name` or `-n` means, or null.
  const Option* find(std::string_view name) const;
  bool stops_at_first_word() const { return options_first_; }
  /// "[OPTIONS] SERVICE COMMAND..."
  std::string usage() const;

 private:
  Option& add(std::string_view names, std::string help);
  std::size_t parse_long(std::span<const std::string> words, std::size_t at);
  std::size_t parse_short(std::span<const std::string> words, std::size_t at);
  void assign(const Option& option, const std::string& value) const;
  void assign_positionals(const std::vector<std::string>& words) const;
  [[noreturn]] void fail_unknown(const std::string& name) const;

  std::vector<Option> options_;
  std::vector<Positional> positionals_;
  bool options_first_ = false;
  bool help_asked_ = false;
};

/// A boolean as Go reads it: 1, t, true, 0, f, false in any usual case. Nothing for other texts.
std::optional<bool> parse_bool(std::string_view text);

/// One thing given on a command line, for `refuse_together`.
struct Given {
  bool given = false;
  std::string_view name;  ///< "--wait"
};

/// Errors: Error{bad_input} when `one` was given together with any of `others`.
void refuse_together(Given one, std::span<const Given> others);
void refuse_together(Given one, Given other);

}  // namespace hoist::cli

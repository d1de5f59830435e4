#include "cli/help.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/commands.hpp"
#include "cli/program.hpp"
#include "compose/base/version.hpp"

namespace hoist::cli {
namespace {

constexpr std::size_t k_widest_names = 30;

std::string names_of(const Option& option) {
  std::string out = option.short_name == '\0' ? "    " : fmt::format("-{}", option.short_name);
  if (!option.long_name.empty()) {
    if (option.short_name != '\0') out += ", ";
    out += "--" + option.long_name;
  }
  if (option.takes_value()) out += " " + option.value_name;
  return out;
}

std::string meaning_of(const Option& option) {
  if (option.choices.empty()) return option.help;
  return fmt::format("{} ({})", option.help, fmt::join(option.choices, ", "));
}

/// Two columns; a left side that is too wide gets a line of its own.
std::string columns(const std::vector<std::pair<std::string, std::string>>& rows) {
  std::size_t width = 0;
  for (const auto& row : rows) width = std::max(width, std::min(row.first.size(), k_widest_names));
  std::string out;
  for (const auto& [left, right] : rows) {
    if (left.size() > width) {
      out += fmt::format("  {}\n  {:{}}  {}\n", left, "", width, right);
    } else {
      out += fmt::format("  {:{}}  {}\n", left, width, right);
    }
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> option_rows(const Arguments& arguments) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const Option& option : arguments.options()) {
    if (!option.hidden) rows.emplace_back(names_of(option), meaning_of(option));
  }
  rows.emplace_back("-h, --help", "explain this command");
  return rows;
}

/// Text as roff takes it: no line starts a request, a minus stays a minus.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) {
      out += "\\&";
      out += c;
    } else {
      out += c;
    }
  }
  return out;
}

std::string roff_options(const Arguments& arguments) {
  std::string out;
  for (const Option& option : arguments.options()) {
    if (option.hidden) continue;
    const std::string names = names_of(option);
    out += fmt::format(".TP\n.B {}\n{}\n", roff(names.substr(names.find_first_not_of(' '))), roff(meaning_of(option)));
  }
  return out;
}

struct Declared {
  GlobalOptions globals;
  bool flag = false;
  Arguments arguments;
};

}  // namespace

std::string program_help() {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const CommandDef& command : commands()) {
    if (!command.hidden) rows.emplace_back(command.name, command.summary);
  }
  Declared declared;
  declare_globals(declared.arguments, declared.globals, declared.flag);
  return fmt::format(
      "Usage: hoist [OPTIONS] COMMAND [ARGUMENTS...]\n\n"
      "Runs the services of a Compose file.\n\n"
      "Commands:\n{}\nOptions:\n{}\n"
      "Example:\n  hoist up -d && hoist logs -f\n\n"
      "'hoist COMMAND --help' explains a command.\n",
      columns(rows), columns(option_rows(declared.arguments)));
}

std::string command_help(const CommandDef& command) {
  bool dry_run = false;
  Arguments arguments;
  const Action action = declare_command(command, arguments, dry_run);
  std::string summary(command.summary);
  summary[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(summary[0])));
  return fmt::format("Usage: hoist {} {}\n\n{}.\n\nOptions:\n{}\nExample:\n  {}\n", command.name, arguments.usage(),
                     summary, columns(option_rows(arguments)), command.example);
}

std::string man_page() {
  Declared declared;
  declare_globals(declared.arguments, declared.globals, declared.flag);
  std::string out = fmt::format(
      ".TH HOIST 1 \"\" \"hoist {}\" \"User Commands\"\n"
      ".SH NAME\nhoist \\- run the services of a Compose file\n"
      ".SH SYNOPSIS\n.B hoist\n[\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIARGUMENTS\\fR...]\n"
      ".SH DESCRIPTION\n"
      "hoist reads compose.yaml, compose.yml, docker\\-compose.yml or docker\\-compose.yaml from this directory or a "
      "parent "
      "and makes the engine hold what the file says. Results go to standard output, progress and messages to standard "
      "error.\n"
      ".SH OPTIONS\n{}",
      k_version, roff_options(declared.arguments));
  out += ".SH COMMANDS\n";
  for (const CommandDef& command : commands()) {
    if (command.hidden) continue;
    bool dry_run = false;
    Arguments arguments;
    const Action action = declare_command(command, arguments, dry_run);
    out += fmt::format(".SS hoist {} {}\n{}.\n", roff(command.name), roff(arguments.usage()), roff(command.summary));
    out += roff_options(arguments);
    out += fmt::format(".PP\nExample:\n.PP\n.RS\n.EX\n{}\n.EE\n.RE\n", roff(command.example));
  }
  out +=
      ".SH EXIT STATUS\n0 fine; 1 failed; 2 wrong use or an invalid file; 70 a bug in hoist; 130 interrupted. "
      "exec, run and up \\-\\-exit\\-code\\-from return the exit code of the program they ran.\n"
      ".SH ENVIRONMENT\n"
      "DOCKER_HOST, DOCKER_CONTEXT and DOCKER_CONFIG choose the engine. COMPOSE_FILE, COMPOSE_PROJECT_NAME, "
      "COMPOSE_PROFILES, COMPOSE_ENV_FILES, COMPOSE_COMPATIBILITY, COMPOSE_PARALLEL_LIMIT, COMPOSE_IGNORE_ORPHANS, "
      "COMPOSE_REMOVE_ORPHANS, "
      "COMPOSE_ANSI, COMPOSE_PROGRESS and NO_COLOR mean what they mean to Docker Compose.\n"
      ".SH FILES\ncompose.yaml, compose.override.yaml, .env\n";
  return out;
}

}  // namespace hoist::cli

#include <memory>

#include "cli/commands.hpp"
#include "cli/help.hpp"
#include "cli/session.hpp"

namespace hoist::cli {

Action define_help(Arguments& arguments) {
  const auto words = std::make_shared<std::vector<std::string>>();
  arguments.positionals("COMMAND", *words, WordKind::command);
  return [words](Session& session) {
    session.print(words->empty() ? program_help() : command_help(get_command(words->front())));
    return 0;
  };
}

Action define_man(Arguments&) {
  return [](Session& session) {
    session.print(man_page());
    return 0;
  };
}

}  // namespace hoist::cli

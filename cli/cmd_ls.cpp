#include <fmt/format.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/container_format.hpp"
#include "cli/session.hpp"
#include "cli/table.hpp"
#include "compose/base/error.hpp"

namespace hoist::cli {
namespace {

struct Options {
  bool all = false;
  bool quiet = false;
  std::string format = "table";
  std::vector<std::string> filters;
};

struct ProjectRow {
  std::map<std::string, int> states;
  std::string files;

  /// "exited(1), running(3)"
  std::string status() const {
    std::string out;
    for (const auto& [state, count] : states) out += fmt::format("{}{}({})", out.empty() ? "" : ", ", state, count);
    return out;
  }
};

/// Errors: Error{bad_input} for a filter other than name=PART.
std::string wanted_name(const std::vector<std::string>& filters) {
  std::string name;
  for (const std::string& filter : filters) {
    if (!filter.starts_with("name=")) {
      throw Error(ErrorCode::bad_input, fmt::format("unknown filter '{}'", filter))
          .with_hint("the one filter is name=PART");
    }
    name = filter.substr(filter.find('=') + 1);
  }
  return name;
}

int ls(Session& session, const Options& options) {
  const std::string wanted = wanted_name(options.filters);
  const compose::ObservedState state = session.engine().observe({.containers_only = true}, session.stop());
  std::map<std::string, ProjectRow> rows;
  for (const compose::ObservedContainer& container : state.containers) {
    const std::string project = project_of(container);
    if (project.find(wanted) == std::string::npos) continue;
    if (!options.all && container.state != compose::ContainerState::running) continue;
    ProjectRow& row = rows[project];
    ++row.states[std::string(compose::to_string(container.state))];
    const auto files = container.labels.find("com.docker.compose.project.config_files");
    if (files != container.labels.end()) row.files = files->second;
  }
  if (options.quiet) {
    for (const auto& row : rows) session.print(row.first + "\n");
  } else if (options.format == "json") {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const auto& [name, row] : rows) {
      list.push_back({{"Name", name}, {"Status", row.status()}, {"ConfigFiles", row.files}});
    }
    session.print(list.dump() + "\n");
  } else {
    std::vector<std::vector<std::string>> lines;
    for (const auto& [name, row] : rows) lines.push_back({name, row.status(), row.files});
    session.print(format_table({"NAME", "STATUS", "CONFIG FILES"}, lines));
  }
  return 0;
}

}  // namespace

Action define_ls(Arguments& arguments) {
  const auto options = std::make_shared<Options>();
  arguments.flag("-a,--all", options->all, "projects without a running container too");
  arguments.choice("--format", options->format, {"table", "json"}, "FORMAT", "form of the output");
  arguments.flag("-q,--quiet", options->quiet, "only names");
  arguments.list("--filter", options->filters, "name=PART", "only projects with this in their name");
  return [options](Session& session) { return ls(session, *options); };
}

}  // namespace hoist::cli

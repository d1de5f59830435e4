#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/session.hpp"
#include "compose/base/version.hpp"

namespace hoist::cli {
namespace {

struct Options {
  bool brief = false;
  bool engine = false;
  std::string format = "pretty";
};

int version(Session& session, const Options& options) {
  // Without --engine nothing is asked of anybody: scripts call this to see whether hoist is there.
  nlohmann::ordered_json facts{{"version", k_version}};
  if (options.engine) {
    const compose::EngineInfo info = session.engine().info(session.stop());
    facts["engine"] = {
        {"product", info.product},   {"version", info.version}, {"apiVersion", info.api_version},       {"os", info.os},
        {"arch", info.architecture}, {"address", info.address}, {"reason", session.connection().reason}};
  }
  if (options.format == "json") {
    session.print(facts.dump() + "\n");
    return 0;
  }
  session.print(options.brief ? fmt::format("{}\n", k_version) : fmt::format("hoist version {}\n", k_version));
  if (options.engine) {
    for (const auto& [name, value] : facts["engine"].items()) {
      session.print(fmt::format("  {:<11} {}\n", name, value.get<std::string>()));
    }
  }
  return 0;
}

}  // namespace

Action define_version(Arguments& arguments) {
  const auto options = std::make_shared<Options>();
  arguments.flag("--short", options->brief, "only the number");
  arguments.choice("-f,--format", options->format, {"pretty", "json"}, "FORMAT", "form of the output");
  arguments.flag("--engine", options->engine, "ask the engine for its version too");
  return [options](Session& session) { return version(session, *options); };
}

}  // namespace hoist::cli

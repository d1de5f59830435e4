#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/commands.hpp"
#include "cli/select.hpp"
#include "cli/session.hpp"
#include "cli/table.hpp"

namespace hoist::cli {
namespace {

struct Options {
  bool quiet = false;
  std::string format = "table";
  std::vector<std::string> services;
};

struct ImageName {
  std::string repository;
  std::string tag;
};

/// "registry:5000/a/b:1" -> {"registry:5000/a/b", "1"}.
ImageName split_name(const std::string& reference) {
  const std::size_t slash = reference.rfind('/');
  const std::size_t from = slash == std::string::npos ? 0 : slash;
  if (const std::size_t digest = reference.find('@', from); digest != std::string::npos) {
    return {reference.substr(0, digest), "<none>"};
  }
  const std::size_t colon = reference.find(':', from);
  if (colon == std::string::npos) return {reference, "latest"};
  return {reference.substr(0, colon), reference.substr(colon + 1)};
}

/// "sha256:0123..." without its algorithm.
std::string bare_id(const std::string& id) {
  return id.starts_with("sha256:") ? id.substr(7) : id;
}

int images(Session& session, const Options& options) {
  const compose::Project* project = session.find_project();
  const compose::ObservedState state = observe_containers(session, true);
  check_known(project, state, options.services);
  const std::vector<compose::ObservedContainer> shown = of_services(state, options.services);
  if (options.quiet) {
    std::set<std::string> ids;
    for (const compose::ObservedContainer& container : shown) ids.insert(bare_id(container.image_id));
    for (const std::string& id : ids) session.print(id + "\n");
    return 0;
  }
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  std::vector<std::vector<std::string>> rows;
  for (const compose::ObservedContainer& container : shown) {
    const ImageName name = split_name(container.image);
    list.push_back({{"ID", container.image_id},
                    {"ContainerName", container.name},
                    {"Repository", name.repository},
                    {"Tag", name.tag}});
    rows.push_back({container.name, name.repository, name.tag, bare_id(container.image_id).substr(0, 12)});
  }
  session.print(options.format == "json" ? list.dump() + "\n"
                                         : format_table({"CONTAINER", "REPOSITORY", "TAG", "IMAGE ID"}, rows));
  return 0;
}

}  // namespace

Action define_images(Arguments& arguments) {
  const auto options = std::make_shared<Options>();
  arguments.choice("--format", options->format, {"table", "json"}, "FORMAT", "form of the output");
  arguments.flag("-q,--quiet", options->quiet, "only ids");
  arguments.positionals("SERVICE", options->services, WordKind::service);
  return [options](Session& session) { return images(session, *options); };
}

}  // namespace hoist::cli

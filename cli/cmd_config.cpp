#include <fmt/format.h>

#include <memory>
#include <optional>
#include <set>

#include "cli/commands.hpp"
#include "cli/config_digests.hpp"
#include "cli/config_errors.hpp"
#include "cli/config_explain.hpp"
#include "cli/config_lists.hpp"
#include "cli/session.hpp"
#include "compose/base/error.hpp"
#include "compose/base/file.hpp"
#include "compose/load/config_form.hpp"
#include "compose/load/explain.hpp"
#include "compose/load/load.hpp"
#include "compose/load/render.hpp"
#include "compose/load/unused.hpp"

namespace hoist::cli {
namespace {

using compose::LoadResult;
using compose::Project;
using compose::Service;

struct Options {
  std::string format;  ///< empty = yaml, or a table where that is what is asked for
  std::string output;
  std::optional<std::string> hash;
  std::optional<std::string> explain;
  bool services = false;
  bool volumes = false;
  bool networks = false;
  bool models = false;
  bool images = false;
  bool profiles = false;
  bool environment = false;
  bool variables = false;
  bool quiet = false;
  bool resolve_digests = false;
  bool lock_digests = false;
  bool no_interpolate = false;
  bool no_normalize = false;
  bool no_path_resolution = false;
  bool no_consistency = false;
  bool no_env_resolution = false;
  std::vector<std::string> names;
};

void add_with_dependencies(const Project& project, const std::string& name, std::set<std::string>& into) {
  const Service* service = project.find_service(name);
  if (service == nullptr || !into.insert(name).second) return;
  for (const compose::Dependency& dependency : service->depends_on) {
    add_with_dependencies(project, dependency.service, into);
  }
}

/// Leaves only the named services and what they need, with the resources that these use.
void keep_only(LoadResult& loaded, const std::vector<std::string>& names) {
  if (names.empty()) return;
  std::set<std::string> kept;
  for (const std::string& name : names) {
    loaded.project.get_service(name);
    add_with_dependencies(loaded.project, name, kept);
  }
  compose::Node* services = loaded.tree.find("services");
  std::erase_if(services->members(), [&kept](const compose::Member& member) { return !kept.contains(member.key); });
  compose::drop_unused(loaded.tree);
  const auto is_gone = [&loaded](const char* section) {
    return [resources = loaded.tree.find(section)](const auto& entry) {
      return resources == nullptr || resources->find(entry.first) == nullptr;
    };
  };
  std::erase_if(loaded.project.services, is_gone("services"));
  std::erase_if(loaded.project.networks, is_gone("networks"));
  std::erase_if(loaded.project.volumes, is_gone("volumes"));
}

std::string text_for(const LoadResult& loaded, const Options& options) {
  const Project& project = loaded.project;
  if (options.services) return names_in(loaded, "services");
  if (options.volumes) return names_in(loaded, "volumes");
  if (options.networks) return names_in(loaded, "networks");
  if (options.models) return models_text(loaded);
  if (options.images) return images_text(loaded);
  if (options.profiles) return profiles_text(project);
  if (options.environment) return environment_text(project);
  if (options.hash) return hashes_text(project, *options.hash);
  if (options.variables) return variables_text(loaded.tree, options.format);
  // What is not interpolated still holds its dollars as the file has them.
  if (options.no_interpolate) {
    return options.format == "json" ? compose::to_json(loaded.tree) : compose::to_yaml(loaded.tree);
  }
  const compose::Node tree = compose::escape_variables(loaded.tree);
  return options.format == "json" ? compose::to_json(compose::to_json_form(tree)) : compose::to_yaml(tree);
}

void write(Session& session, const Options& options, const std::string& text) {
  if (options.output.empty()) {
    session.print(text);
  } else {
    write_file_atomically(options.output, text, permissions_for(options.output));
  }
}

/// Puts digests into the tree, of which only the images are left when it is to `lock` them.
void pin(Session& session, compose::Node& tree, bool lock) {
  pin_tree(tree, [&session](const std::vector<std::string>& images) {
    const EngineConnection& connection = session.connection();
    return connection.pin_images(images, session.stop());
  });
  if (!lock) return;
  for (const std::string& name : services_with_hook_images(tree)) {
    session.warn(
        fmt::format("images of 'pre_start' of service '{}' are not in the override file; "
                    "--resolve-image-digests has them",
                    name));
  }
  tree = lock_form(tree);
}

int print_config(Session& session, const Options& options) {
  if (options.hash && options.hash->empty()) {
    throw Error(ErrorCode::bad_input, "--hash wants names of services").with_hint("--hash '*' is for all of them");
  }
  refuse_together({options.explain.has_value(), "--explain"}, {options.no_interpolate, "--no-interpolate"});
  compose::LoadRequest request = session.load_request(options.names);
  request.interpolate = !options.no_interpolate && !options.variables;
  request.normalize = !options.no_normalize && !session.globals().compatibility;  // as Docker Compose does it
  request.resolve_paths = !options.no_path_resolution;
  request.check_consistency = !options.no_consistency;
  request.resolve_env_files = !options.no_env_resolution;
  if (options.hash) request.details = compose::Details::hashes;
  if (options.explain) {
    const compose::Explanation explanation = compose::explain(request, *options.explain);
    write(session, options, options.format == "json" ? explanation_json(explanation) : explanation_text(explanation));
    return 0;
  }
  LoadResult loaded = compose::load(request);
  session.tell_findings(loaded);
  if (request.interpolate) {
    keep_only(loaded, options.names);
  } else if (!options.names.empty()) {
    session.warn(fmt::format("with {} services are not chosen: this is about all of them",
                             options.variables ? "--variables" : "--no-interpolate"));
  }
  if (options.resolve_digests || options.lock_digests) pin(session, loaded.tree, options.lock_digests);
  if (options.quiet) return 0;
  write(session, options, text_for(loaded, options));
  return 0;
}

int config(Session& session, const Options& options) {
  if (options.format != "json") return print_config(session, options);
  try {
    return print_config(session, options);
  } catch (const Error& error) {
    // Who asked for JSON is a program: what is wrong is its result. People are told as ever.
    session.print(errors_json(error));
    throw;
  }
}

}  // namespace

Action define_config(Arguments& arguments) {
  const auto options = std::make_shared<Options>();
  arguments.choice("--format", options->format, {"yaml", "json"}, "FORMAT",
                   "form of the output; json: errors in the files too");
  arguments.flag("--resolve-image-digests", options->resolve_digests, "put the digests of registries to images");
  arguments.flag("--lock-image-digests", options->lock_digests, "an override file that puts digests to images");
  arguments.flag("-q,--quiet", options->quiet, "only check, print nothing");
  arguments.flag("--services", options->services, "only names of services");
  arguments.flag("--volumes", options->volumes, "only names of volumes");
  arguments.flag("--networks", options->networks, "only names of networks");
  arguments.flag("--models", options->models, "only what models run");
  arguments.flag("--images", options->images, "only names of images");
  arguments.flag("--profiles", options->profiles, "only names of profiles");
  arguments.flag("--environment", options->environment, "only the variables that the files may use");
  arguments.flag("--variables", options->variables, "only the variables that the files use, with their defaults");
  arguments.value("--hash", options->hash, "SERVICES", "only hashes of services: names with commas between, or '*'");
  arguments.value("--explain", options->explain, "PATH",
                  "where a value comes from and what it was before: services.web.environment.DEBUG");
  arguments.value("-o,--output", options->output, "FILE", "write to a file").completes = WordKind::file;
  arguments.flag("--no-interpolate", options->no_interpolate, "leave variables as they are written");
  arguments.flag("--no-normalize", options->no_normalize, "leave out what is only implied");
  arguments.flag("--no-path-resolution", options->no_path_resolution, "leave paths as they are written");
  arguments.flag("--no-consistency", options->no_consistency, "do not check that what is named exists");
  arguments.flag("--no-env-resolution", options->no_env_resolution, "leave env files unread");
  arguments.positionals("SERVICE", options->names, WordKind::service);
  return [options](Session& session) { return config(session, *options); };
}

}  // namespace hoist::cli

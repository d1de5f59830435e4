#include <memory>

#include "cli/commands.hpp"
#include "cli/session.hpp"
#include "cli/up_options.hpp"

namespace hoist::cli {
namespace {

int create(Session& session, const UpOptions& options) {
  check_conflicts(options);
  const compose::Project& project = session.project_to_make(options.services);
  compose::UpRequest request = up_request(session, options);
  request.start = false;
  const UpResult result = bring_up(session, project, options, request);
  if (!result.changed && !session.globals().dry_run) tell(session, project.name + " is up to date");
  return 0;
}

}  // namespace

Action define_create(Arguments& arguments) {
  const auto options = std::make_shared<UpOptions>();
  declare_create_options(arguments, *options);
  return [options](Session& session) { return create(session, *options); };
}

}  // namespace hoist::cli

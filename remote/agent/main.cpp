#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

#include "compose/base/error.hpp"
#include "compose/base/fd_stream.hpp"
#include "compose/base/file.hpp"
#include "compose/base/version.hpp"
#include "remote/agent/user.hpp"
#include "sync/session/agent_server.hpp"

namespace {

constexpr int k_wrong_use = 2;

/// What is made shall belong to the container's user, if the agent may decide that.
std::optional<hoist::sync::Owner> owner_for(std::string_view user) {
  if (::geteuid() != 0) return std::nullopt;
  std::optional<hoist::sync::Owner> owner = hoist::agent::owner_of_user(
      user, hoist::find_file("/etc/passwd").value_or(""), hoist::find_file("/etc/group").value_or(""));
  if (!owner) {
    throw hoist::Error(hoist::ErrorCode::not_found, "the container knows no user '" + std::string(user) + "'");
  }
  return owner;
}

/// Serves until the input ends: then whoever asked is gone.
int serve(std::string_view user) {
  std::signal(SIGPIPE, SIG_IGN);
  ::umask(0);  // modes are those of the files that are carried over
  try {
    hoist::FdStream stream{hoist::Fd(STDIN_FILENO), hoist::Fd(STDOUT_FILENO)};
    hoist::sync::serve_session(stream, {}, owner_for(user));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "hoist-agent: %s\n", error.what());
    return 1;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  if (word == "sync" && argc <= 3) return serve(argc == 3 ? argv[2] : "");
  if (word == "--version") {
    std::printf("hoist-agent %s\n", hoist::k_version);
    return 0;
  }
  std::fputs("usage: hoist-agent sync [USER] | --version\nhoist puts it into containers and starts it there.\n",
             stderr);
  return k_wrong_use;
}

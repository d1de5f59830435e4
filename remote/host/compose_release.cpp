#include "remote/host/compose_release.hpp"

#include <fmt/format.h>

#include <system_error>

#include "compose/base/environment.hpp"
#include "compose/base/error.hpp"
#include "compose/base/file.hpp"
#include "compose/base/text.hpp"

namespace hoist::remote {
namespace {

namespace fs = std::filesystem;

/// What changes when another program lies at `path`: its size and the time of its last change.
std::string mark_of(const fs::path& path) {
  std::error_code unseen;
  const auto size = fs::file_size(path, unseen);
  const auto changed = fs::last_write_time(path, unseen).time_since_epoch().count();
  return fmt::format("{} {} {}", size, changed, path.string());
}

fs::path cache_file(const PluginSearch& search) {
  const fs::path own = value_or_empty(search.environment, "XDG_CACHE_HOME");
  const fs::path base = own.is_absolute() ? own : search.home / ".cache";
  return base / "hoist" / "docker-compose-release";
}

/// The kept answer: the mark and the release, a line each. Nothing when it is another program's or unreadable.
std::optional<std::string> kept(const fs::path& file, const std::string& mark) {
  try {
    const std::optional<std::string> text = find_file(file);
    if (!text || !text->starts_with(mark + "\n")) return std::nullopt;
    return std::string(trim(text->substr(mark.size())));
  } catch (const Error&) {
    return std::nullopt;  // it is asked again
  }
}

void keep(const fs::path& file, const std::string& mark, const std::string& release) {
  std::error_code unseen;
  fs::create_directories(file.parent_path(), unseen);
  try {
    write_file_atomically(file.string(), mark + "\n" + release + "\n");
  } catch (const Error&) {
    // Without a place to keep the answer the question is asked each time.
  }
}

std::string ask(const fs::path& program, ProcessRunner& processes, const std::stop_token& stop) {
  try {
    const ProcessResult answer = processes.run({.argv = {program.string(), "version", "--short"}}, stop);
    if (!answer.status.success()) return {};
    std::string release(trim(answer.out));
    if (release.starts_with('v')) release.erase(0, 1);
    const bool is_release =
        !release.empty() && release[0] >= '2' && release[0] <= '9' && release.find('\n') == release.npos;
    return is_release ? release : std::string();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) throw;
    return {};
  }
}

}  // namespace

std::optional<fs::path> find_docker_compose(const PluginSearch& search) {
  if (std::optional<fs::path> plugin = find_docker_plugin(search, "compose")) return plugin;
  return find_in_path(search, "docker-compose");
}

std::string docker_compose_release(const PluginSearch& search, ProcessRunner& processes, std::stop_token stop) {
  const std::optional<fs::path> program = find_docker_compose(search);
  if (!program) return {};
  const std::string mark = mark_of(*program);
  const fs::path file = cache_file(search);
  if (const std::optional<std::string> release = kept(file, mark)) return *release;
  const std::string release = ask(*program, processes, stop);
  keep(file, mark, release);
  return release;
}

}  // namespace hoist::remote

#include "cli/watch/mirrors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/run_main.hpp"
#include "compose/base/error.hpp"

namespace hoist::cli {
namespace {

constexpr std::uint64_t k_trash_bytes = 64U << 20U;
constexpr std::uint64_t k_trash_entries = 1000;

std::set<std::string> problems_of(const sync::SessionStatus& status) {
  std::set<std::string> all;
  for (const sync::Problem& problem : status.problems) all.insert(fmt::format("{}: {}", problem.path, problem.text));
  for (const sync::Conflict& conflict : status.conflicts) {
    all.insert(fmt::format("{}: it has changed in the container too, and is left alone", conflict.path));
  }
  return all;
}

}  // namespace

Mirrors::Mirrors(StartAgent start_agent, std::function<void(const MirrorKey&)> on_news)
    : start_agent_(std::move(start_agent)), on_news_(std::move(on_news)) {}

void Mirrors::open(const MirrorKey& key, const WatchedTree& tree, std::stop_token stop) {
  if (mirrors_.contains(key)) return;
  sync::LiveRequest request{
      .root = tree.root,
      .hello = {
          .root = tree.far_root, .rules = tree.rules, .trash_bytes = k_trash_bytes, .trash_entries = k_trash_entries}};
  const auto known = continued_.find(key);
  const bool goes_on = known != continued_.end();
  if (goes_on) request.options = known->second;
  std::unique_ptr<ByteStream> agent = start_agent_(key.container, std::move(stop));
  auto session =
      std::make_unique<sync::LiveSession>(std::move(request), std::move(agent), [this, key] { on_news_(key); });
  mirrors_.emplace(key, Mirror{.session = std::move(session), .goes_on = goes_on});
  on_news_(key);  // what it told before it was kept
}

void Mirrors::close(const std::string& container) {
  std::erase_if(mirrors_, [this, &container](const auto& entry) {
    if (entry.first.container != container) return false;
    keep(entry.first, entry.second);
    return true;
  });
}

void Mirrors::forget(const std::string& container) {
  close(container);
  std::erase_if(continued_, [&container](const auto& entry) { return entry.first.container == container; });
}

void Mirrors::keep(const MirrorKey& key, const Mirror& mirror) {
  if (mirror.session->status().connected) continued_[key] = mirror.session->continued();
}

std::optional<MirrorReport> Mirrors::report(const MirrorKey& key) {
  const auto found = mirrors_.find(key);
  if (found == mirrors_.end()) return std::nullopt;
  Mirror& mirror = found->second;
  const std::exception_ptr fault = mirror.session->fault();
  const sync::SessionStatus status = mirror.session->status();
  MirrorReport report{.connected = status.connected && !std::exchange(mirror.told_connected, status.connected),
                      .last_path = status.last_path,
                      .settled = status.settled};
  if (status.settled || fault) {
    report.changes = status.steps_done - std::exchange(mirror.told_changes, status.steps_done);
    // What a session does first, going on from another, may be to put back what the container has changed.
    const bool is_first = !std::exchange(mirror.told_settled, true);
    report.edited = report.changes > 0 && (!is_first || !mirror.goes_on || status.edited_before);
  }
  std::set<std::string> problems = problems_of(status);
  std::set_difference(problems.begin(), problems.end(), mirror.told_problems.begin(), mirror.told_problems.end(),
                      std::back_inserter(report.problems));
  mirror.told_problems = std::move(problems);
  if (!fault && status.halted.empty()) return report;
  report.halted = !fault;
  report.lost = fault ? std::string(as_error(fault).what()) : status.halted;
  keep(key, mirror);
  mirrors_.erase(found);
  return report;
}

bool Mirrors::is_settled(const std::string& service) const {
  return std::ranges::all_of(mirrors_, [&service](const auto& entry) {
    return entry.first.service != service || entry.second.session->status().settled;
  });
}

}  // namespace hoist::cli

#include "sync/session/session.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"
#include "sync/core/adopt.hpp"

namespace hoist::sync {
namespace {

using namespace std::chrono_literals;

constexpr auto k_busy_pause = 50ms;
/// How long a flush waits for a file that goes on being written: it has no content that could be carried over.
constexpr auto k_busy_patience = 1s;
constexpr std::chrono::milliseconds k_first_pause = 500ms;
constexpr std::chrono::milliseconds k_last_pause = 30s;
/// How often in a row a path may turn out to be another than was thought, before it is left alone for a while.
constexpr int k_changes = 5;

/// Of the far end only content is known, not which inode holds it: what is ours of a stamp must not be taken for its
/// own.
Tree without_stamp(const Tree& tree) {
  if (!tree || tree->is_directory()) return tree;
  return tree->is_file() ? Node::file(tree->mode(), tree->size(), tree->digest()) : Node::symlink(tree->target());
}

/// Whether a path is `directory` or lies in it.
bool is_inside(const std::string& path, const std::string& directory) {
  return directory.empty() || path == directory || path.starts_with(directory + '/');
}

/// What a step that is done has changed.
std::vector<Change> changes_of(const Step& step) {
  if (const auto* put = std::get_if<PutEntry>(&step)) {
    const bool mode_only = put->before && put->before->is_directory() && put->after->is_directory();
    if (mode_only) return {{put->path, put->before, put->after, true}};
    return {{put->path, put->before, put->after->is_directory() ? Node::directory(put->after->mode()) : put->after}};
  }
  if (const auto* removal = std::get_if<RemoveEntry>(&step)) return {{removal->path, removal->before, nullptr}};
  const auto& move = std::get<MoveEntry>(step);
  return {{move.from, move.moved, nullptr}, {move.to, move.replaced, move.moved}};
}

}  // namespace

SyncSession::SyncSession(const Root& alpha, const IgnoreRules& rules, Watcher& watcher, FarEnd& far, const Clock& clock,
                         SessionOptions options)
    : root_(alpha),
      watcher_(watcher),
      far_(far),
      clock_(clock),
      options_(std::move(options)),
      scanner_(alpha, rules),
      ancestor_(options_.ancestor) {
  if (options_.mode != Mode::one_way_safe && options_.mode != Mode::one_way_replica) {
    throw Error(ErrorCode::bad_input, "mode '" + std::string(to_string(options_.mode)) + "' is not one-way");
  }
}

SyncSession::Next SyncSession::step(const std::stop_token& stop) {
  if (!halted_.empty()) return Next::wait;
  if (!std::exchange(far_asked_, true)) far_.scan();
  bool worked = take_far_events();
  worked = take_changes(stop) || worked;
  if (halted_.empty() && far_known_ && std::exchange(dirty_, false)) worked = carry_over() || worked;
  end_flushes();
  return worked && halted_.empty() ? Next::again : Next::wait;
}

std::optional<Clock::TimePoint> SyncSession::next_wakeup() const {
  if (!halted_.empty()) return std::nullopt;
  std::optional<TimePoint> next = watcher_.next_due();
  const auto consider = [&next](TimePoint due) { next = next ? std::min(*next, due) : due; };
  for (const auto& [path, busy] : busy_) consider(busy.due);
  for (const auto& [path, retry] : retries_) {
    if (retry.waits) consider(retry.due);
  }
  return next;
}

bool SyncSession::take_far_events() {
  std::vector<FarEvent> events = far_.take();
  for (FarEvent& event : events) {
    std::visit([this](auto&& each) { treat(std::forward<decltype(each)>(each)); }, std::move(event));
  }
  // All at once: each change costs the way to it.
  std::vector<Change> agreed;
  for (auto& [path, change] : std::exchange(agreed_, {})) agreed.push_back(std::move(change));
  ancestor_ = with_changes(ancestor_, agreed);
  return !events.empty();
}

void SyncSession::treat(FarTree event) {
  beta_ = std::move(event.tree);
  far_known_ = true;
  dirty_ = true;
  for (const Problem& problem : event.problems) far_problems_[problem.path] = problem.text + " (at the far end)";
}

void SyncSession::treat(FarEntry event) {
  beta_ = with_changes(beta_, {{event.path, nullptr, std::move(event.now)}});
  if (const auto asked = looking_.find(event.path); asked != looking_.end()) {
    looking_.erase(asked);
    in_flight_.erase(in_flight_.find(event.path));
  }
  dirty_ = true;
}

void SyncSession::treat(StepDone event) {
  const auto flight = flights_.find(event.id);
  if (flight == flights_.end()) return;
  const Step step = std::move(flight->second);
  flights_.erase(flight);
  const std::string& path = path_of(step);
  const bool done = event.outcome.kind == Outcome::Kind::done;
  const bool is_superseded = in_flight_.count(path) > 1;  // a later step decides
  for (const Change& change : changes_of(step)) {
    if (done) note_agreed(change);
    // What is to be looked at stays in flight until it has been.
    if (done || in_flight_.count(change.path) > 1) {
      in_flight_.erase(in_flight_.find(change.path));
    } else {
      far_.look(change.path);
      looking_.insert(change.path);
    }
  }
  if (done) {
    ++steps_done_;
    last_path_ = path;
    retries_.erase(path);
    problems_.erase(path);
  } else if (!is_superseded) {
    // Something else was there: it is looked at, and decided anew. Whoever meets that again and again has to wait.
    const bool is_new = event.outcome.kind == Outcome::Kind::changed && ++retries_[path].changes <= k_changes;
    if (!is_new && is_wanted(step)) fail(path, event.outcome.text);
  }
  // Who waits for this step waits for what comes in its place.
  for (auto& [ticket, flush] : flushes_) {
    if (!done && flush.last_step && event.id <= *flush.last_step) flush.last_step.reset();
  }
  dirty_ = true;
}

/// Whether a step still leads to what is here.
bool SyncSession::is_wanted(const Step& step) const {
  const Tree here = find(alpha_, path_of(step));
  if (std::holds_alternative<RemoveEntry>(step)) return !here;
  if (const auto* move = std::get_if<MoveEntry>(&step)) return same_content(here, move->moved);
  const Tree& after = std::get<PutEntry>(step).after;
  return after->is_directory() ? here && here->is_directory() : same_content(here, after);
}

void SyncSession::note_agreed(const Change& change) {
  const auto [entry, fresh] = agreed_.try_emplace(change.path, change);
  if (fresh) return;
  Change& earlier = entry->second;
  if (change.shallow && earlier.after && !earlier.shallow) {
    earlier.after = Node::directory(change.after->mode(), earlier.after->children());
  } else {
    earlier = change;
  }
}

void SyncSession::fail(const std::string& path, const std::string& text) {
  problems_[path] = text;
  Retry& retry = retries_[path];
  retry.pause = retry.pause == 0ms ? k_first_pause : std::min(retry.pause * 2, k_last_pause);
  retry.due = clock_.now() + retry.pause;
  retry.waits = true;
}

void SyncSession::halt(std::string why) {
  halted_ = std::move(why);
}

bool SyncSession::take_changes(const std::stop_token& stop) {
  const TimePoint now = clock_.now();
  WatchBatch batch = watcher_.take(now);
  if (batch.root_gone || !is_root_in_place()) {
    halt("directory '" + root_.path().string() + "' was removed, moved or replaced");
    return false;
  }
  for (const Problem& problem : batch.problems) watch_problems_[problem.path] = problem.text;
  look_at_all_ = look_at_all_ || batch.everything;
  to_look_at_.insert(batch.paths.begin(), batch.paths.end());
  for (const auto& [path, busy] : busy_) {
    if (busy.due <= now) to_look_at_.insert(path);
  }
  for (auto& [path, retry] : retries_) {
    if (!retry.waits || retry.due > now) continue;
    retry.waits = false;
    dirty_ = true;
  }
  const bool changed = look_at_all_ || !to_look_at_.empty();
  if (changed) look(stop);
  // What was done before a cookie has been looked at by now, and is carried over in this step.
  for (auto& [ticket, flush] : flushes_) {
    const bool came = std::find(batch.cookies.begin(), batch.cookies.end(), flush.cookie) != batch.cookies.end();
    flush.seen = flush.seen || came || batch.everything;
  }
  return changed || !batch.empty();
}

/// A root that was moved away and made anew is another one, even where its name is the same.
bool SyncSession::is_root_in_place() const {
  struct stat named {};
  struct stat open {};
  if (::stat(root_.path().c_str(), &named) != 0 || ::fstat(root_.fd(), &open) != 0) return false;
  return named.st_dev == open.st_dev && named.st_ino == open.st_ino;
}

void SyncSession::look(const std::stop_token& stop) {
  const std::vector<std::string> paths(to_look_at_.begin(), to_look_at_.end());
  const Tree before = alpha_;
  // The ancestor holds what was here when the last session ended: what did not change since need not be read.
  Scan scan =
      look_at_all_ || !alpha_ ? scanner_.scan(alpha_ ? alpha_ : ancestor_, stop) : scanner_.rescan(alpha_, paths, stop);
  const std::vector<std::string> looked_at = look_at_all_ ? std::vector<std::string>{""} : paths;
  note_problems(looked_at, scan);
  note_busy(looked_at, scan);
  look_at_all_ = false;
  to_look_at_.clear();
  alpha_ = std::move(scan.tree);
  dirty_ = dirty_ || alpha_ != before;
  // What failed was about what is no more: the new content is tried at once.
  for (auto& [path, retry] : retries_) {
    if (find(before, path) != find(alpha_, path)) retry = {};
  }
}

void SyncSession::note_busy(const std::vector<std::string>& looked_at, const Scan& scan) {
  const TimePoint now = clock_.now();
  for (const std::string& path : scan.busy) {
    Busy& busy = busy_.try_emplace(path, Busy{.since = now}).first->second;
    busy.due = now + k_busy_pause;
    if (now - busy.since >= k_busy_patience) problems_[path] = "is written all the time";
  }
  std::erase_if(busy_, [&](const auto& entry) {
    const bool was_looked_at = std::any_of(looked_at.begin(), looked_at.end(),
                                           [&](const std::string& path) { return is_inside(entry.first, path); });
    return was_looked_at && std::find(scan.busy.begin(), scan.busy.end(), entry.first) == scan.busy.end();
  });
}

bool SyncSession::waits_for_writers() const {
  const TimePoint now = clock_.now();
  return std::any_of(busy_.begin(), busy_.end(),
                     [now](const auto& entry) { return now - entry.second.since < k_busy_patience; });
}

void SyncSession::note_problems(const std::vector<std::string>& looked_at, const Scan& scan) {
  for (const std::string& path : looked_at) {
    std::erase_if(problems_, [&](const auto& problem) {
      return is_inside(problem.first, path) && !retries_.contains(problem.first);
    });
  }
  for (const Problem& problem : scan.problems) problems_[problem.path] = problem.text;
}

bool SyncSession::carry_over() {
  if (!alpha_) return false;
  const bool is_first = !std::exchange(met_, true);
  if (is_first) {
    for (const Change& change : options_.unanswered) {
      if (!change.shallow && same_content(find(beta_, change.path), change.after)) {
        ancestor_ = with_changes(ancestor_, {{change.path, nullptr, change.after}});
      }
    }
    if (!ancestor_ && options_.adopt) ancestor_ = common_ground(alpha_, beta_);
    if (ancestor_ && ancestor_->size() > 1 && alpha_->size() == 0) {
      halt("directory '" + root_.path().string() + "' is empty, and was not when it was last seen");
      return false;
    }
  }
  Reconciliation plan = reconcile(ancestor_, alpha_, beta_, options_.mode);
  std::erase_if(plan.ancestor, [this](const Change& change) { return !is_agreed(change); });
  ancestor_ = with_changes(ancestor_, plan.ancestor);
  conflicts_ = std::move(plan.conflicts);
  // The root of the far end is as it was made there, whoever may look into the one here.
  std::erase_if(plan.beta, [](const Change& change) { return change.path.empty() && change.before && change.shallow; });
  if (is_first) {
    edited_before_ = std::any_of(plan.beta.begin(), plan.beta.end(), [this](const Change& change) {
      const Tree here = find(alpha_, change.path);
      const Tree agreed = find(ancestor_, change.path);
      return !here != !agreed || (here && here->digest() != agreed->digest());
    });
  }
  forget_settled(plan.beta);
  std::erase_if(plan.beta, [this](const Change& change) { return is_held_back(change.path); });
  const bool any = !plan.beta.empty();
  submit(std::move(plan.beta));
  return any;
}

/// What failed and is wanted no more, or has come about in another way, is no problem any longer.
void SyncSession::forget_settled(const std::vector<Change>& wanted) {
  std::erase_if(retries_, [&](const auto& retry) {
    const std::string& path = retry.first;
    const bool is_open =
        in_flight_.contains(path) ||
        std::any_of(wanted.begin(), wanted.end(), [&](const Change& change) { return is_inside(path, change.path); });
    if (!is_open) problems_.erase(path);
    return !is_open;
  });
}

/// What is in flight, or holds something that is, is not agreed on before it is answered.
bool SyncSession::is_agreed(const Change& change) const {
  const bool is_first_root = change.path.empty() && !change.before && change.after && change.after->size() == 0;
  if (change.shallow || is_first_root) return true;
  const auto at = in_flight_.lower_bound(change.path);
  return at == in_flight_.end() || !at->starts_with(change.path);
}

bool SyncSession::is_held_back(const std::string& path) const {
  const auto retry = retries_.find(path);
  if (retry != retries_.end() && retry->second.waits) return true;
  // What is there is not known at the moment.
  return std::any_of(looking_.begin(), looking_.end(), [&path](const std::string& looked_at) {
    return is_inside(looked_at, path) || is_inside(path, looked_at);
  });
}

void SyncSession::submit(std::vector<Change> changes) {
  for (Step& step : steps_of(changes)) {
    if (auto* put = std::get_if<PutEntry>(&step)) put->before = without_stamp(put->before);
    if (auto* removal = std::get_if<RemoveEntry>(&step)) removal->before = without_stamp(removal->before);
    if (auto* move = std::get_if<MoveEntry>(&step)) {
      move->moved = without_stamp(move->moved);
      move->replaced = without_stamp(move->replaced);
    }
    const std::uint64_t id = next_id_++;
    for (const Change& change : changes_of(step)) in_flight_.insert(change.path);
    flights_.emplace(id, step);
    far_.submit(id, std::move(step));
  }
  beta_ = with_changes(beta_, changes);
}

std::uint64_t SyncSession::flush() {
  const std::uint64_t ticket = next_ticket_++;
  const std::string cookie = k_cookie_prefix + std::to_string(::getpid()) + '-' + std::to_string(ticket);
  const Fd at = root_.open_directory("", O_PATH);
  const Fd file(at ? ::openat(at.get(), cookie.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1);
  if (!file) {
    throw Error(ErrorCode::failed,
                "directory '" + root_.path().string() + "' cannot be written to: " + system_text(errno));
  }
  ::unlinkat(at.get(), cookie.c_str(), 0);
  flushes_.emplace(ticket, Flush{.cookie = cookie});
  return ticket;
}

void SyncSession::end_flushes() {
  for (auto& [ticket, flush] : flushes_) {
    const bool is_quiet = met_ && !dirty_ && !waits_for_writers() && looking_.empty();
    if (flush.seen && !flush.last_step && is_quiet) flush.last_step = next_id_ - 1;
  }
  std::erase_if(flushes_, [this](const auto& entry) {
    const std::optional<std::uint64_t>& last = entry.second.last_step;
    return last && looking_.empty() && (flights_.empty() || flights_.begin()->first > *last);
  });
}

std::vector<Change> SyncSession::unanswered() const {
  std::vector<Change> all;
  for (const auto& [id, step] : flights_) {
    for (Change& change : changes_of(step)) all.push_back(std::move(change));
  }
  return all;
}

SessionStatus SyncSession::status() const {
  SessionStatus status{.connected = met_,
                       .edited_before = edited_before_,
                       .entries = alpha_ ? alpha_->size() : 0,
                       .in_flight = flights_.size(),
                       .settled = met_ && !dirty_ && flights_.empty() && looking_.empty() && busy_.empty(),
                       .steps_done = steps_done_,
                       .last_path = last_path_,
                       .conflicts = conflicts_,
                       .halted = halted_};
  for (const auto* problems : {&watch_problems_, &far_problems_, &problems_}) {
    for (const auto& [path, text] : *problems) status.problems.push_back({path, text});
  }
  return status;
}

}  // namespace hoist::sync

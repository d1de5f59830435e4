#include "sync/watch/inotify_watcher.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "compose/base/beneath.hpp"
#include "compose/base/error.hpp"
#include "compose/base/file.hpp"
#include "compose/base/text.hpp"
#include "sync/core/tree.hpp"
#include "sync/watch/debounce.hpp"
#include "sync/watch/watched_tree.hpp"

namespace hoist::sync {
namespace {

using namespace std::chrono_literals;
using TimePoint = Clock::TimePoint;

constexpr auto k_poll_pause = 2s;
constexpr std::uint32_t k_events = IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                   IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK;

Error cannot_watch(const std::string& root, int error) {
  const ErrorCode code = error == ENOENT   ? ErrorCode::not_found
                         : error == EACCES ? ErrorCode::denied
                                           : ErrorCode::failed;
  return Error(code, "directory '" + root + "' cannot be watched: " + system_text(error));
}

/// "b" of "/a/b" and of "/a/b/".
std::string last_name(const std::filesystem::path& path) {
  return path.has_filename() ? path.filename().string() : path.parent_path().filename().string();
}

/// Why a subtree is not watched, with what to do about it where the user can.
std::string why_polled(int error) {
  if (error != ENOSPC) return "cannot be watched (" + system_text(error) + "); it is looked at every 2 s";
  return "is looked at every 2 s: the kernel allows no more watches; raise the limit with "
         "'sudo sysctl fs.inotify.max_user_watches=1048576'";
}

}  // namespace

class InotifyWatcher::Impl {
 public:
  Impl(const std::string& root, IgnoreRules rules, std::function<void()> on_news)
      : rules_(std::move(rules)),
        on_news_(std::move(on_news)),
        name_(last_name(root)),
        root_(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)),
        inotify_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)),
        wakeup_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!root_) throw cannot_watch(root, errno);
    if (!inotify_ || !wakeup_) {
      throw Error(ErrorCode::failed, "inotify cannot be used: " + system_text(errno))
          .with_hint("raise the limit with 'sudo sysctl fs.inotify.max_user_instances=1024'");
    }
    watch_all({});
    // As long as a directory is open the kernel does not tell of its end, but the directory above does.
    above_ = ::inotify_add_watch(inotify_.get(), (root + "/..").c_str(), IN_DELETE | IN_MOVED_FROM | IN_ONLYDIR);
    if (!tree_.has("") && !polled_.contains("")) throw cannot_watch(root, ENOENT);
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }

  ~Impl() {
    thread_.request_stop();
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(wakeup_.get(), &one, sizeof one);
  }

  WatchBatch take(TimePoint now) {
    const std::scoped_lock lock(mutex_);
    WatchBatch batch = std::exchange(batch_, {});
    batch.paths = debounce_.take(now);
    if (!polled_.empty() && now >= next_poll_) {
      next_poll_ = now + k_poll_pause;
      batch.paths.insert(batch.paths.end(), polled_.begin(), polled_.end());
      std::sort(batch.paths.begin(), batch.paths.end());
      batch.paths.erase(std::unique(batch.paths.begin(), batch.paths.end()), batch.paths.end());
    }
    if (batch.everything) batch.paths.clear();
    return batch;
  }

  std::optional<TimePoint> next_due() const {
    const std::scoped_lock lock(mutex_);
    if (!batch_.empty()) return TimePoint::min();
    std::optional<TimePoint> due = debounce_.next_due();
    if (!polled_.empty() && (!due || next_poll_ < *due)) due = next_poll_;
    return due;
  }

  std::size_t watches() const {
    const std::scoped_lock lock(mutex_);
    return tree_.size();
  }

 private:
  void run(const std::stop_token& stop) {
    alignas(struct inotify_event) std::array<char, 64U << 10U> buffer;
    while (!stop.stop_requested()) {
      std::array<struct pollfd, 2> ready{{{inotify_.get(), POLLIN, 0}, {wakeup_.get(), POLLIN, 0}}};
      if (::poll(ready.data(), ready.size(), -1) < 0) continue;
      const ssize_t count = ::read(inotify_.get(), buffer.data(), buffer.size());
      if (count <= 0) continue;
      bool news = false;
      {
        const std::scoped_lock lock(mutex_);
        const TimePoint now = std::chrono::steady_clock::now();
        for (ssize_t at = 0; at < count;) {
          const auto* event = reinterpret_cast<const struct inotify_event*>(buffer.data() + at);
          treat(*event, now);
          at += static_cast<ssize_t>(sizeof(struct inotify_event) + event->len);
        }
        news = !batch_.empty() || !debounce_.empty();
      }
      if (news) on_news_();
    }
  }

  /// With the lock held, as all below.
  void treat(const struct inotify_event& event, TimePoint now) {
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
      // Directories may have come and gone unseen as well.
      debounce_.clear();
      batch_.everything = true;
      watch_all({});
      return;
    }
    if (event.wd == above_) {
      batch_.root_gone = batch_.root_gone || (event.len > 0 && name_ == event.name);
      return;
    }
    const std::string* directory = tree_.path_of(event.wd);
    if (directory == nullptr) return;
    if ((event.mask & IN_IGNORED) != 0) {
      tree_.remove(event.wd);
      return;
    }
    if ((event.mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)) != 0) {
      // Of all other directories the one above tells.
      if (directory->empty()) batch_.root_gone = true;
      return;
    }
    if (event.len == 0) return;  // the directory's own mode: the one above tells
    const std::string name = event.name;
    if (directory->empty() && name.starts_with(k_cookie_prefix)) {
      if ((event.mask & IN_CREATE) != 0) see_cookie(name);
      return;
    }
    const std::string path = joined(*directory, name);
    if ((event.mask & IN_ISDIR) != 0) {
      treat_directory(path, event.mask, now);
    } else if (!rules_.ignores(path, false)) {
      debounce_.add(path, edit_of(*directory, name, event.mask), now);
    }
  }

  void see_cookie(const std::string& name) {
    batch_.cookies.push_back(name);
    debounce_.flush();
  }

  void treat_directory(const std::string& path, std::uint32_t mask, TimePoint now) {
    const bool ignored = rules_.ignores(path, true);
    if (ignored && !rules_.may_have_wanted_below(path)) return;
    if ((mask & (IN_DELETE | IN_MOVED_FROM)) != 0) forget(path);
    if ((mask & (IN_CREATE | IN_MOVED_TO)) != 0) {
      forget(path);
      watch_all(path);
    }
    debounce_.add(path, Edit::finished, now);
  }

  Edit edit_of(const std::string& directory, const std::string& name, std::uint32_t mask) const {
    if ((mask & (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB)) != 0) return Edit::finished;
    if ((mask & IN_CREATE) == 0) return Edit::begun;
    // Links come as a whole, without anybody closing them.
    struct stat found {};
    const Fd at = open_directory_beneath(root_.get(), directory, O_PATH);
    const bool known = at && ::fstatat(at.get(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0;
    return known && (!S_ISREG(found.st_mode) || found.st_nlink > 1) ? Edit::finished : Edit::begun;
  }

  void forget(const std::string& path) {
    for (const int watch : tree_.take_below(path)) ::inotify_rm_watch(inotify_.get(), watch);
    for (auto it = polled_.lower_bound(path); it != polled_.end() && it->starts_with(path);) {
      const bool inside = it->size() == path.size() || (*it)[path.size()] == '/';
      it = inside ? polled_.erase(it) : std::next(it);
    }
  }

  void watch_all(const std::string& path) { watch_below(path, open_directory_beneath(root_.get(), path, O_RDONLY), 0); }

  /// Watches a directory and those in it. It is watched first and listed then.
  void watch_below(const std::string& path, Fd directory, int depth) {
    constexpr int k_deepest = 200;
    if (!directory || depth > k_deepest) return;  // it is gone, and that is told of; a scan names what is too deep
    const int watch =
        ::inotify_add_watch(inotify_.get(), ("/proc/self/fd/" + std::to_string(directory.get())).c_str(), k_events);
    if (watch < 0) {
      if (errno == ENOENT) return;
      if (polled_.insert(path).second) batch_.problems.push_back({path, why_polled(errno)});
      next_poll_ = std::chrono::steady_clock::now() + k_poll_pause;
      return;
    }
    tree_.put(path, watch);
    DIR* stream = ::fdopendir(directory.get());
    if (stream == nullptr) return;
    const int at = directory.release();
    while (const struct dirent* entry = ::readdir(stream)) {  // NOLINT(concurrency-mt-unsafe): a stream of our own
      if (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN) continue;
      const std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      const std::string below = joined(path, name);
      if (rules_.ignores(below, true) && !rules_.may_have_wanted_below(below)) continue;
      watch_below(below, Fd(::openat(at, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)), depth + 1);
    }
    ::closedir(stream);
  }

  const IgnoreRules rules_;
  const std::function<void()> on_news_;
  const std::string name_;  ///< of the root in the directory above
  const Fd root_;
  const Fd inotify_;
  const Fd wakeup_;

  mutable std::mutex mutex_;
  int above_ = -1;  ///< the watch on the directory above the root
  WatchedTree tree_;
  Debounce debounce_;
  WatchBatch batch_;              ///< without paths
  std::set<std::string> polled_;  ///< subtrees that the kernel does not watch
  TimePoint next_poll_{};

  std::jthread thread_;  // last: joined before the rest goes
};

InotifyWatcher::InotifyWatcher(const std::string& root, IgnoreRules rules, std::function<void()> on_news)
    : impl_(std::make_unique<Impl>(root, std::move(rules), std::move(on_news))) {}

InotifyWatcher::~InotifyWatcher() = default;

WatchBatch InotifyWatcher::take(Clock::TimePoint now) {
  return impl_->take(now);
}

std::optional<Clock::TimePoint> InotifyWatcher::next_due() const {
  return impl_->next_due();
}

std::size_t InotifyWatcher::watches() const {
  return impl_->watches();
}

}  // namespace hoist::sync

#include "sync/disk/scan.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <memory>
#include <optional>
#include <utility>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"
#include "sync/core/change.hpp"

namespace hoist::sync {
namespace {

constexpr std::size_t k_buffer_size = 256U << 10U;
/// Directories are open all the way down.
constexpr int k_deepest = 200;

/// The clock that file systems take their times from.
std::int64_t file_time_now() {
  struct timespec now {};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

/// The names in a directory, sorted. Returns 0 or errno.
int list(Fd directory, std::vector<std::string>& names) {
  const std::unique_ptr<DIR, CloseDirectory> stream(::fdopendir(directory.get()));
  if (!stream) return errno;
  directory.release();  // the stream's from here on
  while (true) {
    errno = 0;
    const struct dirent* entry = ::readdir(stream.get());  // NOLINT(concurrency-mt-unsafe): a stream of our own
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return errno;
  std::sort(names.begin(), names.end());
  return 0;
}

/// Paths without those that lie in another one of them.
std::vector<std::string> outermost(std::vector<std::string> paths) {
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> result;
  for (std::string& path : paths) {
    bool inside = false;
    for (std::string_view at = path;; at = parent_of(at)) {
      inside = inside || std::binary_search(result.begin(), result.end(), at);
      if (inside || at.empty()) break;
    }
    if (!inside) result.push_back(std::move(path));
  }
  return result;
}

}  // namespace

bool is_settled(const Stamp& stamp, std::int64_t now) {
  constexpr std::int64_t k_coarsest = 20'000'000;  // a tick of the kernel is 10 ms at most
  return std::max(stamp.changed, stamp.modified) < now - k_coarsest;
}

/// One look, from its beginning to its end.
class Scanner::Walk {
 public:
  Walk(Scanner& scanner, const std::stop_token& stop) : scanner_(scanner), stop_(stop) {}

  /// What is at `name` in `directory`; nothing when there is nothing to carry over.
  Tree look(int directory, const std::string& name, const std::string& path, const Tree& known, int depth) {
    if (stop_.stop_requested()) throw Error(ErrorCode::cancelled, "interrupted");
    struct stat found {};
    if (const int error = look_at(directory, name, found); error != 0) {
      return error == ENOENT ? nullptr : keep(path, "cannot be looked at", error, known);
    }
    const bool is_directory = S_ISDIR(found.st_mode);
    const bool ignored = !path.empty() && scanner_.rules_.ignores(path, is_directory);
    if (is_directory) {
      if (ignored && !scanner_.rules_.may_have_wanted_below(path)) return nullptr;
      Tree tree = look_into(directory, name, path, known, found, depth);
      return ignored && tree && tree->children().empty() ? nullptr : tree;
    }
    if (ignored) return nullptr;
    if (S_ISREG(found.st_mode)) return read(directory, name, path, known, found);
    if (S_ISLNK(found.st_mode)) return read_link(directory, name, path, known, found);
    return nullptr;
  }

  Scan result;

 private:
  Tree keep(const std::string& path, const char* what, int error, const Tree& known) {
    result.problems.push_back({path, std::string(what) + ": " + system_text(error)});
    return known;
  }

  Tree look_into(int parent, const std::string& name, const std::string& path, const Tree& known,
                 const struct stat& found, int depth) {
    if (depth == k_deepest) return keep(path, "lies too deep", ENAMETOOLONG, known);
    Fd directory(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory) return errno == ENOENT ? nullptr : keep(path, "cannot be opened", errno, known);
    const Fd at(::fcntl(directory.get(), F_DUPFD_CLOEXEC, 0));
    std::vector<std::string> names;
    const int error = at ? list(std::move(directory), names) : errno;
    if (error != 0) return keep(path, "cannot be listed", error, known);
    const bool was_directory = known && known->is_directory();
    bool unchanged = was_directory && known->mode() == (found.st_mode & 07777U);
    Children children;
    for (const std::string& child : names) {
      const Tree old = was_directory ? known->find(child) : nullptr;
      Tree node = look(at.get(), child, joined(path, child), old, depth + 1);
      unchanged = unchanged && node == old;
      if (node) children.push_back({child, std::move(node)});
    }
    if (unchanged && children.size() == known->children().size()) return known;
    return Node::directory(found.st_mode, std::move(children), stamp_of(found));
  }

  Tree read(int directory, const std::string& name, const std::string& path, const Tree& known,
            const struct stat& found) {
    if (is_known(known, NodeKind::file, found)) return known;
    // Not blocked by a pipe that came into the file's place.
    const Fd file(::openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file) return errno == ENOENT ? nullptr : keep(path, "cannot be read", errno, known);
    struct stat before {};
    struct stat after {};
    const std::int64_t now = file_time_now();
    if (::fstat(file.get(), &before) != 0) return keep(path, "cannot be read", errno, known);
    if (!S_ISREG(before.st_mode)) return busy(path, known);
    Digester digester;
    std::uint64_t size = 0;
    while (true) {
      const ssize_t count = ::read(file.get(), scanner_.buffer_.data(), scanner_.buffer_.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return keep(path, "cannot be read", errno, known);
      if (count == 0) break;
      digester.add({scanner_.buffer_.data(), static_cast<std::size_t>(count)});
      size += static_cast<std::uint64_t>(count);
      if (stop_.stop_requested()) throw Error(ErrorCode::cancelled, "interrupted");
    }
    ++result.files_read;
    result.bytes_read += size;
    if (::fstat(file.get(), &after) != 0) return keep(path, "cannot be read", errno, known);
    const Stamp stamp = stamp_of(after);
    if (stamp != stamp_of(before) || size != static_cast<std::uint64_t>(after.st_size)) return busy(path, known);
    return Node::file(after.st_mode, size, digester.digest(), relied_on(stamp, now));
  }

  Tree read_link(int directory, const std::string& name, const std::string& path, const Tree& known,
                 const struct stat& found) {
    if (is_known(known, NodeKind::symlink, found)) return known;
    const std::int64_t now = file_time_now();
    std::string target(4096, '\0');
    const ssize_t size = ::readlinkat(directory, name.c_str(), target.data(), target.size());
    if (size < 0)
      return errno == ENOENT || errno == EINVAL ? busy(path, known) : keep(path, "cannot be read", errno, known);
    target.resize(static_cast<std::size_t>(size));
    return Node::symlink(std::move(target), relied_on(stamp_of(found), now));
  }

  Tree busy(const std::string& path, const Tree& known) {
    result.busy.push_back(path);
    return known;
  }

  static bool is_known(const Tree& known, NodeKind kind, const struct stat& found) {
    return known && known->kind() == kind && known->size() == static_cast<std::uint64_t>(found.st_size) &&
           known->stamp() == stamp_of(found);
  }

  /// A stamp that cannot be relied on yet is none, so that the file is read again next time.
  static Stamp relied_on(const Stamp& stamp, std::int64_t now) { return is_settled(stamp, now) ? stamp : Stamp(); }

  Scanner& scanner_;
  const std::stop_token& stop_;
};

Scanner::Scanner(const Root& root, const IgnoreRules& rules) : root_(root), rules_(rules), buffer_(k_buffer_size) {}

Scan Scanner::scan(const Tree& known, std::stop_token stop) {
  Walk walk(*this, stop);
  Tree tree = walk.look(root_.fd(), ".", {}, known, 0);
  const bool failed = !walk.result.problems.empty() && walk.result.problems.front().path.empty();
  if (failed || !tree) {
    throw Error(ErrorCode::failed, "directory '" + root_.path().string() + "' " +
                                       (failed ? walk.result.problems.front().text : std::string("is gone")));
  }
  walk.result.tree = std::move(tree);
  return std::move(walk.result);
}

/// The highest directory that has to be looked at for `path`: what lies in one that is not known yet comes with it, and
/// where the way there is gone, so is the directory. An empty path: all of the tree.
std::string Scanner::highest_changed(const Tree& known, std::string path) const {
  while (!path.empty()) {
    const Tree parent = find(known, parent_of(path));
    if (parent && parent->is_directory()) {
      if (root_.open_directory(parent_of(path), O_PATH)) break;
      if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP) break;
    }
    path = std::string(parent_of(path));
  }
  return path;
}

Scan Scanner::rescan(const Tree& known, const std::vector<std::string>& paths, std::stop_token stop) {
  std::vector<std::string> wanted;
  for (const std::string& path : paths) wanted.push_back(highest_changed(known, path));
  wanted = outermost(std::move(wanted));
  if (!wanted.empty() && wanted.front().empty()) return scan(known, std::move(stop));
  Walk walk(*this, stop);
  std::vector<Change> changes;
  for (const std::string& path : wanted) {
    const Tree before = find(known, path);
    const Fd parent = root_.open_directory(parent_of(path), O_PATH);
    if (!parent) {
      walk.result.problems.push_back({path, "cannot be looked at: " + system_text(errno)});
      continue;
    }
    Tree after = walk.look(parent.get(), std::string(name_of(path)), path, before, 0);
    if (after != before) changes.push_back({path, before, std::move(after)});
  }
  walk.result.tree = with_changes(known, changes);
  return std::move(walk.result);
}

}  // namespace hoist::sync

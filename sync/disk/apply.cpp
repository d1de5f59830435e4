#include "sync/disk/apply.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"
#include "sync/core/path.hpp"

namespace hoist::sync {
namespace {

using Kind = Outcome::Kind;

constexpr std::int64_t k_second = 1'000'000'000;

Outcome failed(const std::string& what, int error) {
  return {Kind::failed, nullptr, what + ": " + system_text(error)};
}
Outcome changed(std::string text) {
  return {Kind::changed, nullptr, std::move(text)};
}

struct timespec time_of(std::int64_t nanoseconds) {
  return {.tv_sec = nanoseconds / k_second, .tv_nsec = nanoseconds % k_second};
}

/// Without the inode's own time, which a move sets anew.
bool is_same_file(const Stamp& left, const Stamp& right) {
  return left.inode == right.inode && left.modified == right.modified;
}

NodeKind kind_of(const struct stat& found) {
  return S_ISDIR(found.st_mode) ? NodeKind::directory : S_ISLNK(found.st_mode) ? NodeKind::symlink : NodeKind::file;
}

std::string target_of(int directory, const std::string& name) {
  std::string target(4096, '\0');
  const ssize_t size = ::readlinkat(directory, name.c_str(), target.data(), target.size());
  target.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  return target;
}

}  // namespace

/// One step from its beginning to its end.
class Applier::Work {
 public:
  Work(Applier& applier, ContentSource& source, const std::stop_token& stop)
      : root_(applier.root_), owner_(applier.owner_), staging_(applier.staging_), source_(source), stop_(stop) {}

  Outcome operator()(const PutEntry& put) {
    if (put.path.empty()) return put.after->is_directory() ? put_root(*put.after) : changed("the root is a directory");
    const Fd parent = root_.open_directory(parent_of(put.path), O_PATH);
    if (!parent) return no_way_to(put.path);
    const std::string name(name_of(put.path));
    if (put.after->is_directory()) return put_directory(parent.get(), name, put);
    // A place that shall be free is taken only while it is: no need to look first.
    struct stat seen {};
    if (put.before) {
      if (Outcome there = expect(parent.get(), name, put.before, seen); there.kind != Kind::done) return there;
    }
    if (put.before && same_content(put.before, put.after)) return set_mode(parent.get(), name, *put.after);
    if (staging_.fd() < 0) return failed("no place for a new file", errno);
    const std::string staged = staging_.new_name();
    Outcome made = put.after->is_file() ? stage_file(staged, put) : stage_symlink(staged, *put.after);
    if (made.kind != Kind::done) {
      ::unlinkat(staging_.fd(), staged.c_str(), 0);
      return made;
    }
    return put.before ? replace(parent.get(), name, staged, put, seen) : place(parent.get(), name, staged, *put.after);
  }

  Outcome operator()(const RemoveEntry& removal) {
    const Fd parent = root_.open_directory(parent_of(removal.path), O_PATH);
    if (!parent) return errno == ENOENT || errno == ENOTDIR ? Outcome{} : no_way_to(removal.path);
    const std::string name(name_of(removal.path));
    if (removal.before->is_directory()) {
      if (::unlinkat(parent.get(), name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return {};
      if (errno == ENOTEMPTY || errno == EEXIST) return changed("it holds something else");
      return errno == ENOTDIR ? changed("it is no directory any more") : failed("cannot be removed", errno);
    }
    struct stat seen {};
    if (look_at(parent.get(), name, seen) == ENOENT) return {};
    if (Outcome there = expect(parent.get(), name, removal.before, seen); there.kind != Kind::done) return there;
    if (staging_.fd() < 0) return failed("no place for what is removed", errno);
    const std::string aside = staging_.new_name();
    if (::renameat(parent.get(), name.c_str(), staging_.fd(), aside.c_str()) != 0) {
      return errno == ENOENT ? Outcome{} : failed("cannot be removed", errno);
    }
    const bool was_meant = is_still(staging_.fd(), aside, seen);
    // Where something else has come into its place meanwhile it can only be kept.
    if (was_meant || move(staging_.fd(), aside, parent.get(), name, RENAME_NOREPLACE) != 0) {
      staging_.keep(aside, removal.path, static_cast<std::uint64_t>(seen.st_size));
    }
    return was_meant ? Outcome{} : changed("it has just been changed");
  }

  Outcome operator()(const MoveEntry& step) {
    const Fd from = root_.open_directory(parent_of(step.from), O_PATH);
    if (!from) return no_way_to(step.from);
    const Fd to = root_.open_directory(parent_of(step.to), O_PATH);
    if (!to) return no_way_to(step.to);
    const std::string old_name(name_of(step.from));
    const std::string name(name_of(step.to));
    struct stat moved {};
    struct stat replaced {};
    if (Outcome there = expect(from.get(), old_name, step.moved, moved); there.kind != Kind::done) return there;
    if (Outcome there = expect(to.get(), name, step.replaced, replaced); there.kind != Kind::done) return there;
    if (step.replaced && staging_.fd() < 0) return failed("no place for what is replaced", errno);
    const unsigned how = step.replaced ? RENAME_EXCHANGE : RENAME_NOREPLACE;
    if (move(from.get(), old_name, to.get(), name, how) != 0) return refused_move();
    const bool were_meant = (step.moved->is_directory() || is_still(to.get(), name, moved)) &&
                            (!step.replaced || is_still(from.get(), old_name, replaced));
    if (!were_meant) {
      // Both go back to where they were. If that cannot be, each still is at one of the two paths.
      move(to.get(), name, from.get(), old_name, how);
      return changed("it has just been changed");
    }
    if (step.replaced) {
      const std::string aside = staging_.new_name();
      if (::renameat(from.get(), old_name.c_str(), staging_.fd(), aside.c_str()) != 0) {
        return failed("cannot be replaced", errno);
      }
      staging_.keep(aside, step.to, static_cast<std::uint64_t>(replaced.st_size));
    }
    return {Kind::done, now_at(to.get(), name, *step.moved), {}};
  }

 private:
  static Outcome no_way_to(const std::string& path) {
    const int error = errno;
    const bool gone = error == ENOENT || error == ENOTDIR || error == ELOOP;
    return gone ? changed("its directory is not there") : failed("'" + path + "' cannot be reached", error);
  }
  static Outcome refused_move() {
    if (errno == EEXIST || errno == ENOENT || errno == ENOTEMPTY) return changed("something else is there");
    return failed("cannot be moved", errno);
  }

  static int move(int from, const std::string& old_name, int to, const std::string& name, unsigned how) {
    return static_cast<int>(::syscall(SYS_renameat2, from, old_name.c_str(), to, name.c_str(), how));
  }

  /// Whether `wanted` is what is there; of a directory only that it is one. `found`: how it was before it was looked
  /// into, so that a change since then shows.
  Outcome expect(int directory, const std::string& name, const Tree& wanted, struct stat& found) {
    const int error = look_at(directory, name, found);
    if (error == ENOENT) return wanted ? changed("it is gone") : Outcome{};
    if (error != 0) return failed("cannot be looked at", error);
    if (!wanted) return changed("something else is there");
    const bool special = !S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode) && !S_ISLNK(found.st_mode);
    if (special || kind_of(found) != wanted->kind()) return changed("it is of another kind");
    if (wanted->is_directory()) return {};
    if (wanted->size() != static_cast<std::uint64_t>(found.st_size)) return changed("it has been changed");
    if (is_same_file(wanted->stamp(), stamp_of(found))) return {};
    if (wanted->kind() == NodeKind::symlink) {
      return target_of(directory, name) == wanted->target() ? Outcome{} : changed("it has been changed");
    }
    return holds(directory, name, wanted->digest()) ? Outcome{} : changed("it has been changed");
  }

  bool holds(int directory, const std::string& name, const Digest& digest) {
    const Fd file(::openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file) return false;
    std::vector<char> buffer(64U << 10U);
    Digester digester;
    while (true) {
      if (stop_.stop_requested()) throw Error(ErrorCode::cancelled, "interrupted");
      const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return false;
      if (count == 0) return digester.digest() == digest;
      digester.add({buffer.data(), static_cast<std::size_t>(count)});
    }
  }

  /// Whether an entry is the one that was seen, and has not been written since. Its inode's own time does not count: a
  /// move sets it.
  static bool is_still(int directory, const std::string& name, const struct stat& seen) {
    struct stat found {};
    return look_at(directory, name, found) == 0 && found.st_size == seen.st_size &&
           is_same_file(stamp_of(found), stamp_of(seen));
  }

  Outcome put_root(const Node& after) {
    const std::string path = "/proc/self/fd/" + std::to_string(root_.fd());
    if (::chmod(path.c_str(), after.mode()) != 0) return failed("its mode cannot be set", errno);
    return {Kind::done, Node::directory(after.mode()), {}};
  }

  Outcome put_directory(int parent, const std::string& name, const PutEntry& put) {
    if (::mkdirat(parent, name.c_str(), 0700) == 0) {
      if (const int error = own(parent, name); error != 0) return failed("its owner cannot be set", error);
    } else if (errno != EEXIST) {
      return failed("cannot be made", errno);
    }
    const Fd made(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!made)
      return errno == ENOTDIR || errno == ELOOP ? changed("it is no directory") : failed("cannot be opened", errno);
    if (::fchmod(made.get(), put.after->mode()) != 0) return failed("its mode cannot be set", errno);
    return {Kind::done, Node::directory(put.after->mode()), {}};
  }

  Outcome set_mode(int parent, const std::string& name, const Node& after) {
    const Fd file(::openat(parent, name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!file) return failed("cannot be opened", errno);
    if (::chmod(("/proc/self/fd/" + std::to_string(file.get())).c_str(), after.mode()) != 0) {
      return failed("its mode cannot be set", errno);
    }
    return {Kind::done, now_at(parent, name, after), {}};
  }

  Outcome stage_file(const std::string& staged, const PutEntry& put) {
    const Node& after = *put.after;
    const Fd file(::openat(staging_.fd(), staged.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return failed("cannot be made", errno);
    Digester digester;
    std::uint64_t size = 0;
    int error = 0;
    const std::string fault = source_.read(
        put.path, after,
        [&](std::string_view bytes) {
          digester.add(bytes);
          size += bytes.size();
          if (error == 0) error = write_all(file.get(), bytes);
        },
        stop_);
    if (error != 0) return failed("cannot be written", error);
    if (!fault.empty()) return {Kind::failed, nullptr, fault};
    if (size != after.size() || digester.digest() != after.digest()) {
      return changed("its source has just been changed");
    }
    if (owner_ && ::fchown(file.get(), owner_->user, owner_->group) != 0) {
      return failed("its owner cannot be set", errno);
    }
    // After the owner, as that takes away set-user-id bits.
    if (::fchmod(file.get(), after.mode()) != 0) return failed("its mode cannot be set", errno);
    return set_times(file.get(), {}, after);
  }

  static int write_all(int file, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::write(file, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return errno;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return 0;
  }

  Outcome stage_symlink(const std::string& staged, const Node& after) {
    if (::symlinkat(after.target().c_str(), staging_.fd(), staged.c_str()) != 0) return failed("cannot be made", errno);
    if (const int error = own(staging_.fd(), staged); error != 0) return failed("its owner cannot be set", error);
    return set_times(staging_.fd(), staged, after);
  }

  /// Of the file itself when `name` is empty.
  static Outcome set_times(int at, const std::string& name, const Node& after) {
    if (after.stamp().modified == 0) return {};
    const std::array<struct timespec, 2> times{{{0, UTIME_OMIT}, time_of(after.stamp().modified)}};
    const int result =
        name.empty() ? ::futimens(at, times.data()) : ::utimensat(at, name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW);
    return result == 0 ? Outcome{} : failed("its time cannot be set", errno);
  }

  int own(int directory, const std::string& name) const {
    if (!owner_) return 0;
    return ::fchownat(directory, name.c_str(), owner_->user, owner_->group, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : errno;
  }

  /// Moves a staged entry into a place that must be free.
  Outcome place(int parent, const std::string& name, const std::string& staged, const Node& after) {
    if (move(staging_.fd(), staged, parent, name, RENAME_NOREPLACE) == 0) {
      return {Kind::done, now_at(parent, name, after), {}};
    }
    Outcome refused = refused_move();
    ::unlinkat(staging_.fd(), staged.c_str(), 0);
    return refused;
  }

  /// Moves a staged entry into the place of the one that was `seen`, and that to the trash.
  Outcome replace(int parent, const std::string& name, const std::string& staged, const PutEntry& put,
                  const struct stat& seen) {
    struct stat ours {};
    look_at(staging_.fd(), staged, ours);
    Outcome outcome;
    if (move(staging_.fd(), staged, parent, name, RENAME_EXCHANGE) != 0) {
      outcome = errno == EINVAL || errno == ENOSYS ? replace_blindly(parent, name, staged, seen) : refused_move();
    } else if (!is_still(staging_.fd(), staged, seen)) {
      // The old entry has the staged one's name now, and is another than was seen: it goes back.
      move(staging_.fd(), staged, parent, name, RENAME_EXCHANGE);
      outcome = changed("it has just been changed");
    }
    // Whatever has the staged name by now: our own goes, everything else is somebody's content.
    if (outcome.kind != Kind::done && is_still(staging_.fd(), staged, ours)) {
      ::unlinkat(staging_.fd(), staged.c_str(), 0);
    } else {
      staging_.keep(staged, put.path, static_cast<std::uint64_t>(seen.st_size));
    }
    if (outcome.kind == Kind::done) outcome.now = now_at(parent, name, *put.after);
    return outcome;
  }

  /// Where a file system cannot exchange two names: a change between the look and the move is not seen.
  Outcome replace_blindly(int parent, const std::string& name, const std::string& staged, const struct stat& seen) {
    if (!is_still(parent, name, seen)) return changed("it has just been changed");
    return ::renameat(staging_.fd(), staged.c_str(), parent, name.c_str()) == 0 ? Outcome{} : refused_move();
  }

  /// `node` with the stamp that it has here; without one when somebody was faster.
  static Tree now_at(int parent, const std::string& name, const Node& node) {
    struct stat found {};
    const bool known = look_at(parent, name, found) == 0 && kind_of(found) == node.kind();
    const Stamp stamp = known ? stamp_of(found) : Stamp();
    switch (node.kind()) {
      case NodeKind::directory:
        return Node::directory(node.mode(), node.children());
      case NodeKind::file:
        return Node::file(node.mode(), node.size(), node.digest(), stamp);
      case NodeKind::symlink:
        return Node::symlink(node.target(), stamp);
    }
    return nullptr;
  }

  const Root& root_;
  const std::optional<Owner>& owner_;
  Staging& staging_;
  ContentSource& source_;
  const std::stop_token& stop_;
};

Applier::Applier(const Root& root, std::optional<Owner> owner, const TrashLimits& limits)
    : root_(root), owner_(owner), staging_(root, limits) {}

Outcome Applier::apply(const Step& step, ContentSource& source, const std::stop_token& stop) {
  if (stop.stop_requested()) throw Error(ErrorCode::cancelled, "interrupted");
  const auto is_of_this_tree = [](const std::string& path) { return is_valid_path(path) && !is_own(path); };
  const auto* move = std::get_if<MoveEntry>(&step);
  const bool moves_the_root = move != nullptr && move->from.empty();
  const bool touches_the_root = path_of(step).empty() && !std::holds_alternative<PutEntry>(step);
  if (!is_of_this_tree(path_of(step)) || (move != nullptr && !is_of_this_tree(move->from)) || moves_the_root ||
      touches_the_root) {
    return changed("it is no path of this tree");
  }
  return std::visit(Work(*this, source, stop), step);
}

}  // namespace hoist::sync

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <thread>

#include "compose/base/error.hpp"
#include "compose/base/fd_stream.hpp"
#include "compose/base/file.hpp"
#include "sync/session/agent_server.hpp"
#include "sync/session/file_contents.hpp"
#include "sync/session/local_far_end.hpp"
#include "sync/session/session.hpp"
#include "sync/session/wire_far_end.hpp"
#include "sync/watch/inotify_watcher.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/sync/core/random_trees.hpp"

using namespace hoist;
using namespace hoist::sync;
using namespace std::chrono_literals;
using hoist::test::RandomTrees;

namespace {

namespace fs = std::filesystem;

enum class Way { direct, wire };

/// A session between two directories of this machine, woken by the kernel.
class Live {
 public:
  explicit Live(Way way) : way_(way) {
    std::signal(SIGPIPE, SIG_IGN);  // a cut stream is told by its write
    for (const char* side : {"alpha", "beta"}) fs::create_directory(temp.path() / side);
    watcher.emplace(alpha().string(), rules, [this] { wake(); });
    root.emplace(alpha());
    contents.emplace(*root);
    connect(nullptr);
  }
  ~Live() { disconnect(); }
  Live(const Live&) = delete;
  Live& operator=(const Live&) = delete;

  /// Makes a far end and a session that goes on from `ancestor`.
  void connect(const Tree& ancestor) {
    if (way_ == Way::direct) {
      far = std::make_unique<LocalFarEnd>((temp.path() / "beta").string(), rules, *contents, std::nullopt);
    } else {
      int ends[2];
      REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
      cut_.reset(::dup(ends[0]));
      near_.emplace(Fd(ends[0]), Fd(::dup(ends[0])));
      agent_ = std::jthread([fd = ends[1]](const std::stop_token& stop) {
        FdStream stream{Fd(fd), Fd(::dup(fd))};
        try {
          serve_session(stream, stop);
        } catch (const Error&) {
          // The other end is gone: that is what some of the tests are about.
        }
      });
      const wire::Hello hello{.root = (temp.path() / "beta").string(), .trash_bytes = 1U << 20U, .trash_entries = 10};
      far = std::make_unique<WireFarEnd>(*near_, hello, *contents, ancestor, [this] { wake(); });
    }
    session.emplace(*root, rules, *watcher, *far, clock,
                    SessionOptions{.mode = Mode::one_way_replica, .ancestor = ancestor});
  }
  /// Cuts the stream at whatever it carries.
  void cut() { ::shutdown(cut_.get(), SHUT_RDWR); }
  void disconnect() {
    session.reset();
    far.reset();
    agent_ = {};
    near_.reset();
  }

  fs::path alpha(const std::string& path = {}) const {
    return path.empty() ? temp.path() / "alpha" : temp.path() / "alpha" / path;
  }
  /// Runs the session until all that was done is there; fails after 30 s.
  void flush() {
    const std::uint64_t ticket = session->flush();
    const auto give_up = clock.now() + 30s;
    while (!session->is_flushed(ticket)) {
      if (session->step({}) == SyncSession::Next::again) continue;
      if (session->is_flushed(ticket)) break;
      REQUIRE(clock.now() < give_up);
      std::unique_lock lock(mutex_);
      const auto until = std::min(give_up, session->next_wakeup().value_or(give_up));
      changed_.wait_until(lock, until, [this] { return std::exchange(news_, false); });
    }
  }
  std::string tree(const char* side) const {
    const Root here(temp.path() / side);
    return to_string(Scanner(here, rules).scan(nullptr, {}).tree);
  }

  test::TempDir temp;
  IgnoreRules rules;
  SystemClock clock;
  std::optional<Root> root;
  std::optional<FileContents> contents;
  std::unique_ptr<FarEnd> far;
  std::optional<SyncSession> session;

 private:
  void wake() {
    const std::scoped_lock lock(mutex_);
    news_ = true;
    changed_.notify_all();
  }

  const Way way_;
  Fd cut_;
  std::optional<FdStream> near_;
  std::jthread agent_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool news_ = false;
  std::optional<InotifyWatcher> watcher;  // last: its thread uses what is above
};

/// Edits as people and their programs make them, at random places.
class Editor {
 public:
  Editor(const fs::path& root, unsigned seed) : root_(root), random_(seed) {}

  void edit() {
    const fs::path path = place();
    std::error_code ignored;  // many edits cannot be made: the tree is what it is
    switch (random_.pick(9)) {
      case 0:
      case 1:
        fs::create_directories(path.parent_path(), ignored);
        std::ofstream(path) << text();
        break;
      case 2: {  // as vim does
        fs::rename(path, path.string() + "~", ignored);
        std::ofstream(path) << text();
        fs::remove(path.string() + "~", ignored);
        break;
      }
      case 3: {  // written aside and moved over
        std::ofstream(path.string() + ".tmp") << text();
        fs::rename(path.string() + ".tmp", path, ignored);
        break;
      }
      case 4:
        std::ofstream(path, std::ios::app) << text();
        break;
      case 5:
        fs::remove_all(path, ignored);
        break;
      case 6:
        fs::rename(path, place(), ignored);
        break;
      case 7:
        fs::create_directories(path, ignored);
        break;
      case 8:
        fs::create_symlink("target" + std::to_string(random_.pick(9)), path, ignored);
        break;
    }
  }

 private:
  fs::path place() {
    fs::path path = root_;
    for (int depth = 1 + random_.pick(3); depth > 0; --depth)
      path /= std::string(1, static_cast<char>('a' + random_.pick(4)));
    return path;
  }
  std::string text() {
    return std::string(static_cast<std::size_t>(random_.pick(5000)), static_cast<char>('0' + random_.pick(10)));
  }

  fs::path root_;
  RandomTrees random_;
};

}  // namespace

TEST_CASE("whatever is done to a directory, the other one is the same after a flush", "[sync][session]") {
  const Way way = GENERATE(Way::direct, Way::wire);
  for (unsigned seed = 0; seed < 8; ++seed) {
    CAPTURE(seed, way == Way::wire);
    Live live(way);
    Editor editor(live.alpha(), seed);
    RandomTrees random(seed + 1000);
    for (int round = 0; round < 15; ++round) {
      for (int edits = random.pick(40); edits >= 0; --edits) {
        editor.edit();
        if (random.pick(10) == 0) live.session->step({});
      }
      live.flush();
      CAPTURE(round);
      REQUIRE(live.tree("beta") == live.tree("alpha"));
      REQUIRE(live.session->status().problems.empty());
    }
  }
}

TEST_CASE("a file that goes on being written holds nobody up", "[sync][session]") {
  Live live(GENERATE(Way::direct, Way::wire));
  const Fd log(::open(live.alpha("log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  for (int i = 0; i < 20; ++i) {
    REQUIRE(::write(log.get(), "line\n", 5) == 5);
    std::ofstream(live.alpha("a")) << i;
    live.flush();
    CHECK(read_file(live.temp.path() / "beta/a") == std::to_string(i));
  }
  CHECK(read_file(live.temp.path() / "beta/log").size() == 100);
}

TEST_CASE("a flush does not wait for a file that is written all the time", "[sync][session]") {
  Live live(Way::direct);
  const std::string block(1U << 20U, 'x');
  std::ofstream(live.alpha("log")) << block;
  live.flush();
  std::jthread writer([&live, &block](const std::stop_token& stop) {
    const Fd log(::open(live.alpha("log").c_str(), O_WRONLY | O_CLOEXEC));
    while (!stop.stop_requested()) {
      [[maybe_unused]] const ssize_t written = ::pwrite(log.get(), block.data(), block.size(), 0);
    }
  });
  for (int i = 0; i < 3; ++i) {
    std::ofstream(live.alpha("a")) << i;
    live.flush();
    CHECK(read_file(live.temp.path() / "beta/a") == std::to_string(i));
  }
}

TEST_CASE("a stream that is cut at any moment loses nothing: the next session goes on from what was answered",
          "[sync][session]") {
  Live live(Way::wire);
  Editor editor(live.alpha(), 7);
  RandomTrees random(77);
  for (int round = 0; round < 30; ++round) {
    CAPTURE(round);
    for (int edits = random.pick(60); edits >= 0; --edits) editor.edit();
    for (int steps = random.pick(6); steps > 0; --steps) {
      live.session->step({});
      std::this_thread::sleep_for(std::chrono::microseconds(random.pick(2000)));
    }
    live.cut();
    const Tree ancestor = live.session->ancestor();
    live.disconnect();
    if (random.pick(2) == 0) editor.edit();
    live.connect(ancestor);
    live.flush();
    REQUIRE(live.tree("beta") == live.tree("alpha"));
  }
}

TEST_CASE("a session is told when its agent is gone, and why", "[sync][session]") {
  SECTION("the stream ends") {
    Live live(Way::wire);
    live.flush();
    live.cut();
    const auto step_until_fault = [&live] {
      while (true) live.session->step({});
    };
    CHECK_THROWS_AS(step_until_fault(), Error);
  }
  SECTION("the root cannot be there") {
    Live live(Way::wire);
    live.disconnect();
    fs::remove_all(live.temp.path() / "beta");
    live.temp.write("beta", "a file");
    live.connect(nullptr);
    CHECK_THROWS_WITH(live.flush(), Catch::Contains("beta' cannot be opened: Not a directory"));
  }
}

TEST_CASE("a root that is missing at the far end is made", "[sync][session]") {
  Live live(Way::wire);
  live.disconnect();
  fs::remove_all(live.temp.path() / "beta");
  std::ofstream(live.alpha("a")) << "1";
  live.connect(nullptr);
  live.flush();
  CHECK(live.tree("beta") == live.tree("alpha"));
}

TEST_CASE("a far end that is as it was sends no tree", "[sync][session]") {
  Live live(Way::wire);
  std::ofstream(live.alpha("a")) << "1";
  live.flush();
  const Tree ancestor = live.session->ancestor();
  live.disconnect();
  live.connect(ancestor);
  live.flush();
  CHECK(live.session->ancestor() == ancestor);
}

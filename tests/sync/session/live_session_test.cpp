#include "sync/session/live_session.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <mutex>
#include <thread>

#include "compose/base/error.hpp"
#include "compose/base/fd_stream.hpp"
#include "compose/base/file.hpp"
#include "sync/session/agent_server.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::sync;
using namespace std::chrono_literals;

namespace {

/// A directory, an agent in a thread, and a session between them.
class Scene {
 public:
  Scene() {
    std::signal(SIGPIPE, SIG_IGN);
    directory.write("here/a", "1");
  }

  void connect(const SessionOptions& options = {}) {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    cut_.reset(::dup(ends[0]));
    agent_ = std::jthread([fd = ends[1]](const std::stop_token& stop) {
      FdStream stream{Fd(fd), Fd(::dup(fd))};
      try {
        serve_session(stream, stop);
      } catch (const Error&) {
        // The session has ended.
      }
    });
    LiveRequest request{.root = (directory.path() / "here").string(),
                        .hello = {.root = far(), .rules = {{wire::Hello::RuleList::Kind::docker, {}, "**/*.log"}}}};
    request.options = options;
    session = std::make_unique<LiveSession>(std::move(request),
                                            std::make_unique<FdStream>(Fd(ends[0]), Fd(::dup(ends[0]))), [this] {
                                              const std::scoped_lock lock(mutex_);
                                              ++news_;
                                              changed_.notify_all();
                                            });
  }
  void cut() { ::shutdown(cut_.get(), SHUT_RDWR); }
  std::string far(const std::string& path = {}) const { return (directory.path() / "made/for/it" / path).string(); }

  /// Waits for news until `holds`.
  template <typename Holds>
  void eventually(Holds&& holds) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, 30s, [&] { return holds(session->status()) || session->fault(); }));
  }

  test::TempDir directory;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int news_ = 0;
  Fd cut_;
  std::jthread agent_;

 public:
  std::unique_ptr<LiveSession> session;  // last: it calls back until it ends
};

}  // namespace

TEST_CASE("a live session makes its far root and carries edits over by itself", "[sync][session]") {
  Scene scene;
  scene.connect();
  scene.session->flush({});
  CHECK(read_file(scene.far("a")) == "1");
  scene.directory.write("here/b/c", "2");
  scene.directory.write("here/b/x.log", "2");
  scene.session->flush({});
  CHECK(read_file(scene.far("b/c")) == "2");
  CHECK_FALSE(find_file(scene.far("b/x.log")));
  std::filesystem::remove(scene.directory.path() / "here/a");
  scene.eventually([](const SessionStatus& status) { return status.settled && status.last_path == "a"; });
  CHECK_FALSE(find_file(scene.far("a")));
}

TEST_CASE("a session that has lost its agent says so, and the next goes on from what was agreed on",
          "[sync][session]") {
  Scene scene;
  scene.connect();
  scene.session->flush({});
  scene.cut();
  scene.eventually([](const SessionStatus&) { return false; });
  CHECK_THROWS_AS(scene.session->flush({}), Error);
  const SessionOptions options = scene.session->continued();
  write_file_atomically(scene.far("a"), "theirs", 0644);
  scene.directory.write("here/d", "3");
  scene.connect(options);
  scene.session->flush({});
  CHECK(read_file(scene.far("d")) == "3");
  CHECK(read_file(scene.far("a")) == "theirs");
  CHECK(scene.session->status().edited_before);
}

TEST_CASE("the root of the far end keeps its mode", "[sync][session]") {
  Scene scene;
  std::filesystem::create_directories(scene.far());
  std::filesystem::permissions(scene.far(), std::filesystem::perms{01777});
  std::filesystem::permissions(scene.directory.path() / "here", std::filesystem::perms{0700});
  scene.connect();
  scene.session->flush({});
  CHECK(read_file(scene.far("a")) == "1");
  CHECK(std::filesystem::status(scene.far()).permissions() == std::filesystem::perms{01777});
}

TEST_CASE("a root that is replaced halts the session", "[sync][session]") {
  Scene scene;
  scene.connect();
  scene.session->flush({});
  std::filesystem::rename(scene.directory.path() / "here", scene.directory.path() / "old");
  scene.directory.write("here/z", "");
  scene.eventually([](const SessionStatus& status) { return !status.halted.empty(); });
  CHECK_THROWS_WITH(scene.session->flush({}), Catch::Contains("replaced"));
  CHECK(read_file(scene.far("a")) == "1");
}

#include "compose/base/process.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/base/file.hpp"
#include "compose/base/text.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace std::chrono_literals;

namespace {

ProcessRequest shell(std::string script) {
  return {.argv = {"/bin/sh", "-c", std::move(script)}};
}

ErrorCode code_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.code();
  }
  FAIL("no error");
  return ErrorCode::failed;
}

bool is_alive(int pid) {
  return ::kill(pid, 0) == 0;
}

/// Waits up to five seconds for something that must come true.
template <typename Condition>
bool comes_true(Condition condition) {
  for (int turn = 0; turn < 500; ++turn) {
    if (condition()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

}  // namespace

TEST_CASE("a run returns both outputs and the exit code", "[process]") {
  SystemProcessRunner runner;
  const ProcessResult result = runner.run(shell("echo out; echo err >&2; exit 7"), {});
  CHECK(result.out == "out\n");
  CHECK(result.err == "err\n");
  CHECK(result.status == ExitStatus{7, 0});
  CHECK_FALSE(result.status.success());
}

TEST_CASE("a variable that is unset for a child is not there", "[process]") {
  ::setenv("HOIST_TEST_SEEN", "yes", 1);
  ::setenv("HOIST_TEST_HIDDEN", "yes", 1);
  const ProcessRequest request{.argv = {"sh", "-c", "echo $HOIST_TEST_SEEN-$HOIST_TEST_HIDDEN"},
                               .unset = {"HOIST_TEST_HIDDEN"}};
  CHECK(SystemProcessRunner().run(request, {}).out == "yes-\n");
}

TEST_CASE("a child that a signal ended has the code 128 + signal", "[process]") {
  SystemProcessRunner runner;
  CHECK(runner.run(shell("kill -TERM $$"), {}).status == ExitStatus{128 + SIGTERM, SIGTERM});
  CHECK(runner.run(shell("kill -KILL $$"), {}).status == ExitStatus{137, SIGKILL});
}

TEST_CASE("input larger than any pipe goes in while the output comes out", "[process]") {
  SystemProcessRunner runner;
  ProcessRequest request{.argv = {"cat"}};
  for (int i = 0; i < 300'000; ++i) request.input += std::to_string(i) + "\n";
  const ProcessResult result = runner.run(request, {});
  CHECK(result.status.success());
  CHECK(result.out == request.input);
}

TEST_CASE("large outputs on both streams at once do not block each other", "[process]") {
  SystemProcessRunner runner;
  const ProcessResult result =
      runner.run(shell("head -c 1000000 /dev/zero >&2 & head -c 2000000 /dev/zero; wait; head -c 10 /dev/zero"), {});
  CHECK(result.err.size() == 1'000'000);
  CHECK(result.out.size() == 2'000'010);
}

TEST_CASE("a child that does not read its input is no fault", "[process]") {
  SystemProcessRunner runner;
  ProcessRequest request = shell("exit 3");
  request.input.assign(1'000'000, 'x');
  CHECK(runner.run(request, {}).status.code == 3);
}

TEST_CASE("without input the child reads end of file at once", "[process]") {
  SystemProcessRunner runner;
  CHECK(runner.run({.argv = {"cat"}}, {}).out.empty());
}

TEST_CASE("environment is added to ours, directory is where it runs", "[process]") {
  SystemProcessRunner runner;
  const test::TempDir temp;
  ProcessRequest request = shell("echo \"$HOIST_PROCESS_TEST|${PATH:+kept}|$(pwd -P)\"");
  request.environment = {{"HOIST_PROCESS_TEST", "a b=c"}};
  request.directory = temp.path().string();
  CHECK(runner.run(request, {}).out == "a b=c|kept|" + std::filesystem::canonical(temp.path()).string() + "\n");
}

TEST_CASE("a PATH among the additions is where the program is looked for", "[process]") {
  SystemProcessRunner runner;
  const test::TempDir temp;
  ::chmod(temp.write("bin/greet", "#!/bin/sh\necho hello\n").c_str(), 0755);
  const ProcessRequest request{.argv = {"greet"}, .environment = {{"PATH", (temp.path() / "bin").string()}}};
  CHECK(runner.run(request, {}).out == "hello\n");
}

TEST_CASE("what cannot be run says why", "[process]") {
  SystemProcessRunner runner;
  const test::TempDir temp;
  const std::string plain = temp.write("plain", "no program").string();
  CHECK(code_of([&] { runner.run({.argv = {"hoist-no-such-program"}}, {}); }) == ErrorCode::not_found);
  CHECK(code_of([&] { runner.run({.argv = {"/no/such/program"}}, {}); }) == ErrorCode::not_found);
  CHECK(code_of([&] { runner.run({.argv = {plain}}, {}); }) == ErrorCode::denied);
  CHECK(code_of([&] { runner.run({.argv = {"true"}, .directory = "/no/such/place"}, {}); }) == ErrorCode::not_found);
  CHECK(code_of([&] { runner.run({.argv = {}}, {}); }) == ErrorCode::bad_input);
  CHECK(code_of([&] { runner.spawn_detached({.argv = {"hoist-no-such-program"}}, plain); }) == ErrorCode::not_found);
}

TEST_CASE("lines of both outputs come one by one, the last one without a line end too", "[process]") {
  SystemProcessRunner runner;
  std::vector<std::string> lines;
  const ProcessResult result = runner.run_lines(shell("printf 'one\\r\\ntwo\\n\\nlast'"),
                                                [&lines](std::string_view line) { lines.emplace_back(line); }, {});
  CHECK(lines == std::vector<std::string>{"one", "two", "", "last"});
  CHECK(result.out.empty());
  lines.clear();
  runner.run_lines(shell("echo told >&2"), [&lines](std::string_view line) { lines.emplace_back(line); }, {});
  CHECK(lines == std::vector<std::string>{"told"});
}

TEST_CASE("lines come while the child runs", "[process]") {
  SystemProcessRunner runner;
  const test::TempDir temp;
  const std::string flag = (temp.path() / "flag").string();
  // The child ends only after its first line was handed out.
  const ProcessRequest request = shell("echo ready; while [ ! -e '" + flag + "' ]; do sleep 0.01; done; echo end");
  std::vector<std::string> lines;
  runner.run_lines(request,
                   [&](std::string_view line) {
                     lines.emplace_back(line);
                     if (line == "ready") temp.write("flag", "");
                   },
                   {});
  CHECK(lines == std::vector<std::string>{"ready", "end"});
}

TEST_CASE("a fault in the taker of lines ends the child", "[process]") {
  SystemProcessRunner runner;
  int pid = 0;
  CHECK_THROWS_AS(runner.run_lines(shell("echo $$; exec sleep 60"),
                                   [&pid](std::string_view line) {
                                     pid = std::stoi(std::string(line));
                                     throw Error(ErrorCode::failed, "enough");
                                   },
                                   {}),
                  Error);
  REQUIRE(pid > 0);
  CHECK_FALSE(is_alive(pid));
}

TEST_CASE("a stop request ends the child soon", "[process]") {
  SystemProcessRunner runner;
  std::stop_source source;
  int pid = 0;
  std::chrono::steady_clock::time_point asked;
  const auto run = [&](const char* script) {
    return code_of([&] {
      runner.run_lines(
          shell(script),
          [&](std::string_view line) {
            pid = std::stoi(std::string(line));
            asked = std::chrono::steady_clock::now();
            source.request_stop();
          },
          source.get_token());
    });
  };
  SECTION("with SIGTERM") {
    CHECK(run("echo $$; exec sleep 60") == ErrorCode::cancelled);
    CHECK(std::chrono::steady_clock::now() - asked < 1s);
  }
  SECTION("with SIGKILL when it takes no notice") {
    CHECK(run("trap '' TERM; echo $$; while :; do sleep 0.05; done") == ErrorCode::cancelled);
    CHECK(std::chrono::steady_clock::now() - asked < 4s);
    CHECK(std::chrono::steady_clock::now() - asked > 1s);
  }
  CHECK_FALSE(is_alive(pid));
}

TEST_CASE("after a stop request nothing is started", "[process]") {
  SystemProcessRunner runner;
  std::stop_source source;
  source.request_stop();
  const test::TempDir temp;
  const std::string trace = (temp.path() / "trace").string();
  CHECK(code_of([&] { runner.run(shell("touch '" + trace + "'"), source.get_token()); }) == ErrorCode::cancelled);
  CHECK_FALSE(std::filesystem::exists(trace));
}

TEST_CASE("a child gets ordinary signals though we block and ignore some", "[process]") {
  SystemProcessRunner runner;
  sigset_t blocked;
  sigset_t before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const auto old = std::signal(SIGPIPE, SIG_IGN);
  const ProcessResult result = runner.run(shell("grep -E '^Sig(Blk|Ign)' /proc/self/status"), {});
  std::signal(SIGPIPE, old);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  CHECK(result.out.find("SigBlk:\t0000000000000000\n") != std::string::npos);
  const std::size_t ignored = result.out.find("SigIgn:\t");
  REQUIRE(ignored != std::string::npos);
  // The C library's own signals, 32 and 33, are not for us to set.
  CHECK((std::stoull(result.out.substr(ignored + 8), nullptr, 16) & 0x7fffffffU) == 0);
}

TEST_CASE("where SIGCHLD is ignored a run ends and says that it has no exit code", "[process]") {
  SystemProcessRunner runner;
  const auto before = std::signal(SIGCHLD, SIG_IGN);
  std::vector<std::string> lines;
  std::string message;
  ErrorCode code = ErrorCode::bad_input;
  try {
    runner.run_lines(shell("echo out; exit 3"), [&lines](std::string_view line) { lines.emplace_back(line); }, {});
  } catch (const Error& error) {
    code = error.code();
    message = error.what();
  }
  std::signal(SIGCHLD, before);
  CHECK(code == ErrorCode::failed);
  CHECK(message == "how '/bin/sh' ended is not known: its exit code went to someone else");
  CHECK(lines == std::vector<std::string>{"out"});
}

TEST_CASE("a child inherits nothing but its three streams", "[process]") {
  SystemProcessRunner runner;
  const Fd first(::open("/dev/null", O_RDONLY));  // NOLINT: without O_CLOEXEC, as a library may do
  const Fd careless(::fcntl(first.get(), F_DUPFD, 50));
  REQUIRE(careless.get() >= 50);
  const std::string fd = "/proc/self/fd/" + std::to_string(careless.get());
  REQUIRE(std::filesystem::exists(fd));
  CHECK(runner.run(shell("test -e /proc/self/fd/2 && test ! -e " + fd), {}).status.success());
}

TEST_CASE("a grandchild that keeps the outputs open does not hold us", "[process]") {
  SystemProcessRunner runner;
  const auto start = std::chrono::steady_clock::now();
  const ProcessResult result = runner.run(shell("sleep 30 & echo $!"), {});
  CHECK(std::chrono::steady_clock::now() - start < 10s);
  const int pid = std::stoi(result.out);
  CHECK(is_alive(pid));
  ::kill(pid, SIGKILL);
}

TEST_CASE("many children at once get their own answers", "[process]") {
  SystemProcessRunner runner;
  std::vector<std::string> answers(16);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      threads.emplace_back([&runner, &answers, i] {
        ProcessRequest request{.argv = {"cat"}};
        request.input = std::string(100'000, static_cast<char>('a' + i));
        answers[i] = runner.run(request, {}).out;
      });
    }
  }
  for (std::size_t i = 0; i < answers.size(); ++i) {
    CHECK(answers[i] == std::string(100'000, static_cast<char>('a' + i)));
  }
}

TEST_CASE("runs leave no descriptors and no zombies behind", "[process]") {
  SystemProcessRunner runner;
  const auto open_count = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
  };
  runner.run(shell("true"), {});
  const auto before = open_count();
  for (int i = 0; i < 20; ++i) runner.run(shell("echo $$"), {});
  CHECK(open_count() == before);
  const int pid = std::stoi(runner.run(shell("echo $$"), {}).out);
  CHECK_FALSE(is_alive(pid));
}

TEST_CASE("a detached program has a session of its own and writes to the log", "[process]") {
  SystemProcessRunner runner;
  const test::TempDir temp;
  const std::string log = temp.path() / "detached.log";
  temp.write("gate", "");
  std::ofstream(log) << "before\n";
  const int pid = runner.spawn_detached(shell("cat; echo started; echo fault >&2; while [ -e '" +
                                              (temp.path() / "gate").string() + "' ]; do sleep 0.01; done"),
                                        log);
  REQUIRE(comes_true([&] { return read_file(log) == "before\nstarted\nfault\n"; }));
  CHECK(::getsid(pid) == pid);
  std::filesystem::remove(temp.path() / "gate");
  CHECK(comes_true([&] { return !is_alive(pid); }));  // reaped as well: a zombie would answer
}

TEST_CASE("a new log of a detached program is for its owner only", "[process]") {
  SystemProcessRunner runner;
  const test::TempDir temp;
  const std::string log = temp.path() / "new.log";
  runner.spawn_detached(shell("echo hello"), log);
  struct stat info {};
  REQUIRE(::stat(log.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777U) == 0600U);
  CHECK(comes_true([&] { return read_file(log) == "hello\n"; }));
}

TEST_CASE("find_program looks in PATH for something that can be run", "[process]") {
  const std::optional<std::string> found = find_program("sh");
  REQUIRE(found);
  CHECK(::access(found->c_str(), X_OK) == 0);
  CHECK_FALSE(find_program("hoist-no-such-program"));
}

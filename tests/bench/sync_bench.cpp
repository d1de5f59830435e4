// How long edits take to the far end of a session, beside `cp -a` and `rsync -a` of the same tree in the same run.
//
//   sync_bench DIRECTORY [FILES [EDITS]]
//
// Makes its trees below DIRECTORY and removes them. The far end is an agent's loop in another thread, over a socket.

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <random>
#include <thread>

#include "compose/base/error.hpp"
#include "compose/base/fd_stream.hpp"
#include "compose/base/process.hpp"
#include "sync/session/agent_server.hpp"
#include "sync/session/file_contents.hpp"
#include "sync/session/session.hpp"
#include "sync/session/wire_far_end.hpp"
#include "sync/watch/inotify_watcher.hpp"

namespace {

namespace fs = std::filesystem;
using namespace hoist;
using namespace hoist::sync;
using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

double seconds_of(const std::function<void()>& body) {
  const auto began = SteadyClock::now();
  body();
  return std::chrono::duration<double>(SteadyClock::now() - began).count();
}

/// Bytes that a file of this bench has: text that compresses as sources do.
std::string content(unsigned seed) {
  std::mt19937 random(seed);
  std::string text;
  while (text.size() < 4096) text += fmt::format("value_{} = compute({}, {})\n", random() % 1000, random() % 100, seed);
  text.resize(4096);
  return text;
}

void write(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

fs::path place_of(const fs::path& root, int file) {
  return root / fmt::format("d{}", file / 1000) / fmt::format("e{}", file / 100 % 10) / fmt::format("f{}.py", file);
}

long resident_kilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::atol(line.c_str() + 6);
  }
  return 0;
}

/// Counts what goes through.
class CountingStream final : public ByteStream {
 public:
  explicit CountingStream(FdStream inner) : inner_(std::move(inner)) {}
  std::size_t read(std::span<char> into, std::stop_token stop) override {
    const std::size_t count = inner_.read(into, std::move(stop));
    bytes += count;
    return count;
  }
  void write(std::string_view out, std::stop_token stop) override {
    inner_.write(out, std::move(stop));
    bytes += out.size();
  }
  void close_write() override { inner_.close_write(); }

  std::atomic<std::uint64_t> bytes{0};

 private:
  FdStream inner_;
};

/// A session that runs in a thread of its own until it is destroyed.
class Running {
 public:
  Running(const fs::path& alpha, const fs::path& beta, const Tree& ancestor) : root_(alpha), contents_(root_) {
    watcher_.emplace(alpha.string(), rules_, [this] { wake(); });
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) std::abort();
    stream_.emplace(FdStream(Fd(ends[0]), Fd(::dup(ends[0]))));
    agent_ = std::jthread([fd = ends[1]](const std::stop_token& stop) {
      FdStream stream{Fd(fd), Fd(::dup(fd))};
      try {
        serve_session(stream, stop);
      } catch (const Error&) {
        // The session has ended.
      }
    });
    const wire::Hello hello{.root = beta.string(), .trash_bytes = 1U << 20U, .trash_entries = 100, .compress = false};
    far_ = std::make_unique<WireFarEnd>(*stream_, hello, contents_, ancestor, [this] { wake(); });
    session_.emplace(root_, rules_, *watcher_, *far_, clock_, SessionOptions{.ancestor = ancestor});
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
  ~Running() {
    thread_.request_stop();
    wake();
    thread_.join();
    far_.reset();
  }

  void flush() {
    std::unique_lock lock(mutex_);
    const std::uint64_t ticket = session_->flush();
    flushed_.wait(lock, [&] { return session_->is_flushed(ticket); });
  }
  Tree ancestor() {
    const std::scoped_lock lock(mutex_);
    return session_->ancestor();
  }
  std::uint64_t bytes() const { return stream_->bytes; }

 private:
  void wake() {
    const std::scoped_lock lock(news_mutex_);
    news_ = true;
    changed_.notify_all();
  }
  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      std::optional<Clock::TimePoint> due;
      {
        const std::scoped_lock lock(mutex_);
        while (session_->step(stop) == SyncSession::Next::again) {
        }
        due = session_->next_wakeup();
        flushed_.notify_all();
      }
      std::unique_lock lock(news_mutex_);
      const auto until = std::min(SteadyClock::now() + 100ms, due.value_or(Clock::TimePoint::max()));
      changed_.wait_until(lock, until, [this] { return news_; });
      news_ = false;
    }
  }

  SystemClock clock_;
  IgnoreRules rules_;
  Root root_;
  FileContents contents_;
  std::optional<CountingStream> stream_;
  std::jthread agent_;
  std::mutex news_mutex_;
  std::condition_variable changed_;
  bool news_ = false;
  std::mutex mutex_;
  std::condition_variable_any flushed_;
  std::unique_ptr<WireFarEnd> far_;
  std::optional<InotifyWatcher> watcher_;
  std::optional<SyncSession> session_;
  std::jthread thread_;
};

class Bench {
 public:
  Bench(const fs::path& directory, int files, int edits)
      : alpha_(directory / "alpha"),
        beta_(directory / "beta"),
        peer_(directory / "peer"),
        files_(files),
        edits_(edits) {}

  void run() {
    const double made = seconds_of([this] { make_tree(); });
    fmt::print("{} files of 4 KiB: made in {:.2f} s\n\n", files_, made);
    first_sync();
    again();
    {
      Running session(alpha_, beta_, ancestor_);
      session.flush();
      edit_one_by_one(session);
      burst(session);
      fmt::print("{:40} {:>10} KiB (both ends in one process)\n", "resident", resident_kilobytes());
    }
  }

 private:
  void make_tree() {
    for (int i = 0; i < files_; ++i) {
      const fs::path path = place_of(alpha_, i);
      if (i % 100 == 0) fs::create_directories(path.parent_path());
      write(path, content(static_cast<unsigned>(i)));
    }
    fs::create_directories(beta_);
    ::sync();
  }

  double of_program(const std::string& program, std::vector<std::string> words) {
    if (!find_program(program)) return 0;
    words.insert(words.begin(), program);
    SystemProcessRunner processes;
    return seconds_of([&] { processes.run({.argv = words}, {}); });
  }

  static void row(const char* what, double ours, const char* peer, double theirs) {
    fmt::print("{:40} {:>10.3f} s   {:12} {:>8.3f} s   {:>6.2f}\n", what, ours, peer, theirs,
               theirs > 0 ? ours / theirs : 0.0);
  }

  void first_sync() {
    const double copied = of_program("cp", {"-a", alpha_.string(), peer_.string()});
    fs::remove_all(peer_);
    const double mirrored = of_program("rsync", {"-a", alpha_.string() + "/", peer_.string()});
    const double ours = seconds_of([this] {
      Running session(alpha_, beta_, nullptr);
      session.flush();
      ancestor_ = session.ancestor();
    });
    row("first sync", ours, "cp -a", copied);
    if (mirrored > 0) row("first sync", ours, "rsync -a", mirrored);
  }

  void again() {
    const double mirrored = of_program("rsync", {"-a", alpha_.string() + "/", peer_.string()});
    std::uint64_t bytes = 0;
    const double ours = seconds_of([&] {
      Running session(alpha_, beta_, ancestor_);
      session.flush();
      bytes = session.bytes();
    });
    row("nothing changed", ours, "rsync -a", mirrored);
    fmt::print("{:40} {:>10} bytes\n", "nothing changed, on the wire", bytes);
  }

  /// Whether `done` within 10 s, looked at all the time.
  static bool comes(const std::function<bool()>& done) {
    const auto give_up = SteadyClock::now() + 10s;
    while (!done()) {
      if (SteadyClock::now() > give_up) return false;
    }
    return true;
  }

  void edit_one_by_one(Running& session) {
    std::mt19937 random(1);
    std::vector<double> milliseconds;
    int lost = 0;
    for (int i = 0; i < edits_; ++i) {
      const int file = static_cast<int>(random() % static_cast<unsigned>(files_));
      const fs::path here = place_of(alpha_, file);
      const fs::path there = place_of(beta_, file);
      const std::string text = fmt::format("edit {}\n", i) + content(random());
      const unsigned kind = random() % 4;
      if (kind == 0) {
        write(here, text);
      } else if (kind == 1) {
        write(here.string() + ".tmp", text);
        fs::rename(here.string() + ".tmp", here);
      } else if (kind == 2) {
        fs::remove(here);
      } else {
        fs::rename(here, here.string() + ".new");
      }
      const auto began = SteadyClock::now();
      const bool came = comes([&] {
        if (kind < 2) return read(there) == text;
        return !fs::exists(there) && (kind == 2 || fs::exists(there.string() + ".new"));
      });
      lost += came ? 0 : 1;
      milliseconds.push_back(std::chrono::duration<double, std::milli>(SteadyClock::now() - began).count());
      if (kind == 2) write(here, text);
      if (kind == 3) fs::rename(here.string() + ".new", here);
      if (kind > 1) session.flush();
    }
    std::sort(milliseconds.begin(), milliseconds.end());
    const auto at = [&](double part) {
      return milliseconds[static_cast<std::size_t>(part * static_cast<double>(milliseconds.size() - 1))];
    };
    fmt::print("{:40} p50 {:.2f} ms, p90 {:.2f} ms, p99 {:.2f} ms, worst {:.2f} ms, {} of {} lost\n", "edit to visible",
               at(0.5), at(0.9), at(0.99), at(1), lost, edits_);
  }

  void burst(Running& session) {
    const int files = std::min(files_, 10'000);
    const double local = seconds_of([&] {
      for (int i = 0; i < files; ++i) write(place_of(alpha_, i), content(static_cast<unsigned>(i + 7)));
    });
    const double rest = seconds_of([&] { session.flush(); });
    int missing = 0;
    for (int i = 0; i < files; ++i)
      missing += read(place_of(beta_, i)) == content(static_cast<unsigned>(i + 7)) ? 0 : 1;
    row("burst, from its beginning", local + rest, "the writes", local);
    fmt::print("{:40} {:>10} of {} missing\n", "burst", missing, files);
  }

  fs::path alpha_;
  fs::path beta_;
  fs::path peer_;
  int files_;
  int edits_;
  Tree ancestor_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: sync_bench DIRECTORY [FILES [EDITS]]\n");
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  const fs::path directory = fs::path(argv[1]) / fmt::format("sync-bench-{}", ::getpid());
  fs::create_directories(directory);
  Bench(directory, argc > 2 ? std::atoi(argv[2]) : 50'000, argc > 3 ? std::atoi(argv[3]) : 2000).run();
  fs::remove_all(directory);
  return 0;
}

#include "sync/session/wire_far_end.hpp"

#include <array>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "compose/base/error.hpp"
#include "sync/wire/codec.hpp"
#include "sync/wire/frame.hpp"

namespace hoist::sync {
namespace {

/// What a tree may take on the wire: several million entries.
constexpr std::size_t k_largest_tree = 512U << 20U;
/// How much is held back so that small messages travel together.
constexpr std::size_t k_enough = 64U << 10U;

Outcome::Kind kind_of(wire::Done::Kind kind) {
  switch (kind) {
    case wire::Done::Kind::done:
      return Outcome::Kind::done;
    case wire::Done::Kind::changed:
      return Outcome::Kind::changed;
    case wire::Done::Kind::failed:
      return Outcome::Kind::failed;
  }
  return Outcome::Kind::failed;
}

}  // namespace

class WireFarEnd::Impl {
 public:
  Impl(ByteStream& stream, const wire::Hello& hello, ContentSource& contents, Tree known, std::function<void()> on_news)
      : stream_(stream),
        contents_(contents),
        known_(std::move(known)),
        on_news_(std::move(on_news)),
        packer_(hello.compress) {
    ask(hello);
    writer_ = std::jthread([this](const std::stop_token& stop) { run(&Impl::write_all, stop); });
    reader_ = std::jthread([this](const std::stop_token& stop) { run(&Impl::read_all, stop); });
  }

  void ask(wire::ToAgent message) {
    const std::scoped_lock lock(mutex_);
    asked_.push_back(std::move(message));
    changed_.notify_all();
  }

  void ask_tree() {
    wire::AskTree ask_tree;
    if (known_) ask_tree.known = known_->digest();
    ask(ask_tree);
  }

  std::vector<FarEvent> take() {
    const std::scoped_lock lock(mutex_);
    if (events_.empty() && failure_) std::rethrow_exception(failure_);
    return std::exchange(events_, {});
  }

 private:
  /// A thread's end is its task boundary: the fault goes to whoever takes.
  void run(void (Impl::*work)(const std::stop_token&), const std::stop_token& stop) {
    std::exception_ptr failure;
    try {
      (this->*work)(stop);
    } catch (...) {
      failure = std::current_exception();
    }
    if (stop.stop_requested()) return;
    {
      const std::scoped_lock lock(mutex_);
      if (!failure_) failure_ = failure;
    }
    on_news_();
  }

  void write_all(const std::stop_token& stop) {
    try {
      while (std::optional<wire::ToAgent> message = next_asked(stop)) {
        send(*message, stop);
        const auto* order = std::get_if<wire::DoStep>(&*message);
        if (order != nullptr && wire::has_content(order->step)) send_content(std::get<PutEntry>(order->step), stop);
      }
    } catch (const Error& error) {
      // An agent that ends says why before: the reading thread comes to it, and to the end of a broken stream as well.
      if (error.code() != ErrorCode::unavailable) throw;
    }
  }

  /// What is to be sent next; nothing after a stop request. Before it waits all that was held back goes out.
  std::optional<wire::ToAgent> next_asked(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (asked_.empty()) {
      lock.unlock();
      flush(stop);
      lock.lock();
      changed_.wait(lock, stop, [this] { return !asked_.empty(); });
    }
    if (asked_.empty()) return std::nullopt;
    wire::ToAgent message = std::move(asked_.front());
    asked_.pop_front();
    return message;
  }

  void send_content(const PutEntry& put, const std::stop_token& stop) {
    const std::string fault = contents_.read(
        put.path, *put.after,
        [&](std::string_view bytes) {
          for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), wire::k_part_size))) {
            send(wire::Content{.bytes = std::string(bytes.substr(0, wire::k_part_size))}, stop);
          }
        },
        stop);
    send(wire::Content{.last = true, .fault = fault}, stop);
  }

  void send(const wire::ToAgent& message, const std::stop_token& stop) {
    packer_.pack(wire::encode(message), out_);
    if (out_.size() > k_enough) flush(stop);
  }

  void flush(const std::stop_token& stop) {
    if (!out_.empty()) stream_.write(out_, stop);
    out_.clear();
  }

  void read_all(const std::stop_token& stop) {
    std::array<char, 64U << 10U> buffer;
    while (!stop.stop_requested()) {
      const std::size_t count = stream_.read(buffer, stop);
      if (count == 0) throw Error(ErrorCode::unavailable, "the agent has ended");
      unpacker_.feed({buffer.data(), count}, [this](std::string_view message) {
        std::visit([this](auto&& each) { hear(std::forward<decltype(each)>(each)); }, wire::decode_from_agent(message));
      });
      on_news_();
    }
  }

  void hear(const wire::Welcome& welcome) {
    if (welcome.version != wire::k_version) throw Error(ErrorCode::conflict, "the agent is of another version");
  }
  void hear(const wire::TreeSame&) {
    if (!known_) throw Error(ErrorCode::failed, "the agent knows a tree that nobody has told it of");
    hear_tree(known_);
  }
  void hear(const wire::TreePart& part) {
    tree_bytes_ += part.bytes;
    if (tree_bytes_.size() > k_largest_tree) throw Error(ErrorCode::failed, "the tree of the far end is too large");
    if (!part.last) return;
    WireReader in(tree_bytes_);
    Tree tree = in.tree();
    in.finish();
    tree_bytes_ = {};
    if (!tree || !tree->is_directory()) throw Error(ErrorCode::failed, "the agent sent a tree that is none");
    hear_tree(std::move(tree));
  }
  void hear_tree(Tree tree) { add(FarTree{std::move(tree), std::exchange(troubles_, {})}); }
  void hear(const wire::Trouble& trouble) { troubles_.push_back(trouble.problem); }
  void hear(const wire::Entry& entry) { add(FarEntry{entry.path, entry.now}); }
  void hear(const wire::Done& done) { add(StepDone{done.id, {kind_of(done.kind), nullptr, done.text}}); }
  void hear(const wire::Fault& fault) { throw Error(ErrorCode::unavailable, "the agent: " + fault.text); }

  void add(FarEvent event) {
    const std::scoped_lock lock(mutex_);
    events_.push_back(std::move(event));
  }

  ByteStream& stream_;
  ContentSource& contents_;
  const Tree known_;
  const std::function<void()> on_news_;

  // Of the writing thread.
  FramePacker packer_;
  std::string out_;
  // Of the reading thread.
  FrameUnpacker unpacker_;
  std::string tree_bytes_;
  std::vector<Problem> troubles_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<wire::ToAgent> asked_;
  std::vector<FarEvent> events_;
  std::exception_ptr failure_;

  std::jthread writer_;  // last: joined before the rest goes
  std::jthread reader_;
};

WireFarEnd::WireFarEnd(ByteStream& stream, const wire::Hello& hello, ContentSource& contents, Tree known,
                       std::function<void()> on_news)
    : impl_(std::make_unique<Impl>(stream, hello, contents, std::move(known), std::move(on_news))) {}

WireFarEnd::~WireFarEnd() = default;

void WireFarEnd::scan() {
  impl_->ask_tree();
}

void WireFarEnd::look(const std::string& path) {
  impl_->ask(wire::AskEntry{path});
}

void WireFarEnd::submit(std::uint64_t id, Step step) {
  impl_->ask(wire::DoStep{id, std::move(step)});
}

std::vector<FarEvent> WireFarEnd::take() {
  return impl_->take();
}

}  // namespace hoist::sync

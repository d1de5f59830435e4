#include "sync/session/agent_server.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <deque>
#include <filesystem>
#include <optional>
#include <utility>

#include "compose/base/error.hpp"
#include "sync/disk/apply.hpp"
#include "sync/disk/scan.hpp"
#include "sync/session/rules.hpp"
#include "sync/wire/codec.hpp"
#include "sync/wire/frame.hpp"
#include "sync/wire/messages.hpp"

namespace hoist::sync {
namespace {

using wire::FromAgent;
using wire::ToAgent;

/// Messages over a stream: answers are held back as long as there is more to read.
class Conversation {
 public:
  Conversation(ByteStream& stream, const std::stop_token& stop) : stream_(stream), stop_(stop) {}

  /// The next message; nothing when the other end has closed.
  std::optional<ToAgent> next() {
    std::array<char, 64U << 10U> buffer;
    while (messages_.empty()) {
      flush();
      const std::size_t count = stream_.read(buffer, stop_);
      if (count == 0) return std::nullopt;
      unpacker_.feed({buffer.data(), count},
                     [this](std::string_view message) { messages_.push_back(wire::decode_to_agent(message)); });
    }
    ToAgent message = std::move(messages_.front());
    messages_.pop_front();
    return message;
  }

  void compress(bool wanted) { packer_.emplace(wanted); }

  void say(const FromAgent& message) {
    constexpr std::size_t k_enough = 256U << 10U;
    packer_->pack(wire::encode(message), out_);
    if (out_.size() > k_enough) flush();
  }

  void flush() {
    if (!out_.empty()) stream_.write(out_, stop_);
    out_.clear();
  }

 private:
  ByteStream& stream_;
  const std::stop_token& stop_;
  std::optional<FramePacker> packer_{std::in_place};
  FrameUnpacker unpacker_;
  std::deque<ToAgent> messages_;
  std::string out_;
};

/// The content of a file that comes in the messages after its step.
class ComingContents final : public ContentSource {
 public:
  explicit ComingContents(Conversation& conversation) : conversation_(conversation) {}

  void announce() { open_ = true; }
  /// Takes what nobody has read.
  void drain() {
    take([](std::string_view) {});
  }

  std::string read(const std::string& /*path*/, const Node& /*wanted*/,
                   const std::function<void(std::string_view)>& sink, const std::stop_token& /*stop*/) override {
    return take(sink);
  }

 private:
  std::string take(const std::function<void(std::string_view)>& sink) {
    while (open_) {
      std::optional<ToAgent> message = conversation_.next();
      const auto* content = message ? std::get_if<wire::Content>(&*message) : nullptr;
      if (content == nullptr) throw Error(ErrorCode::failed, "the other end ended in the middle of a file");
      sink(content->bytes);
      open_ = !content->last;
      if (content->last) return content->fault;
    }
    return {};
  }

  Conversation& conversation_;
  bool open_ = false;
};

std::optional<Owner> owner_of(const wire::Hello& hello, const std::optional<Owner>& usual) {
  if (!hello.owner) return usual;
  return Owner{hello.owner->user, hello.owner->group};
}

/// The root, with the directories that are missing on the way to it.
Root made_root(const std::filesystem::path& path, const std::optional<Owner>& owner) {
  constexpr mode_t k_mode = 0755;
  std::filesystem::path made;
  for (const std::filesystem::path& part : path) {
    made /= part;
    if (::mkdir(made.c_str(), k_mode) != 0) continue;  // what stands in the way is told by Root
    if (owner && ::lchown(made.c_str(), owner->user, owner->group) != 0) continue;
    ::chmod(made.c_str(), k_mode);
  }
  return Root(path);
}

/// What a root is told from another by, as long as nothing is known of its history.
std::string identity_of(const Root& root) {
  struct stat found {};
  if (::fstat(root.fd(), &found) != 0) return {};
  return std::to_string(found.st_dev) + ':' + std::to_string(found.st_ino);
}

/// One root and who asks about it.
class Server {
 public:
  Server(const wire::Hello& hello, const std::optional<Owner>& usual_owner, Conversation& conversation,
         const std::stop_token& stop)
      : conversation_(conversation),
        stop_(stop),
        root_(made_root(hello.root, owner_of(hello, usual_owner))),
        rules_(rules_of(hello)),
        scanner_(root_, rules_),
        applier_(root_, owner_of(hello, usual_owner), {.bytes = hello.trash_bytes, .entries = hello.trash_entries}),
        contents_(conversation) {
    conversation_.say(wire::Welcome{.identity = identity_of(root_)});
  }

  void operator()(const wire::Hello&) { throw Error(ErrorCode::failed, "the other end said hello twice"); }
  void operator()(const wire::Content&) { throw Error(ErrorCode::failed, "the other end sent content of no file"); }

  void operator()(const wire::AskTree& ask) {
    Scan scan = scanner_.scan(tree_, stop_);
    tree_ = std::move(scan.tree);
    for (Problem& problem : scan.problems) conversation_.say(wire::Trouble{std::move(problem)});
    if (ask.known && tree_->digest() == *ask.known) {
      conversation_.say(wire::TreeSame{});
      return;
    }
    WireWriter out;
    out.tree(tree_);
    const std::string bytes = out.take();
    for (std::size_t at = 0; at < bytes.size(); at += wire::k_part_size) {
      conversation_.say(wire::TreePart{bytes.substr(at, wire::k_part_size), at + wire::k_part_size >= bytes.size()});
    }
  }

  void operator()(const wire::AskEntry& ask) {
    tree_ = scanner_.rescan(tree_, {ask.path}, stop_).tree;
    conversation_.say(wire::Entry{ask.path, find(tree_, ask.path)});
  }

  void operator()(const wire::DoStep& order) {
    if (wire::has_content(order.step)) contents_.announce();
    const Outcome outcome = applier_.apply(order.step, contents_, stop_);
    contents_.drain();
    conversation_.say(wire::Done{order.id, kind_of(outcome.kind), outcome.text});
  }

 private:
  static wire::Done::Kind kind_of(Outcome::Kind kind) {
    switch (kind) {
      case Outcome::Kind::done:
        return wire::Done::Kind::done;
      case Outcome::Kind::changed:
        return wire::Done::Kind::changed;
      case Outcome::Kind::failed:
        return wire::Done::Kind::failed;
    }
    return wire::Done::Kind::failed;
  }

  Conversation& conversation_;
  const std::stop_token& stop_;
  Root root_;
  IgnoreRules rules_;
  Scanner scanner_;
  Applier applier_;
  ComingContents contents_;
  Tree tree_ = Node::directory(0);  ///< as it was last looked at
};

void serve(Conversation& conversation, const std::optional<Owner>& usual_owner, const std::stop_token& stop) {
  std::optional<ToAgent> first = conversation.next();
  if (!first) return;
  const auto* hello = std::get_if<wire::Hello>(&*first);
  if (hello == nullptr) throw Error(ErrorCode::failed, "the other end did not say hello");
  if (hello->version != wire::k_version) {
    throw Error(ErrorCode::conflict, "this agent speaks version " + std::to_string(wire::k_version) + ", not " +
                                         std::to_string(hello->version));
  }
  conversation.compress(hello->compress);
  Server server(*hello, usual_owner, conversation, stop);
  while (const std::optional<ToAgent> message = conversation.next()) std::visit(server, *message);
}

}  // namespace

void serve_session(ByteStream& stream, const std::stop_token& stop, std::optional<Owner> usual_owner) {
  Conversation conversation(stream, stop);
  try {
    serve(conversation, usual_owner, stop);
  } catch (const Error& error) {
    // The agent's loop ends here: who asked is told why, unless there is nobody any more.
    if (error.code() == ErrorCode::cancelled || error.code() == ErrorCode::unavailable) throw;
    conversation.say(wire::Fault{error.what()});
    conversation.flush();
  }
}

}  // namespace hoist::sync

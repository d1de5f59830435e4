#include "sync/wire/messages.hpp"

#include <utility>

#include "compose/base/error.hpp"
#include "sync/wire/codec.hpp"

namespace hoist::sync::wire {
namespace {

using RuleKind = Hello::RuleList::Kind;

/// A node without what it holds.
Tree alone(const Tree& tree) {
  return tree && tree->is_directory() ? Node::directory(tree->mode()) : tree;
}

struct Encode {
  WireWriter& out;

  void operator()(const Hello& m) const {
    out.number(m.version);
    out.text(m.root);
    out.number(m.rules.size());
    for (const Hello::RuleList& list : m.rules) {
      out.number(static_cast<std::uint64_t>(list.kind));
      out.text(list.directory);
      out.text(list.text);
    }
    out.flag(m.owner.has_value());
    if (m.owner) {
      out.number(m.owner->user);
      out.number(m.owner->group);
    }
    out.number(m.trash_bytes);
    out.number(m.trash_entries);
    out.flag(m.compress);
  }
  void operator()(const AskTree& m) const {
    out.flag(m.known.has_value());
    if (m.known) out.digest(*m.known);
  }
  void operator()(const AskEntry& m) const { out.text(m.path); }
  void operator()(const DoStep& m) const {
    out.number(m.id);
    out.number(m.step.index());
    std::visit(*this, m.step);
  }
  void operator()(const PutEntry& step) const {
    out.text(step.path);
    out.tree(alone(step.before));
    out.tree(alone(step.after));
  }
  void operator()(const RemoveEntry& step) const {
    out.text(step.path);
    out.tree(alone(step.before));
  }
  void operator()(const MoveEntry& step) const {
    out.text(step.from);
    out.text(step.to);
    out.tree(alone(step.moved));
    out.tree(alone(step.replaced));
  }
  void operator()(const Content& m) const {
    out.text(m.bytes);
    out.flag(m.last);
    out.text(m.fault);
  }
  void operator()(const Welcome& m) const {
    out.number(m.version);
    out.text(m.identity);
  }
  void operator()(const TreeSame&) const {}
  void operator()(const TreePart& m) const {
    out.text(m.bytes);
    out.flag(m.last);
  }
  void operator()(const Trouble& m) const {
    out.text(m.problem.path);
    out.text(m.problem.text);
  }
  void operator()(const Entry& m) const {
    out.text(m.path);
    out.tree(m.now);
  }
  void operator()(const Done& m) const {
    out.number(m.id);
    out.number(static_cast<std::uint64_t>(m.kind));
    out.text(m.text);
  }
  void operator()(const Fault& m) const { out.text(m.text); }
};

template <typename Message>
std::string encoded(const Message& message) {
  WireWriter out;
  out.number(message.index());
  std::visit(Encode{out}, message);
  return out.take();
}

/// A node that has to be there, without what it holds.
Tree some_node(WireReader& in) {
  Tree tree = in.tree();
  if (!tree || !tree->children().empty()) throw Error(ErrorCode::failed, "the other end sent a step without its entry");
  return tree;
}
Tree maybe_node(WireReader& in) {
  Tree tree = in.tree();
  if (tree && !tree->children().empty()) throw Error(ErrorCode::failed, "the other end sent more than an entry");
  return tree;
}

void read(WireReader& in, Hello& m) {
  constexpr std::uint64_t k_most_lists = 100'000;
  constexpr std::uint64_t k_most_id = 0xFFFF'FFFF;
  m.version = in.number();
  m.root = in.text();
  for (std::uint64_t left = in.number(k_most_lists); left > 0; --left) {
    const auto kind = static_cast<RuleKind>(in.number(static_cast<std::uint64_t>(RuleKind::only)));
    std::string directory = in.path();
    m.rules.push_back({kind, std::move(directory), in.text()});
  }
  if (in.flag()) {
    const auto user = static_cast<std::uint32_t>(in.number(k_most_id));
    m.owner = {user, static_cast<std::uint32_t>(in.number(k_most_id))};
  }
  m.trash_bytes = in.number();
  m.trash_entries = in.number();
  m.compress = in.flag();
}
void read(WireReader& in, AskTree& m) {
  if (in.flag()) m.known = in.digest();
}
void read(WireReader& in, AskEntry& m) {
  m.path = in.path();
}
void read(WireReader& in, PutEntry& step) {
  step.path = in.path();
  step.before = maybe_node(in);
  step.after = some_node(in);
}
void read(WireReader& in, RemoveEntry& step) {
  step.path = in.path();
  step.before = some_node(in);
}
void read(WireReader& in, MoveEntry& step) {
  step.from = in.path();
  step.to = in.path();
  step.moved = some_node(in);
  step.replaced = maybe_node(in);
}
void read(WireReader& in, Content& m) {
  m.bytes = in.text();
  m.last = in.flag();
  m.fault = in.text();
}
void read(WireReader& in, Welcome& m) {
  m.version = in.number();
  m.identity = in.text();
}
void read(WireReader& /*in*/, TreeSame& /*m*/) {}
void read(WireReader& in, TreePart& m) {
  m.bytes = in.text();
  m.last = in.flag();
}
void read(WireReader& in, Trouble& m) {
  m.problem.path = in.path();
  m.problem.text = in.text();
}
void read(WireReader& in, Entry& m) {
  m.path = in.path();
  m.now = in.tree();
}
void read(WireReader& in, Done& m) {
  m.id = in.number();
  m.kind = static_cast<Done::Kind>(in.number(static_cast<std::uint64_t>(Done::Kind::failed)));
  m.text = in.text();
}
void read(WireReader& in, Fault& m) {
  m.text = in.text();
}

void read(WireReader& in, DoStep& m);  // reads a Step by what follows

/// Reads the alternative of `Variant` whose number comes first.
template <typename Variant, std::size_t Index = 0>
Variant read_one_of(WireReader& in, std::uint64_t index) {
  if constexpr (Index == std::variant_size_v<Variant>) {
    throw Error(ErrorCode::failed, "the other end sent a message that is not known");
  } else {
    if (index != Index) return read_one_of<Variant, Index + 1>(in, index);
    std::variant_alternative_t<Index, Variant> value;
    read(in, value);
    return value;
  }
}

void read(WireReader& in, DoStep& m) {
  m.id = in.number();
  const std::uint64_t index = in.number();
  m.step = read_one_of<Step>(in, index);
}

template <typename Variant>
Variant decoded(std::string_view bytes) {
  WireReader in(bytes);
  const std::uint64_t index = in.number();
  Variant message = read_one_of<Variant>(in, index);
  in.finish();
  return message;
}

}  // namespace

bool has_content(const Step& step) {
  const auto* put = std::get_if<PutEntry>(&step);
  return put != nullptr && put->after->is_file() && !same_content(put->before, put->after);
}

std::string encode(const ToAgent& message) {
  return encoded(message);
}
std::string encode(const FromAgent& message) {
  return encoded(message);
}
ToAgent decode_to_agent(std::string_view bytes) {
  return decoded<ToAgent>(bytes);
}
FromAgent decode_from_agent(std::string_view bytes) {
  return decoded<FromAgent>(bytes);
}

}  // namespace hoist::sync::wire

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sync/core/problem.hpp"
#include "sync/core/steps.hpp"

namespace hoist::sync::wire {

/// Both ends speak exactly this; an agent of another version is replaced.
inline constexpr std::uint64_t k_version = 1;
/// How much of a file or a tree one message holds.
inline constexpr std::size_t k_part_size = 128U << 10U;

// From the user's machine to the agent.

/// The first message: what to serve.
struct Hello {
  struct RuleList {
    enum class Kind { docker, git, only };

    Kind kind = Kind::docker;
    std::string directory;  ///< where a .gitignore file lies in the root; where the root lies in what a list of
                            ///< Docker's kind is about
    std::string text;

    bool operator==(const RuleList&) const = default;
  };
  struct Owner {
    std::uint32_t user = 0;
    std::uint32_t group = 0;

    bool operator==(const Owner&) const = default;
  };

  std::uint64_t version = k_version;
  std::string root;  ///< absolute
  std::vector<RuleList> rules;
  std::optional<Owner> owner;
  std::uint64_t trash_bytes = 0;
  std::uint64_t trash_entries = 0;
  bool compress = true;  ///< what both ends send; false where the way is short

  bool operator==(const Hello&) const = default;
};
/// Asks for the tree: Troubles, then TreeSame if its digest is `known`, else TreeParts.
struct AskTree {
  std::optional<Digest> known;

  bool operator==(const AskTree&) const = default;
};
/// Asks for an Entry.
struct AskEntry {
  std::string path;

  bool operator==(const AskEntry&) const = default;
};
/// Asks for a step, and a Done. The content of a file that has to be made follows in Contents. Of directories what they
/// hold is not told.
struct DoStep {
  std::uint64_t id = 0;
  Step step;
};
/// A part of the content of the file of the last DoStep.
struct Content {
  std::string bytes;
  bool last = false;
  std::string fault;  ///< of the last one: why the rest cannot be had; empty = that was all

  bool operator==(const Content&) const = default;
};
using ToAgent = std::variant<Hello, AskTree, AskEntry, DoStep, Content>;

// From the agent.

/// The answer to Hello.
struct Welcome {
  std::uint64_t version = k_version;
  std::string identity;  ///< the same as long as it is the same root

  bool operator==(const Welcome&) const = default;
};
struct TreeSame {
  bool operator==(const TreeSame&) const = default;
};
/// A part of the bytes of a tree, as WireWriter::tree writes it.
struct TreePart {
  std::string bytes;
  bool last = false;

  bool operator==(const TreePart&) const = default;
};
struct Trouble {
  Problem problem;

  bool operator==(const Trouble&) const = default;
};
struct Entry {
  std::string path;
  Tree now;
};
struct Done {
  enum class Kind { done, changed, failed };

  std::uint64_t id = 0;
  Kind kind = Kind::done;
  std::string text;

  bool operator==(const Done&) const = default;
};
/// Why the agent ends.
struct Fault {
  std::string text;

  bool operator==(const Fault&) const = default;
};
using FromAgent = std::variant<Welcome, TreeSame, TreePart, Trouble, Entry, Done, Fault>;

/// Whether the content of a file follows a step.
bool has_content(const Step& step);

std::string encode(const ToAgent& message);
std::string encode(const FromAgent& message);
/// Errors: Error{failed} for bytes that are no such message; whatever they are, what is read is bounded by them.
ToAgent decode_to_agent(std::string_view bytes);
FromAgent decode_from_agent(std::string_view bytes);

}  // namespace hoist::sync::wire

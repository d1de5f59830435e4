#include "sync/wire/messages.hpp"

#include <catch2/catch.hpp>

#include "compose/base/error.hpp"
#include "tests/sync/core/tree_text.hpp"

using namespace hoist;
using namespace hoist::sync;
using namespace hoist::sync::wire;
using hoist::test::tree_of;

namespace {

Tree node(const char* text) {
  return find(tree_of(text), "n");
}

template <typename Message>
void check_kept(const Message& message) {
  CHECK(std::get<Message>(decode_to_agent(encode(ToAgent(message)))) == message);
}
template <typename Message>
void check_answer_kept(const Message& message) {
  CHECK(std::get<Message>(decode_from_agent(encode(FromAgent(message)))) == message);
}

/// A step that went over the wire, as text with its trees.
std::string carried(const Step& step) {
  const auto message = std::get<DoStep>(decode_to_agent(encode(ToAgent(DoStep{7, step}))));
  CHECK(message.id == 7);
  std::string out = to_string(message.step) + "\n";
  if (const auto* put = std::get_if<PutEntry>(&message.step)) out += to_string(put->before) + to_string(put->after);
  if (const auto* removal = std::get_if<RemoveEntry>(&message.step)) out += to_string(removal->before);
  if (const auto* move = std::get_if<MoveEntry>(&message.step))
    out += to_string(move->moved) + to_string(move->replaced);
  return out;
}

}  // namespace

TEST_CASE("every message is read as it was written", "[sync][wire]") {
  check_kept(Hello{});
  check_kept(Hello{.root = "/app",
                   .rules = {{Hello::RuleList::Kind::git, "a/b", "*.o\n"}, {Hello::RuleList::Kind::only, "", "x"}},
                   .owner = Hello::Owner{1000, 4'000'000'000},
                   .trash_bytes = 1U << 30U,
                   .trash_entries = 5,
                   .compress = false});
  check_kept(AskTree{});
  check_kept(AskTree{digest_of("x")});
  check_kept(AskEntry{"a/b"});
  check_kept(Content{"bytes", true, "cannot be read"});
  check_answer_kept(Welcome{1, "abc"});
  check_answer_kept(TreeSame{});
  check_answer_kept(TreePart{"bytes", true});
  check_answer_kept(Trouble{{"a", "cannot be read"}});
  check_answer_kept(Done{9, Done::Kind::failed, "No space left on device"});
  check_answer_kept(Fault{"why"});
  const auto entry = std::get<Entry>(decode_from_agent(encode(FromAgent(Entry{"d", tree_of("a=1")}))));
  CHECK(entry.path == "d");
  CHECK(same(entry.now, tree_of("a=1")));
}

TEST_CASE("a step goes with its entries, but not with what directories hold", "[sync][wire]") {
  CHECK(carried(PutEntry{"a", nullptr, node("n=1:755")}) == "put a\n" + to_string(node("n=1:755")));
  CHECK(carried(PutEntry{"d", nullptr, node("n/x=1")}) == "put d\nd 755 .\n");
  CHECK(carried(RemoveEntry{"l", node("n@x")}) == "remove l\n" + to_string(node("n@x")));
  CHECK(carried(MoveEntry{"a", "b", node("n=1"), node("n=2")}) ==
        "move a to b\n" + to_string(node("n=1")) + to_string(node("n=2")));
}

TEST_CASE("what is no message is refused", "[sync][wire]") {
  for (const std::string& bytes :
       {std::string(), std::string("\x7f"), std::string("\5"), encode(ToAgent(AskEntry{"../a"})),
        encode(ToAgent(AskEntry{"/a"})), encode(ToAgent(Hello{})) + "x",
        encode(ToAgent(DoStep{1, PutEntry{"a", nullptr, nullptr}})),
        encode(ToAgent(DoStep{1, RemoveEntry{"a", nullptr}}))}) {
    CAPTURE(bytes);
    CHECK_THROWS_AS(decode_to_agent(bytes), Error);
  }
  CHECK_THROWS_AS(decode_from_agent("\7"), Error);
}

TEST_CASE("the bytes of this version stay as they are", "[sync][wire]") {
  // Whoever changes one of these changes the version as well.
  CHECK(k_version == 1);
  CHECK(encode(ToAgent(AskEntry{"a"})) == std::string("\2\1a"));
  CHECK(encode(ToAgent(DoStep{300, RemoveEntry{"a", Node::symlink("t")}})) == std::string("\3\xac\2\1\1a\2\1t\0", 10));
  CHECK(encode(FromAgent(Done{1, Done::Kind::changed, "x"})) == std::string("\5\1\1\1x"));
}

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "compose/base/error.hpp"
#include "compose/load/parse.hpp"
#include "compose/load/render.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using namespace hoist;
using namespace hoist::compose;

/// Checks what holds for every node. Returns whether the tree is equal to itself (no NaN).
bool check_node(const Node& node, std::ptrdiff_t lines) {
  fuzz::check(node.location.line >= 1 && node.location.line <= lines, "a node's line exists");
  fuzz::check(node.location.column >= 1, "a node's column is known");
  bool reflexive = node.kind() != Node::Kind::number || !std::isnan(node.as_number());
  if (node.is_sequence()) {
    for (const Node& item : node.items()) reflexive &= check_node(item, lines);
  } else if (node.is_mapping()) {
    std::set<std::string> keys;
    for (const Member& member : node.members()) {
      fuzz::check(keys.insert(member.key).second, "a key comes once");
      reflexive &= check_node(member.value, lines);
    }
  }
  return reflexive;
}

/// The tree with all numbers of one kind: 1000.0 is written as 1000.
Node with_one_kind_of_number(Node node) {
  if (node.is_sequence()) {
    for (Node& item : node.items()) item = with_one_kind_of_number(std::move(item));
  } else if (node.is_mapping()) {
    for (Member& member : node.members()) member.value = with_one_kind_of_number(std::move(member.value));
  } else if (node.kind() == Node::Kind::integer) {
    return Node(static_cast<double>(node.as_integer()));
  }
  return node;
}

bool has_only_valid_text(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

/// Every node has its place, every key comes once, and what is written of a document reads as the document.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  static const auto file = std::make_shared<const std::string>("f.yaml");
  const auto lines = std::ranges::count(text, '\n') + std::ranges::count(text, '\r') + 1;
  std::vector<Node> documents;
  try {
    documents = parse_documents(text, file);
  } catch (const Error& error) {
    fuzz::check(error.code() == ErrorCode::bad_input, "a wrong file is bad input");
    fuzz::check(!error.diagnostics().empty(), "a wrong file has findings");
    return 0;
  }
  fuzz::check(!documents.empty(), "a good file has a document");
  for (const Node& document : documents) {
    fuzz::check(document.is_mapping(), "a document is a mapping");
    const bool reflexive = check_node(document, lines);
    if (!reflexive || !has_only_valid_text(text) || document.members().empty()) continue;
    const std::string written = to_yaml(document);
    const std::vector<Node> again = parse_documents(written, file);
    fuzz::check(again.size() == 1 && with_one_kind_of_number(again.front()) == with_one_kind_of_number(document),
                "what is written reads as the document");
  }
  return 0;
}

#include "compose/load/parse.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

#include "compose/base/text.hpp"
#include "compose/base/utf8.hpp"
#include "compose/load/timestamp.hpp"

namespace hoist::compose {
namespace {

constexpr std::size_t k_size_limit = 16U << 20U;
constexpr std::size_t k_node_limit = 500'000;     ///< after aliases are expanded, with what anchors keep for them
constexpr std::size_t k_text_limit = 64U << 20U;  ///< bytes, likewise
constexpr std::size_t k_depth_limit = 200;
constexpr int k_key_limit = 1024;  ///< characters of a key, as YAML has it

/// What a value takes of the limits.
struct Size {
  std::size_t nodes = 0;
  std::size_t text = 0;  ///< bytes of keys and strings

  Size& operator+=(const Size& more) {
    nodes += more.nodes;
    text += more.text;
    return *this;
  }
};

Size size_of(const Node& node) {
  Size size{1, node.is_string() ? node.as_string().size() : 0};
  if (node.is_sequence()) {
    for (const Node& item : node.items()) size += size_of(item);
  } else if (node.is_mapping()) {
    for (const Member& member : node.members()) {
      size += size_of(member.value);
      size.text += member.key.size();
    }
  }
  return size;
}

/// For every line: the column of the first tab in its indentation, 0 = there is none.
std::vector<int> tabs_of_indentation(std::string_view text) {
  std::vector<int> lines;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    const std::string_view indentation = line.substr(0, std::min(line.find_first_not_of(" \t"), line.size()));
    lines.push_back(static_cast<int>(indentation.find('\t') + 1));  // npos + 1 = 0
    at = end + 1;
  }
  return lines;
}

/// Whether YAML allows the character as it stands.
bool is_allowed(const Utf8Char& c) {
  return c.code == '\t' || c.code == '\n' || c.code == '\r' || (c.code >= 0x20 && c.code < 0x7f) || c.code == 0x85 ||
         (c.code >= 0xa0 && c.code != 0xfeff && c.code < 0xfffe) || c.code >= 0x10000;
}

/// The first byte or character that no YAML file may have; nothing when there is none.
std::optional<Diagnostic> find_bad_character(std::string_view text, const std::shared_ptr<const std::string>& file) {
  int line = 1;
  int column = 1;
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Char c = utf8_at(text, at);
    if (!c.valid || !is_allowed(c)) {
      return Diagnostic{
          Diagnostic::Severity::error,
          {file, line, column},
          {},
          c.valid ? fmt::format("the control character U+{:04X} is not allowed", static_cast<std::uint32_t>(c.code))
                  : "this is not valid UTF-8",
          c.valid ? "in double quotes it can be written as an escape" : "save the file as UTF-8"};
    }
    at += c.length;
    column += static_cast<int>(c.length);
    if (c.code == '\n') {
      ++line;
      column = 1;
    }
  }
  return std::nullopt;
}

/// yaml-cpp makes of the escapes "\N" and "\_" one byte that is no UTF-8. All else in a text is.
std::string with_escapes_as_utf8(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Char c = utf8_at(text, at);
    if (!c.valid) out += '\xC2';
    out += text.substr(at, c.length);
    at += c.length;
  }
  return out;
}

/// Takes yaml-cpp's events and builds the tree, with places and all findings.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::shared_ptr<const std::string> file, std::vector<int> tabs, std::vector<Diagnostic>& findings,
              std::vector<Diagnostic>& warnings)
      : file_(std::move(file)), tabs_(std::move(tabs)), findings_(findings), warnings_(warnings) {}

  std::optional<Node> take_document() { return std::exchange(root_, std::nullopt); }

  /// Notes the tab in the indentation of a line (from 0). Returns whether there is one; notes it once.
  bool tab_finding(std::size_t line) {
    if (line >= tabs_.size() || tabs_[line] == 0) return false;
    if (const int column = std::exchange(tabs_[line], -1); column > 0) {
      findings_.push_back({Diagnostic::Severity::error,
                           {file_, static_cast<int>(line) + 1, column},
                           {},
                           "a tab is used for indentation",
                           "YAML wants spaces"});
    }
    return true;
  }

  /// Where the innermost open `{` or `[` stands; nothing outside of them.
  std::optional<SourceLocation> open_bracket() const {
    if (stack_.empty() || !stack_.back().flow) return std::nullopt;
    return stack_.back().node.location;
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    // yaml-cpp can hand over empty documents for ever where indentation goes wrong, and stay where it is.
    if (std::exchange(last_start_, mark.pos) == mark.pos) throw YAML::ParserException(mark, YAML::ErrorMsg::MAP_VALUE);
    stack_.clear();
    anchors_.clear();
    root_.reset();
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    // Nothing is written: its mark is that of whatever comes next, so the key is the place to show.
    const bool of_key = !stack_.empty() && stack_.back().key;
    add(Node::null(of_key ? stack_.back().key->location : place(mark)), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      fail(mark, "an alias stands inside the anchor that it names", {});
      add(Node(Node::Mapping{}, place(mark)), YAML::NullAnchor);  // a `<<` takes nothing else
      return;
    }
    count(found->second.size);
    add(found->second.node, YAML::NullAnchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& scalar) override {
    check_tab(mark);
    const bool is_mended = scalar.find_first_of("\x85\xA0") != std::string::npos;
    const std::string mended = is_mended ? with_escapes_as_utf8(scalar) : std::string();
    const std::string& value = is_mended ? mended : scalar;
    if (tag == "?" && is_timestamp(value)) refuse_timestamp(mark, value);
    Node node = tag == "?" || tag.empty() ? plain_scalar(value, place(mark)) : tagged(tag, value, place(mark));
    const bool plain_merge_key = (tag == "?" || tag.empty()) && value == "<<";
    add(std::move(node), anchor, plain_merge_key);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    check_tab(mark);
    open(Node(Node::Sequence{}, place(mark)), tag, anchor, style);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    check_tab(mark);
    open(Node(Node::Mapping{}, place(mark)), tag, anchor, style);
  }
  void OnMapEnd() override {
    finish_mapping(stack_.back());
    close();
  }

 private:
  struct Anchored {
    Node node;
    Size size;
  };
  /// A collection under construction.
  struct Open {
    Node node;
    YAML::anchor_t anchor = YAML::NullAnchor;
    bool flow = false;
    std::optional<Node> key;  ///< mapping: waits for its value
    bool key_is_merge = false;
    int merge_line = 0;        ///< of the `<<`; 0 = none so far
    std::vector<Node> merged;  ///< what `<<` brings, first wins
  };

  SourceLocation place(const YAML::Mark& mark) const { return {file_, mark.line + 1, mark.column + 1}; }

  void fail(const YAML::Mark& mark, std::string message, std::string hint) {
    findings_.push_back({Diagnostic::Severity::error, place(mark), {}, std::move(message), std::move(hint)});
  }

  /// Docker Compose reads such a value as a moment, and has no attribute that takes one; only extensions may hold it.
  void refuse_timestamp(const YAML::Mark& mark, const std::string& value) {
    if (stack_.empty() || (stack_.back().node.is_mapping() && !stack_.back().key)) return;
    const bool extension = std::ranges::any_of(stack_, [](const Open& open) {
      return open.key && open.key->is_string() && open.key->as_string().starts_with("x-");
    });
    if (!extension) fail(mark, fmt::format("'{}' is a date, not a text", value), "write it in quotes");
  }

  void check_tab(const YAML::Mark& mark) {
    const auto line = static_cast<std::size_t>(std::max(mark.line, 0));
    if (!stack_.empty() && stack_.back().flow) return;
    tab_finding(line);
  }

  /// Throws when aliases have blown the document up: going on would only cost memory.
  void count(const Size& more) {
    size_ += more;
    if (size_.nodes <= k_node_limit && size_.text <= k_text_limit) return;
    const std::string limit =
        size_.nodes > k_node_limit ? fmt::format("{} values", k_node_limit) : human_size(k_text_limit) + " of text";
    throw Error(
        std::vector<Diagnostic>{{Diagnostic::Severity::error,
                                 {file_, 0, 0},
                                 {},
                                 fmt::format("the document has more than {} after its aliases are expanded", limit),
                                 "an alias costs as much as what it stands for, at each place: use fewer"}});
  }

  Node tagged(const std::string& tag, const std::string& value, SourceLocation where) {
    constexpr std::string_view k_yaml = "tag:yaml.org,2002:";
    if (tag == "!") return {value, std::move(where)};
    if (tag.starts_with(k_yaml)) {
      const std::string_view type = std::string_view(tag).substr(k_yaml.size());
      if (type == "str") return {value, std::move(where)};
      if (type == "null") return Node::null(std::move(where));
      Node typed = plain_scalar(value, where);
      if (type == "float" && typed.kind() == Node::Kind::integer) {
        return {static_cast<double>(typed.as_integer()), std::move(where)};
      }
      return typed;
    }
    Node node = plain_scalar(value, std::move(where));
    node.tag = tag_of(tag, node.location);
    return node;
  }

  Node::Tag tag_of(const std::string& tag, const SourceLocation& where) {
    if (tag == "!reset") return Node::Tag::reset;
    if (tag == "!override") return Node::Tag::override_value;
    if (tag.size() > 1 && tag.starts_with('!')) {
      static const std::vector<std::string> k_known{"!reset", "!override"};
      warnings_.push_back({Diagnostic::Severity::warning,
                           where,
                           {},
                           fmt::format("the tag '{}' is not known and has no effect", tag),
                           did_you_mean(tag, k_known)});
    }
    return Node::Tag::none;
  }

  void open(Node node, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value style) {
    if (stack_.size() >= k_depth_limit) {
      throw Error(std::vector<Diagnostic>{{Diagnostic::Severity::error,
                                           node.location,
                                           {},
                                           fmt::format("values are nested more than {} deep", k_depth_limit),
                                           "no attribute is nested that deep: is a bracket not closed?"}});
    }
    node.tag = tag_of(tag, node.location);
    const bool flow = style == YAML::EmitterStyle::Flow || (!stack_.empty() && stack_.back().flow);
    stack_.push_back({std::move(node), anchor, flow, std::nullopt, false, 0, {}});
  }

  void close() {
    Open done = std::move(stack_.back());
    stack_.pop_back();
    add(std::move(done.node), done.anchor);
  }

  void add(Node node, YAML::anchor_t anchor, bool plain_merge_key = false) {
    count({.nodes = 1});
    if (anchor != YAML::NullAnchor) {
      const Size size = size_of(node);
      count(size);  // each anchor keeps a copy, so anchors inside of anchors would fill the memory
      anchors_.insert_or_assign(anchor, Anchored{node, size});
    }
    if (stack_.empty()) {
      root_ = std::move(node);
    } else if (stack_.back().node.is_sequence()) {
      stack_.back().node.items().push_back(std::move(node));
    } else if (!stack_.back().key) {
      stack_.back().key = std::move(node);
      stack_.back().key_is_merge = plain_merge_key;
    } else {
      add_member(stack_.back(), std::move(node));
    }
  }

  void add_member(Open& mapping, Node value) {
    const Node key = *std::exchange(mapping.key, std::nullopt);
    if (mapping.key_is_merge) {
      if (mapping.merge_line == 0) {
        mapping.merge_line = key.location.line;
        add_merged(mapping, std::move(value));
      } else {
        report_twice("<<", key.location, mapping.merge_line);
      }
      return;
    }
    if (!key.is_string()) {
      findings_.push_back({Diagnostic::Severity::error,
                           key.location,
                           {},
                           fmt::format("a key must be a string, not {}", key.is_null() ? "null" : key.kind_name()),
                           key.is_scalar() ? "put it in quotes" : ""});
      return;
    }
    mapping.node.members().push_back({key.as_string(), std::move(value), key.location});
  }

  void add_merged(Open& mapping, Node value) {
    if (value.is_mapping()) {
      mapping.merged.push_back(std::move(value));
      return;
    }
    const bool list_of_mappings = value.is_sequence() && std::ranges::all_of(value.items(), &Node::is_mapping);
    if (!list_of_mappings) {
      findings_.push_back(
          {Diagnostic::Severity::error, value.location, {}, "'<<' takes a mapping or a list of mappings", {}});
      return;
    }
    for (Node& item : value.items()) mapping.merged.push_back(std::move(item));
  }

  void report_twice(std::string_view key, const SourceLocation& second, int first_line) {
    findings_.push_back({Diagnostic::Severity::error,
                         second,
                         {},
                         fmt::format("key '{}' is there twice", key),
                         fmt::format("the first is in line {}", first_line)});
  }

  /// Refuses duplicate keys and puts in what `<<` brings where the mapping has no key of its own.
  void finish_mapping(Open& mapping) {
    Node::Mapping& members = mapping.node.members();
    std::unordered_map<std::string_view, const Member*> seen;
    for (const Member& member : members) {
      const auto [first, fresh] = seen.try_emplace(member.key, &member);
      if (fresh) continue;
      report_twice(member.key, member.key_location, first->second->key_location.line);
    }
    std::unordered_set<std::string> taken;
    if (!mapping.merged.empty()) {
      for (const Member& member : members) taken.insert(member.key);
    }
    for (Node& source : mapping.merged) {
      for (Member& member : source.members()) {
        if (taken.insert(member.key).second) members.push_back(std::move(member));
      }
    }
  }

  std::shared_ptr<const std::string> file_;
  std::vector<int> tabs_;
  std::vector<Diagnostic>& findings_;
  std::vector<Diagnostic>& warnings_;
  std::vector<Open> stack_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::optional<Node> root_;
  std::optional<int> last_start_;  ///< of the last document: its offset
  Size size_;                      ///< of all documents so far, aliases expanded, with the copies that anchors keep
};

/// yaml-cpp's message in words for someone who has not read the YAML specification.
std::string plain_words(const std::string& message) {
  struct Rewording {
    std::string_view theirs;
    std::string_view ours;
  };
  constexpr Rewording k_rewordings[] = {
      {"illegal map value", "a ':' stands where no key can be; quote the text, or check the indentation"},
      {"end of map not found", "the indentation does not fit the lines above, or a key is missing its ':'"},
      {"end of sequence not found", "the indentation does not fit the list above"},
      {"end of map flow not found", "a '{' is not closed"},
      {"end of sequence flow not found", "a '[' is not closed"},
      {"illegal flow end", "a '}' or ']' closes nothing that is open here"},
      {"illegal block entry", "a '-' stands where no list can be"},
      {"unknown token", "a character that YAML does not allow here; quote the text"},
      {"invalid map key", "this cannot be a key"},
      {"referenced anchor is not defined", "no anchor above has the name of this alias"},
  };
  for (const Rewording& rewording : k_rewordings) {
    if (message.find(rewording.theirs) != std::string::npos) return std::string(rewording.ours);
  }
  return "not valid YAML: " + strip_control(message);
}

}  // namespace

std::vector<Node> parse_documents(std::string_view text, std::shared_ptr<const std::string> file,
                                  std::vector<Diagnostic>* warnings) {
  text = without_bom(text);
  std::vector<Diagnostic> findings;
  const auto finding = [&](int line, int column, std::string message, std::string hint) {
    findings.push_back({Diagnostic::Severity::error, {file, line, column}, {}, std::move(message), std::move(hint)});
  };
  if (text.size() > k_size_limit) {
    finding(0, 0, fmt::format("the file is larger than {}", human_size(k_size_limit)),
            "is it a Compose file? 'include' lets a project have several");
    throw Error(std::move(findings));
  }
  if (std::optional<Diagnostic> bad = find_bad_character(text, file)) throw Error(std::vector{*std::move(bad)});
  std::vector<Diagnostic> unknown_tags;
  TreeBuilder builder(file, tabs_of_indentation(text), findings, unknown_tags);
  std::vector<Node> documents;
  try {
    std::istringstream input{std::string(text)};
    YAML::Parser parser(input);
    while (parser.HandleNextDocument(builder)) {
      std::optional<Node> document = builder.take_document();
      if (!document || document->is_null()) continue;
      if (!document->is_mapping()) {
        findings.push_back({Diagnostic::Severity::error,
                            document->location,
                            {},
                            fmt::format("the top level must be a mapping, not {}", document->kind_name()),
                            "a Compose file begins with keys such as 'services:'"});
        continue;
      }
      documents.push_back(*std::move(document));
    }
  } catch (const YAML::Exception& fault) {
    // yaml-cpp's own exceptions end here: they become findings with a place, like all others.
    SourceLocation where{file, 0, 0};
    if (!fault.mark.is_null()) where = {file, fault.mark.line + 1, fault.mark.column + 1};
    const bool unclosed = fault.msg == YAML::ErrorMsg::END_OF_MAP_FLOW || fault.msg == YAML::ErrorMsg::END_OF_SEQ_FLOW;
    if (unclosed) {
      where = builder.open_bracket().value_or(where);
      // What yaml-cpp made of the text behind the bracket is no use to anybody.
      std::erase_if(findings, [&where](const Diagnostic& f) {
        return std::pair(f.location.line, f.location.column) > std::pair(where.line, where.column);
      });
    }
    if (unclosed || where.line == 0 || !builder.tab_finding(static_cast<std::size_t>(where.line - 1))) {
      // It gives up on a key there, and takes its ':' for one that stands alone.
      const bool long_key = where.column > k_key_limit && fault.msg == YAML::ErrorMsg::MAP_VALUE;
      finding(where.line, where.column,
              long_key ? fmt::format("a key is longer than {} characters", k_key_limit) : plain_words(fault.msg), {});
    }
  }
  if (findings.empty() && documents.empty())
    finding(0, 0, "the file is empty", "a Compose file begins with 'services:'");
  if (!findings.empty()) throw Error(std::move(findings));
  if (warnings != nullptr) std::ranges::move(unknown_tags, std::back_inserter(*warnings));
  return documents;
}

}  // namespace hoist::compose

#include "compose/load/render.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "compose/load/json_text.hpp"
#include "compose/load/yaml_text.hpp"

namespace hoist::compose {
namespace {

/// Members in the order of printing.
std::vector<const Member*> ordered(const Node& mapping, bool top) {
  std::vector<const Member*> members;
  for (const Member& member : mapping.members()) members.push_back(&member);
  std::ranges::sort(members, [top](const Member* a, const Member* b) {
    if (top && (a->key == "name") != (b->key == "name")) return a->key == "name";
    return a->key < b->key;
  });
  return members;
}

std::string spaces(int indent) {
  return std::string(static_cast<std::size_t>(indent), ' ');
}

bool is_empty(const Node& node) {
  return (node.is_mapping() && node.members().empty()) || (node.is_sequence() && node.items().empty());
}

class YamlWriter {
 public:
  std::string run(const Node& tree) {
    if (is_nested(tree)) {
      collection(tree, 0, true);
    } else {
      out_ += (tree.is_string() ? yaml_key(tree.as_string()) : leaf(tree, 0)) + '\n';
    }
    return std::move(out_);
  }

 private:
  static bool is_nested(const Node& node) { return !node.is_scalar() && !is_empty(node); }

  /// Writes a collection whose first line is already indented.
  void collection(const Node& node, int indent, bool top) {
    bool first = true;
    const auto start_line = [this, &first, indent] {
      if (!std::exchange(first, false)) out_ += spaces(indent);
    };
    if (node.is_sequence()) {
      for (const Node& item : node.items()) {
        start_line();
        out_ += '-';
        if (is_nested(item)) {
          out_ += ' ';
          collection(item, indent + 2, false);
        } else {
          entry(item, indent);
        }
      }
      return;
    }
    for (const Member* member : ordered(node, top)) {
      start_line();
      out_ += yaml_key(member->key) + ":";
      if (is_nested(member->value)) {
        out_ += '\n' + spaces(indent + 2);
        collection(member->value, indent + 2, false);
      } else {
        entry(member->value, indent);
      }
    }
  }

  void entry(const Node& value, int indent) { out_ += ' ' + leaf(value, indent + 2) + '\n'; }

  static std::string leaf(const Node& node, int indent) {
    switch (node.kind()) {
      case Node::Kind::null:
        return "null";
      case Node::Kind::sequence:
        return "[]";
      case Node::Kind::mapping:
        return "{}";
      case Node::Kind::string:
        return yaml_string(node.as_string(), indent);
      case Node::Kind::number:
        if (std::isnan(node.as_number())) return ".nan";
        if (std::isinf(node.as_number())) return node.as_number() < 0 ? "-.inf" : ".inf";
        return node.scalar_text();
      default:
        return node.scalar_text();
    }
  }

  std::string out_;
};

void write_json(const Node& node, int indent, std::string& out) {
  if (is_empty(node)) {
    out += node.is_mapping() ? "{}" : "[]";
    return;
  }
  const std::string line = "\n" + spaces(indent + 2);
  const char* separator = "";
  switch (node.kind()) {
    case Node::Kind::mapping:
      out += '{';
      for (const Member* member : ordered(node, indent == 0)) {
        out += std::exchange(separator, ",") + line + json_string(member->key) + ": ";
        write_json(member->value, indent + 2, out);
      }
      out += "\n" + spaces(indent) + "}";
      break;
    case Node::Kind::sequence:
      out += '[';
      for (const Node& item : node.items()) {
        out += std::exchange(separator, ",") + line;
        write_json(item, indent + 2, out);
      }
      out += "\n" + spaces(indent) + "]";
      break;
    case Node::Kind::null:
      out += "null";
      break;
    case Node::Kind::string:
      out += json_string(node.as_string());
      break;
    case Node::Kind::number:
      // JSON has no word for these two.
      out += std::isfinite(node.as_number()) ? node.scalar_text() : json_string(node.scalar_text());
      break;
    default:
      out += node.scalar_text();
  }
}

/// The text with every `$` doubled.
std::string doubled(std::string_view text) {
  std::string out;
  for (const char c : text) out.append(c == '$' ? 2 : 1, c);
  return out;
}

}  // namespace

std::string to_yaml(const Node& tree) {
  return YamlWriter().run(tree);
}

std::string to_json(const Node& tree) {
  std::string out;
  write_json(tree, 0, out);
  return out += '\n';
}

Node escape_variables(Node tree) {
  if (tree.is_string()) {
    tree.as_string() = doubled(tree.as_string());
  } else if (tree.is_sequence()) {
    for (Node& item : tree.items()) item = escape_variables(std::move(item));
  } else if (tree.is_mapping()) {
    for (Member& member : tree.members()) {
      member.key = doubled(member.key);
      member.value = escape_variables(std::move(member.value));
    }
  }
  return tree;
}

}  // namespace hoist::compose

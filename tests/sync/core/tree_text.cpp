#include "tests/sync/core/tree_text.hpp"

#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

namespace hoist::test {
namespace {

using namespace hoist::sync;

/// A directory that still grows.
struct Growing {
  unsigned mode = 0755;
  std::map<std::string, Growing> directories;
  std::map<std::string, Tree> others;

  Growing& at(std::string_view path) {
    if (path.empty()) return *this;
    const std::size_t end = std::min(path.find('/'), path.size());
    Growing& next = directories[std::string(path.substr(0, end))];
    return next.at(path.substr(std::min(end + 1, path.size())));
  }
  Tree grown() const {
    std::map<std::string, Tree> all = others;
    for (const auto& [name, directory] : directories) all[name] = directory.grown();
    Children children;
    for (const auto& [name, node] : all) children.push_back({name, node});
    return Node::directory(mode, std::move(children));
  }
};

}  // namespace

Tree tree_of(std::string_view text) {
  if (text == "-") return nullptr;
  Growing root;
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;) {
    unsigned mode = 0;
    if (const std::size_t colon = word.find(':'); colon != std::string::npos) {
      mode = static_cast<unsigned>(std::stoul(word.substr(colon + 1), nullptr, 8));
      word.erase(colon);
    }
    const std::size_t mark = word.find_first_of("=@");
    if (mark == std::string::npos) {
      if (!word.ends_with('/')) throw std::logic_error("neither file nor directory: " + word);
      Growing& directory = root.at(word.substr(0, word.size() - 1));
      if (mode != 0) directory.mode = mode;
      continue;
    }
    const std::string path = word.substr(0, mark);
    const std::string value = word.substr(mark + 1);
    Tree& made = root.at(parent_of(path)).others[std::string(name_of(path))];
    made =
        word[mark] == '@' ? Node::symlink(value) : Node::file(mode == 0 ? 0644 : mode, value.size(), digest_of(value));
  }
  return root.grown();
}

}  // namespace hoist::test

#pragma once

#include <functional>
#include <string>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/load/node.hpp"
#include "compose/model/remote_reference.hpp"

namespace hoist::compose {

class LoadWatcher;

/// How the other files of `extends` are found and read.
struct ExtendsReader {
  std::string directory;  ///< absolute: what `file` is relative to, that of the project
  std::string home;       ///< stands for `~`
  /// True: paths of another file become relative to `directory`, not absolute.
  bool keep_relative = false;
  /// The document of a file, its variables put in, in the long form and with its tags. Called once for each
  /// file.
  std::function<Node(const std::string& file)> read;
  FetchRemote fetch = {};  ///< for files that lie elsewhere: their paths are relative to the root of what was fetched
  LoadWatcher* watcher = nullptr;  ///< hears of every service that was merged over another
};

/// Merges each service of a document over the one that it extends, through any number of steps and files, and
/// takes `extends` out. Paths of another file stay relative to that file. Unknown services, files that cannot be had
/// and cycles are reported; a cycle as its path. Wants a document before it is merged with others. Errors: what
/// `read` throws. Source: Compose Specification, services.extends; compose-go's loader.
void resolve_extends(Node& document, const ExtendsReader& reader, std::vector<Diagnostic>& findings);

}  // namespace hoist::compose

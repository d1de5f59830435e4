#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compose/base/dockerignore.hpp"
#include "compose/base/file.hpp"

namespace hoist::remote {

/// What goes into the archive of a build context.
struct ContextFiles {
  std::filesystem::path root;
  DockerIgnore ignore;
  std::set<std::string> always;              ///< relative paths that are sent whatever `ignore` says
  std::map<std::string, std::string> extra;  ///< files that are not on the disk: name -> content
};

/// A build context as a tar archive, made piece by piece while it is read: never whole in memory.
///
/// Entries come sorted by name, belong to root and keep mode and time of change, so that the same files make
/// the same bytes. Sockets are left out. Names that ustar cannot hold go into pax headers.
class ContextTar {
 public:
  explicit ContextTar(ContextFiles files);

  /// The next piece; empty at the end.
  /// Errors: Error{denied}, Error{not_found} for a file that cannot be read, Error{failed} for one that
  /// shrinks while it is read; each names the file. What a file grows by in the meantime is not sent.
  std::string next();

 private:
  struct Directory {
    std::string path;  ///< relative; empty = the root
    std::vector<std::string> names;
    std::size_t at = 0;
    bool announced = true;  ///< false: excluded itself, sent only when something below it is
    struct stat info {};
  };

  void step(std::string& out);
  void enter(const std::string& path, bool announced, const struct stat& info);
  void add(std::string& out, const std::string& path);
  void announce_parents(std::string& out);
  void begin_file(std::string& out, const std::string& path);
  void read_some(std::string& out);
  std::filesystem::path on_disk(const std::string& path) const { return files_.root / path; }

  ContextFiles files_;
  std::vector<Directory> stack_;
  Fd file_;
  std::string file_path_;
  std::uint64_t file_left_ = 0;
  std::size_t padding_ = 0;
  bool extra_sent_ = false;
  bool finished_ = false;
};

}  // namespace hoist::remote

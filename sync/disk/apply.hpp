#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "sync/core/steps.hpp"
#include "sync/disk/root.hpp"
#include "sync/disk/staging.hpp"

namespace hoist::sync {

/// Where the content of files comes from.
class ContentSource {
 public:
  virtual ~ContentSource() = default;
  /// Hands the content of the file that shall be at `path` to `sink`, from its beginning to its end. Returns why it
  /// cannot be had; empty = all of it came.
  virtual std::string read(const std::string& path, const Node& wanted,
                           const std::function<void(std::string_view)>& sink, const std::stop_token& stop) = 0;
};

/// How a step ended.
struct Outcome {
  enum class Kind {
    done,
    changed,  ///< something else is there, or comes, than the step counts on: nothing was done
    failed,   ///< nothing was done, and it may be tried again
  };

  Kind kind = Kind::done;
  Tree now;          ///< of a step that is done: what is there, with its stamp; a directory without what it holds
  std::string text;  ///< else why
};

struct Owner {
  uid_t user = 0;
  gid_t group = 0;
};

/// Does steps to a file system.
///
/// No reader ever sees a missing, short or torn file: content is written aside, checked against its digest and moved
/// into its place. What is overwritten or removed is checked first to be what the step counts on, checked once more
/// when it is out of the way, and goes to the trash. Nothing is synced to the disk. Thread: one at a time.
class Applier {
 public:
  /// `root` must outlive it. `owner`: who gets what is made; nothing = whoever runs it.
  Applier(const Root& root, std::optional<Owner> owner, const TrashLimits& limits = {});

  /// Errors: Error{cancelled}.
  Outcome apply(const Step& step, ContentSource& source, const std::stop_token& stop);

 private:
  class Work;

  const Root& root_;
  std::optional<Owner> owner_;
  Staging staging_;
};

}  // namespace hoist::sync

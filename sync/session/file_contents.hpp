#pragma once

#include <vector>

#include "sync/disk/apply.hpp"

namespace hoist::sync {

/// The files of a root as a source: what is in them when they are read.
class FileContents final : public ContentSource {
 public:
  explicit FileContents(const Root& root);

  std::string read(const std::string& path, const Node& wanted, const std::function<void(std::string_view)>& sink,
                   const std::stop_token& stop) override;

 private:
  const Root& root_;
  std::vector<char> buffer_;
};

}  // namespace hoist::sync

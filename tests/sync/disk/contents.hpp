#pragma once

#include <map>
#include <string>

#include "sync/disk/apply.hpp"

namespace hoist::test {

/// A source that holds its contents in memory, by digest.
class MemoryContents final : public sync::ContentSource {
 public:
  void add(const std::string& content) { contents_[sync::digest_of(content)] = content; }

  std::string read(const std::string& /*path*/, const sync::Node& wanted,
                   const std::function<void(std::string_view)>& sink, const std::stop_token& /*stop*/) override {
    const auto found = contents_.find(wanted.digest());
    if (found == contents_.end()) return "it is not there any more";
    const std::string_view content = found->second;
    sink(content.substr(0, content.size() / 2));
    sink(content.substr(content.size() / 2));
    return {};
  }

 private:
  std::map<sync::Digest, std::string> contents_;
};

}  // namespace hoist::test

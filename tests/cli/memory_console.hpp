#pragma once

#include <cstdio>
#include <string>

#include "cli/console.hpp"

namespace hoist::cli {

/// A console over memory: what was printed can be read back. No stream is a terminal.
class MemoryConsole {
 public:
  explicit MemoryConsole(std::string input = {});
  ~MemoryConsole();
  MemoryConsole(const MemoryConsole&) = delete;
  MemoryConsole& operator=(const MemoryConsole&) = delete;

  Console& console() { return *console_; }
  std::string out() const;
  std::string err() const;

 private:
  struct Stream {
    std::FILE* file = nullptr;
    char* data = nullptr;
    std::size_t size = 0;
  };

  std::string input_;
  std::FILE* in_ = nullptr;
  Stream out_;
  Stream err_;
  std::optional<Console> console_;
};

}  // namespace hoist::cli

#include "tests/cli/memory_console.hpp"

#include <cstdlib>
#include <utility>

namespace hoist::cli {

MemoryConsole::MemoryConsole(std::string input) : input_(std::move(input)) {
  // fmemopen refuses an empty buffer.
  in_ = input_.empty() ? std::fopen("/dev/null", "r") : ::fmemopen(input_.data(), input_.size(), "r");
  out_.file = ::open_memstream(&out_.data, &out_.size);
  err_.file = ::open_memstream(&err_.data, &err_.size);
  console_.emplace(in_, out_.file, err_.file);
}

MemoryConsole::~MemoryConsole() {
  std::fclose(in_);
  for (Stream* stream : {&out_, &err_}) {
    std::fclose(stream->file);
    std::free(stream->data);
  }
}

std::string MemoryConsole::out() const {
  std::fflush(out_.file);
  return {out_.data, out_.size};
}

std::string MemoryConsole::err() const {
  std::fflush(err_.file);
  return {err_.data, err_.size};
}

}  // namespace hoist::cli

#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "cli/console.hpp"
#include "compose/plan/engine.hpp"

namespace hoist::cli {

/// Interleaves the output of several containers, whole lines only, each with a coloured, aligned prefix.
///
/// What a container wrote to its error stream goes to ours. A line's bytes are kept as they are; on a terminal,
/// colours that a program sets itself are ended at the end of the line.
///
/// Thread: any.
class LogPrinter {
 public:
  struct Options {
    bool prefix = true;
    bool colour = false;
    bool timestamps = false;  ///< lines start with the engine's time stamp, which is kept before the text
  };

  LogPrinter(Console& console, Options options) : console_(console), options_(options) {}

  /// Makes a source known, so that prefixes of those that speak first are already as wide as needed.
  void add(const std::string& source);
  /// Takes a piece of output; prints the lines that are complete, and one that is longer than 1 MiB in pieces.
  void write(const std::string& source, const compose::OutputChunk& chunk);
  /// Prints what `source` left without a line end.
  void flush(const std::string& source);
  /// Prints a line of our own about a source: "web-1 exited with code 0".
  void note(const std::string& text);

 private:
  struct Source {
    std::string colour;
    std::map<compose::OutputStream, std::string> pending;
  };

  Source& source_of(const std::string& name);
  std::string prefix_of(const std::string& name, const Source& source) const;
  void print(compose::OutputStream stream, const std::string& text);

  Console& console_;
  Options options_;
  std::mutex mutex_;
  std::map<std::string, Source> sources_;
  std::size_t width_ = 0;
};

/// The colour of the `index`th source: an SGR code such as "36". Repeats after twelve.
std::string prefix_colour(std::size_t index);

}  // namespace hoist::cli

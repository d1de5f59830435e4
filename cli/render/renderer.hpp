#pragma once

#include <memory>
#include <string>

#include "compose/base/event.hpp"

namespace hoist::cli {

class Console;
struct Styling;

/// A sink that shows events to a person or a program. On the error stream, so that results stay clean.
class Renderer : public EventSink {
 public:
  /// Ends the display: last state, then the warnings that came meanwhile. Called once; the destructor does it
  /// otherwise.
  virtual void finish() noexcept = 0;
};

/// `mode`: "tty", "plain", "json", "quiet"; "auto" and "" = tty on a terminal, else plain.
/// Errors: Error{bad_input} for another word.
std::unique_ptr<Renderer> make_renderer(const std::string& mode, Console& console, const Styling& styling);

}  // namespace hoist::cli

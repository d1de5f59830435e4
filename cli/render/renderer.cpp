#include "cli/render/renderer.hpp"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

#include "cli/console.hpp"
#include "cli/render/view.hpp"
#include "compose/base/error.hpp"
#include "compose/base/text.hpp"

namespace hoist::cli {
namespace {

/// Redraws a view in place at most ten times a second, on a thread of its own.
class TtyRenderer final : public Renderer {
 public:
  TtyRenderer(Console& console, Styling styling) : console_(console), view_(styling) {}
  ~TtyRenderer() override { finish(); }

  void emit(Event event) noexcept override {
    const std::scoped_lock lock(mutex_);
    if (finished_) return;
    view_.apply(event, std::chrono::steady_clock::now());
    if (!thread_.joinable()) start_to_redraw();
  }

  void finish() noexcept override {
    std::jthread ended;
    {
      const std::scoped_lock lock(mutex_);
      if (finished_) return;
      finished_ = true;
      ended = std::move(thread_);
    }
    if (ended.joinable()) {
      ended.request_stop();
      ended.join();
    }
    const std::scoped_lock lock(mutex_);
    draw(view_.final_lines(std::chrono::steady_clock::now(), console_.size().columns));
    for (const std::string& line : view_.afterwards()) console_.write_err(line + "\n");
  }

 private:
  static constexpr std::chrono::milliseconds k_frame{100};
  /// Short commands end before anything flickers.
  static constexpr std::chrono::milliseconds k_first_frame{40};

  void start_to_redraw() noexcept {
    try {
      thread_ = std::jthread([this](std::stop_token stop) { redraw_until(std::move(stop)); });
    } catch (const std::system_error&) {
      // No thread to be had: the view is drawn once, at its end.
    }
  }

  void redraw_until(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    std::chrono::milliseconds wait = k_first_frame;
    while (!wake_.wait_for(lock, stop, wait, [&stop] { return stop.stop_requested(); })) {
      draw(view_.frame(std::chrono::steady_clock::now(), console_.size()));
      wait = k_frame;
    }
  }

  /// One write per frame: back to the first line, each line cleared to its end, the rest below cleared.
  void draw(const std::vector<std::string>& lines) {
    if (lines.empty() && drawn_ == 0) return;
    std::string out = "\x1b[?25l\x1b[?7l";
    if (drawn_ > 0) out += fmt::format("\x1b[{}A", drawn_);
    out += '\r';
    for (const std::string& line : lines) out += line + "\x1b[K\n";
    out += "\x1b[J\x1b[?7h\x1b[?25h";
    drawn_ = lines.size();
    console_.write_err(out);
  }

  Console& console_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  View view_;
  std::size_t drawn_ = 0;
  bool finished_ = false;
  std::jthread thread_;
};

/// One line per change.
class PlainRenderer final : public Renderer {
 public:
  explicit PlainRenderer(Console& console) : console_(console) {}
  ~PlainRenderer() override { finish(); }

  void emit(Event event) noexcept override {
    const std::scoped_lock lock(mutex_);
    if (event.phase == Event::Phase::warning) {
      warnings_.push_back(event.resource.empty() ? event.text : event.resource + ": " + event.text);
      return;
    }
    const std::string text = strip_control(event.text);
    const std::string who = event.part.empty() ? event.resource : event.resource + " " + event.part;
    if (event.phase == Event::Phase::output) {
      console_.write_err(fmt::format("{} | {}\n", who, text));
      return;
    }
    // Bytes that move are no change worth a line.
    std::string& last = last_[who];
    std::string words = text;
    if (event.phase == Event::Phase::failed)
      words = "failed: " + strip_control(event.text.substr(0, event.text.find('\n')));
    if (event.phase == Event::Phase::skipped) words = "skipped " + text;
    if (event.phase == Event::Phase::waiting && !text.starts_with("wait")) words = "waiting for " + text;
    if (words == last || last.starts_with(words + " because ")) return;
    if (!event.cause.empty()) words += " because " + strip_control(event.cause);
    last = words;
    console_.write_err(fmt::format("{}  {}\n", who, words));
  }

  void finish() noexcept override {
    const std::scoped_lock lock(mutex_);
    for (const std::string& warning : std::exchange(warnings_, {})) {
      console_.write_err(fmt::format("warning: {}\n", strip_control(warning)));
    }
  }

 private:
  Console& console_;
  std::mutex mutex_;
  std::map<std::string, std::string> last_;
  std::vector<std::string> warnings_;
};

/// One object per event and line.
class JsonRenderer final : public Renderer {
 public:
  explicit JsonRenderer(Console& console) : console_(console) {}

  void emit(Event event) noexcept override {
    nlohmann::ordered_json out{{"resource", event.resource}, {"phase", to_string(event.phase)}, {"text", event.text}};
    if (!event.cause.empty()) out["cause"] = event.cause;
    if (!event.part.empty()) out["part"] = event.part;
    if (event.total > 0) {
      out["current"] = event.current;
      out["total"] = event.total;
    }
    console_.write_err(out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  }

  void finish() noexcept override {}

 private:
  Console& console_;
};

/// Nothing: faults are printed by the program itself.
class QuietRenderer final : public Renderer {
 public:
  void emit(Event) noexcept override {}
  void finish() noexcept override {}
};

}  // namespace

std::unique_ptr<Renderer> make_renderer(const std::string& mode, Console& console, const Styling& styling) {
  if (mode == "tty") return std::make_unique<TtyRenderer>(console, styling);
  if (mode == "plain") return std::make_unique<PlainRenderer>(console);
  if (mode == "json") return std::make_unique<JsonRenderer>(console);
  if (mode == "quiet") return std::make_unique<QuietRenderer>();
  if (mode != "auto" && !mode.empty()) {
    throw Error(ErrorCode::bad_input, fmt::format("progress cannot be shown as '{}'", mode))
        .with_hint("choose one of: auto, tty, plain, json, quiet");
  }
  if (console.err_is_terminal()) return std::make_unique<TtyRenderer>(console, styling);
  return std::make_unique<PlainRenderer>(console);
}

}  // namespace hoist::cli

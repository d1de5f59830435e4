#include "cli/render/view.hpp"

#include <catch2/catch.hpp>

namespace hoist::cli {
namespace {

using namespace std::chrono_literals;
using Phase = Event::Phase;

const View::TimePoint k_start{};

std::vector<std::string> lines_of(const View& view, std::chrono::milliseconds after, compose::TerminalSize size) {
  std::vector<std::string> lines = view.frame(k_start + after, size);
  return lines;
}

TEST_CASE("a line says what a resource does or waits for, and for how long", "[cli]") {
  View view({.unicode = false});
  view.apply({.resource = "network x_default", .phase = Phase::working, .text = "creating"}, k_start);
  view.apply({.resource = "network x_default", .phase = Phase::done, .text = "created"}, k_start + 100ms);
  view.apply({.resource = "container x-web-1", .phase = Phase::waiting, .text = "waiting for db"}, k_start);
  view.apply({.resource = "image redis", .phase = Phase::working, .text = "pulling"}, k_start + 1s);
  CHECK(lines_of(view, 3250ms, {24, 48}) ==
        std::vector<std::string>{" + network x_default  created               0.1s",
                                 " . container x-web-1  waiting for db",
                                 " - image redis        pulling               2.2s"});
}

TEST_CASE("parts of a pull add up to one bar", "[cli]") {
  View view({.unicode = false});
  view.apply({.resource = "image r", .phase = Phase::working, .text = "pulling"}, k_start);
  view.apply({.resource = "image r",
              .phase = Phase::working,
              .text = "downloading",
              .part = "a",
              .current = 1000,
              .total = 2000},
             k_start);
  view.apply({.resource = "image r", .phase = Phase::done, .text = "done", .part = "b", .total = 2000}, k_start);
  const std::vector<std::string> lines = lines_of(view, 0ms, {24, 100});
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines[0], Catch::Contains("pulling [##########          ] 1kB/4kB (1/2 parts)") ||
                           Catch::Contains("pulling [###############     ] 3kB/4kB (1/2 parts)"));
}

TEST_CASE("a narrow terminal gets lines that fit, cut between characters", "[cli]") {
  View view({.unicode = true});
  view.apply({.resource = "container größe-日本語-1", .phase = Phase::working, .text = "creating"}, k_start);
  for (int columns = 1; columns < 60; ++columns) {
    for (const std::string& line : lines_of(view, 0ms, {24, columns})) {
      CAPTURE(columns, line);
      CHECK(display_width(line) <= static_cast<std::size_t>(std::max(columns, 4)));
    }
  }
}

TEST_CASE("a low terminal shows what is under way first and counts the rest", "[cli]") {
  View view({.unicode = false});
  for (int i = 0; i < 10; ++i) {
    view.apply(
        {.resource = "container c" + std::to_string(i), .phase = i < 8 ? Phase::done : Phase::working, .text = "x"},
        k_start);
  }
  const std::vector<std::string> lines = lines_of(view, 0ms, {7, 60});
  REQUIRE(lines.size() == 3);
  CHECK_THAT(lines[0], Catch::Contains("container c8"));
  CHECK_THAT(lines[1], Catch::Contains("container c9"));
  CHECK_THAT(lines[2], Catch::Contains("8 of 10 done"));
  CHECK(view.final_lines(k_start, 60).size() == 10);
}

TEST_CASE("warnings are kept for afterwards", "[cli]") {
  View view({.unicode = false});
  view.apply({.resource = "volume v", .phase = Phase::warning, .text = "not ours"}, k_start);
  CHECK(view.empty());
  CHECK(view.afterwards() == std::vector<std::string>{"warning: volume v: not ours"});
}

TEST_CASE("text that came from elsewhere cannot move the cursor", "[cli]") {
  View view({.unicode = false});
  view.apply({.resource = "image i", .phase = Phase::output, .text = "a\x1b[2Jb\rc"}, k_start);
  const std::vector<std::string> lines = lines_of(view, 0ms, {24, 80});
  CHECK(lines[0].find('\x1b') == std::string::npos);
  CHECK(lines[0].find('\r') == std::string::npos);
}

TEST_CASE("width counts columns and not bytes", "[cli]") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("größe") == 5);
  CHECK(display_width("日本") == 4);
  CHECK(display_width("\x1b[31mred\x1b[0m") == 3);
  CHECK(display_width("\xff\xfe") == 2);
}

TEST_CASE("cutting keeps characters whole", "[cli]") {
  CHECK(fit("container", 5, true) == "cont…");
  CHECK(fit("日本語", 4, true) == "日…");
  CHECK(fit("short", 5, true) == "short");
  CHECK(fit("\x1b[31mlong red\x1b[0m", 5, false) == "\x1b[31mlong\x1b[0m.");
}

TEST_CASE("durations are short", "[cli]") {
  CHECK(short_duration(950ms) == "0.9s");
  CHECK(short_duration(65s) == "1m05s");
  CHECK(short_duration(3720s) == "1h02m");
}

}  // namespace
}  // namespace hoist::cli

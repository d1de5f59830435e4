#include "cli/render/renderer.hpp"

#include <catch2/catch.hpp>

#include "compose/base/error.hpp"
#include "tests/cli/memory_console.hpp"

namespace hoist::cli {
namespace {

using Phase = Event::Phase;

void play(Renderer& renderer) {
  renderer.emit({.resource = "image redis", .phase = Phase::working, .text = "pulling", .current = 1, .total = 9});
  renderer.emit({.resource = "image redis", .phase = Phase::working, .text = "pulling", .current = 5, .total = 9});
  renderer.emit({.phase = Phase::warning, .text = "orphan container 'old-1'"});
  renderer.emit({.resource = "container x-web-1", .phase = Phase::waiting, .text = "image redis"});
  renderer.emit({.resource = "image redis", .phase = Phase::done, .text = "pulled"});
  renderer.emit({.resource = "container x-web-1", .phase = Phase::output, .text = "step \x1b[2J1"});
  renderer.emit({.resource = "container x-web-1", .phase = Phase::failed, .text = "no such image"});
  renderer.finish();
}

TEST_CASE("plain progress has one line per change, and warnings after all", "[cli]") {
  MemoryConsole memory;
  play(*make_renderer("plain", memory.console(), {}));
  CHECK(memory.err() ==
        "image redis  pulling\n"
        "container x-web-1  waiting for image redis\n"
        "image redis  pulled\n"
        "container x-web-1 | step 1\n"
        "container x-web-1  failed: no such image\n"
        "warning: orphan container 'old-1'\n");
  CHECK(memory.out().empty());
}

TEST_CASE("JSON progress has one object per event", "[cli]") {
  MemoryConsole memory;
  const std::unique_ptr<Renderer> renderer = make_renderer("json", memory.console(), {});
  renderer->emit(
      {.resource = "image redis", .phase = Phase::working, .text = "pulling", .part = "a1", .current = 1, .total = 9});
  renderer->emit({.resource = "image redis", .phase = Phase::done, .text = "pulled"});
  CHECK(memory.err() ==
        R"({"resource":"image redis","phase":"working","text":"pulling","part":"a1","current":1,"total":9})"
        "\n"
        R"({"resource":"image redis","phase":"done","text":"pulled"})"
        "\n");
}

TEST_CASE("a step that has a reason shows it, once", "[cli]") {
  const Event replacing{
      .resource = "container x", .phase = Phase::working, .text = "replacing", .cause = "its image changed"};
  const auto shown = [&replacing](const char* mode) {
    MemoryConsole memory;
    const std::unique_ptr<Renderer> renderer = make_renderer(mode, memory.console(), {});
    renderer->emit(replacing);
    renderer->emit({.resource = "container x", .phase = Phase::working, .text = "replacing"});
    renderer->emit({.resource = "container x", .phase = Phase::done, .text = "started"});
    renderer->finish();
    return memory.err();
  };
  CHECK(shown("plain") == "container x  replacing because its image changed\ncontainer x  started\n");
  CHECK(shown("tty").find("started  because its image changed") != std::string::npos);
  CHECK(shown("json").find(R"("cause":"its image changed")") != std::string::npos);
}

TEST_CASE("a skipped step says because of what, a failed one only the first line of its fault", "[cli]") {
  MemoryConsole memory;
  const std::unique_ptr<Renderer> renderer = make_renderer("plain", memory.console(), {});
  renderer->emit({.resource = "container x", .phase = Phase::failed, .text = "exited (3):\n  | last words"});
  renderer->emit({.resource = "container y", .phase = Phase::skipped, .text = "because container x failed"});
  CHECK(memory.err() == "container x  failed: exited (3):\ncontainer y  skipped because container x failed\n");
}

TEST_CASE("quiet progress says nothing", "[cli]") {
  MemoryConsole memory;
  play(*make_renderer("quiet", memory.console(), {}));
  CHECK(memory.err().empty());
}

TEST_CASE("the live view ends with every resource and then the warnings", "[cli]") {
  MemoryConsole memory;
  play(*make_renderer("tty", memory.console(), {.unicode = false}));
  const std::string text = memory.err();
  const std::size_t last_frame = text.rfind("\x1b[?25l");
  REQUIRE(last_frame != std::string::npos);
  CHECK(text.find("+ image redis", last_frame) != std::string::npos);
  CHECK(text.find("x container x-web-1  no such image", last_frame) != std::string::npos);
  CHECK(text.ends_with("\x1b[?25hwarning: orphan container 'old-1'\n"));
}

TEST_CASE("without a terminal progress is plain", "[cli]") {
  MemoryConsole memory;
  make_renderer("auto", memory.console(), {})->emit({.resource = "r", .phase = Phase::done, .text = "made"});
  CHECK(memory.err() == "r  made\n");
}

TEST_CASE("an unknown way of showing progress is refused", "[cli]") {
  MemoryConsole memory;
  CHECK_THROWS_AS(make_renderer("fancy", memory.console(), {}), Error);
}

}  // namespace
}  // namespace hoist::cli

#include "cli/run_main.hpp"

#include <catch2/catch.hpp>

#include "compose/base/file.hpp"
#include "tests/cli/memory_console.hpp"
#include "tests/support/temp_dir.hpp"

namespace hoist::cli {
namespace {

TEST_CASE("the exit code tells what kind of fault it was", "[cli]") {
  struct Case {
    ErrorCode code;
    int exit;
  };
  const auto c = GENERATE(values<Case>({{ErrorCode::bad_input, 2},
                                        {ErrorCode::cancelled, 130},
                                        {ErrorCode::failed, 1},
                                        {ErrorCode::unavailable, 1},
                                        {ErrorCode::not_found, 1}}));
  MemoryConsole memory;
  CHECK(run_main(memory.console(), [&c]() -> int { throw Error(c.code, "the 'thing' broke"); }) == c.exit);
  CHECK(memory.out().empty());
}

TEST_CASE("what a command returns is the exit code", "[cli]") {
  MemoryConsole memory;
  CHECK(run_main(memory.console(), [] { return 7; }) == 7);
  CHECK(memory.err().empty());
}

TEST_CASE("anything but an Error is a bug of ours", "[cli]") {
  MemoryConsole memory;
  CHECK(run_main(memory.console(), []() -> int { throw std::logic_error("oops"); }) == 70);
  CHECK(memory.err() == "internal error: oops\nThis is a bug in hoist; please report it.\n");
}

TEST_CASE("all findings are printed, each with its place and its hint", "[cli]") {
  const auto file = std::make_shared<const std::string>("compose.yaml");
  const Error error({{.location = {file, 3, 5},
                      .path = "services.web",
                      .message = "unknown key 'imagee'",
                      .hint = "did you mean 'image'?"},
                     {.severity = Diagnostic::Severity::warning, .message = "variable 'X' is not set"}});
  CHECK(describe(error, {}) ==
        "error: compose.yaml:3:5: services.web: unknown key 'imagee'\n"
        "  hint: did you mean 'image'?\n"
        "warning: variable 'X' is not set\n");
}

TEST_CASE("hint and trail follow the message", "[cli]") {
  Error error(ErrorCode::failed, "no such image");
  error.with_hint("build it first\nor pull it").while_doing("starting service 'web'");
  CHECK(describe(error, {}) ==
        "error: no such image\n"
        "  hint: build it first\n"
        "        or pull it\n"
        "  while starting service 'web'\n");
}

TEST_CASE("any exception can be told as an error", "[cli]") {
  const Error kept = as_error(std::make_exception_ptr(Error(ErrorCode::denied, "no access").with_hint("log in")));
  CHECK(kept.code() == ErrorCode::denied);
  CHECK(kept.hint() == "log in");
  const Error foreign = as_error(std::make_exception_ptr(std::runtime_error("out of range")));
  CHECK(foreign.code() == ErrorCode::failed);
  CHECK(std::string(foreign.what()) == "internal error: out of range");
  CHECK(std::string(as_error(std::make_exception_ptr(7)).what()) == "internal error");
}

TEST_CASE("results that cannot be written are a failure", "[cli]") {
  std::FILE* full = std::fopen("/dev/full", "w");
  std::FILE* in = std::fopen("/dev/null", "r");
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* err = ::open_memstream(&text, &size);
  {
    Console console(in, full, err);
    CHECK(run_main(console, [&console] {
            console.write_out("name: shop\n");
            return 0;
          }) == 1);
  }
  for (std::FILE* stream : {full, in, err}) std::fclose(stream);
  CHECK(std::string(text, size).find("could not be written to standard output: No space left") != std::string::npos);
  std::free(text);
}

TEST_CASE("a terminal gets the line of the file with a caret under the column", "[cli]") {
  const test::TempDir dir;
  const std::string path = dir.path() / "compose.yaml";
  write_file_atomically(path, "services:\n  web:\n    imagee: x\n");
  const Error error({{.location = {std::make_shared<const std::string>(path), 3, 5}, .message = "unknown key"}});
  CHECK(describe(error, {.source = true}) ==
        "error: " + path + ":3:5: unknown key\n     3 |     imagee: x\n       |     ^\n");
}

}  // namespace
}  // namespace hoist::cli

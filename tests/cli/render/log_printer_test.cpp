#include "cli/render/log_printer.hpp"

#include <catch2/catch.hpp>

#include "tests/cli/memory_console.hpp"

namespace hoist::cli {
namespace {

using compose::OutputStream;

TEST_CASE("prefixes are aligned to the longest name", "[cli]") {
  MemoryConsole memory;
  LogPrinter printer(memory.console(), {});
  printer.add("web-1");
  printer.add("database-1");
  printer.write("web-1", {OutputStream::out, "hello\n"});
  printer.write("database-1", {OutputStream::out, "ready\n"});
  CHECK(memory.out() ==
        "web-1       | hello\n"
        "database-1  | ready\n");
}

TEST_CASE("only whole lines are printed, however the pieces come", "[cli]") {
  MemoryConsole memory;
  LogPrinter printer(memory.console(), {});
  printer.write("a-1", {OutputStream::out, "one\ntw"});
  printer.write("b-1", {OutputStream::out, "other\n"});
  CHECK(memory.out() == "a-1  | one\nb-1  | other\n");
  printer.write("a-1", {OutputStream::out, "o\r\nrest"});
  printer.flush("a-1");
  CHECK(memory.out() == "a-1  | one\nb-1  | other\na-1  | two\r\na-1  | rest\n");
}

TEST_CASE("each stream goes to its own", "[cli]") {
  MemoryConsole memory;
  LogPrinter printer(memory.console(), {});
  printer.write("a-1", {OutputStream::out, "half"});
  printer.write("a-1", {OutputStream::err, "fault\n"});
  printer.write("a-1", {OutputStream::out, " line\n"});
  CHECK(memory.out() == "a-1  | half line\n");
  CHECK(memory.err() == "a-1  | fault\n");
}

TEST_CASE("colours mark the source; a program's own are kept and ended", "[cli]") {
  MemoryConsole memory;
  LogPrinter printer(memory.console(), {.colour = true});
  printer.write("a-1", {OutputStream::out, "plain\n\x1b[31mred\n"});
  printer.write("b-1", {OutputStream::out, "x\n"});
  CHECK(memory.out() ==
        "\x1b[36ma-1  | \x1b[0mplain\n"
        "\x1b[36ma-1  | \x1b[0m\x1b[31mred\x1b[0m\n"
        "\x1b[33mb-1  | \x1b[0mx\n");
}

TEST_CASE("colours of a program that go to a file are nobody's to end", "[cli]") {
  MemoryConsole memory;
  LogPrinter printer(memory.console(), {.prefix = false});
  printer.write("a-1", {OutputStream::out, "\x1b[31mred\n"});
  CHECK(memory.out() == "\x1b[31mred\n");
}

TEST_CASE("a line without end is printed in pieces, not kept for ever", "[cli]") {
  MemoryConsole memory;
  LogPrinter printer(memory.console(), {.prefix = false});
  const std::string half(600U << 10U, 'x');
  printer.write("a-1", {OutputStream::out, half});
  CHECK(memory.out().empty());
  printer.write("a-1", {OutputStream::out, half});
  CHECK(memory.out() == half + half + "\n");
}

TEST_CASE("without prefix a line is what the program wrote", "[cli]") {
  MemoryConsole memory;
  LogPrinter printer(memory.console(), {.prefix = false, .colour = true});
  printer.write("a-1", {OutputStream::out, "{\"level\": 1}\n"});
  CHECK(memory.out() == "{\"level\": 1}\n");
}

TEST_CASE("neighbours have different colours, and colours repeat in the end", "[cli]") {
  CHECK(prefix_colour(0) != prefix_colour(1));
  CHECK(prefix_colour(0) == prefix_colour(12));
}

}  // namespace
}  // namespace hoist::cli

#include "cli/arguments.hpp"

#include <catch2/catch.hpp>

#include "compose/base/error.hpp"

namespace hoist::cli {
namespace {

using Words = std::vector<std::string>;

/// A command with one option of each kind.
struct Sample {
  bool detach = false;
  bool quiet = false;
  bool orphans = true;
  std::optional<int> timeout;
  std::optional<std::string> entrypoint;
  std::vector<std::string> environment;
  std::string format = "table";
  std::vector<std::string> services;
  Arguments arguments;

  Sample() {
    arguments.flag("-d,--detach", detach, "run in the background");
    arguments.flag("-q,--quiet", quiet, "say nothing");
    arguments.flag("--orphans", orphans, "show orphans");
    arguments.value("-t,--timeout", timeout, "SECONDS", "wait this long");
    arguments.value("--entrypoint", entrypoint, "COMMAND", "run this");
    arguments.list("-e,--env", environment, "NAME=VALUE", "set a variable");
    arguments.choice("--format", format, {"table", "json"}, "FORMAT", "form");
    arguments.positionals("SERVICE", services, WordKind::service);
  }
};

std::string fault_of(Sample& sample, const Words& words, ErrorCode code = ErrorCode::bad_input) {
  try {
    sample.arguments.parse(words);
  } catch (const Error& error) {
    CHECK(error.code() == code);
    return std::string(error.what()) + (error.hint().empty() ? "" : "; " + error.hint());
  }
  return {};
}

TEST_CASE("options are read in every spelling that Docker Compose takes", "[cli]") {
  const auto words = GENERATE(values<Words>({{"-d", "-t", "5", "-e", "A=1", "-e", "B", "web", "db"},
                                             {"-dt5", "-eA=1", "--env", "B", "web", "db"},
                                             {"web", "--detach", "--timeout=5", "--env=A=1", "db", "-e=B"},
                                             {"-d=true", "-t=5", "-e", "A=1", "-e", "B", "--", "web", "db"}}));
  Sample sample;
  sample.arguments.parse(words);
  CHECK(sample.detach);
  CHECK_FALSE(sample.quiet);
  CHECK(sample.timeout == 5);
  CHECK(sample.environment == Words{"A=1", "B"});
  CHECK(sample.services == Words{"web", "db"});
}

TEST_CASE("an empty value is a value", "[cli]") {
  Sample sample;
  sample.arguments.parse(Words{"--entrypoint=", "web"});
  CHECK(sample.entrypoint == "");
  CHECK(sample.services == Words{"web"});
}

TEST_CASE("a value may look like an option", "[cli]") {
  Sample sample;
  sample.arguments.parse(Words{"-t", "-1", "-e", "--x"});
  CHECK(sample.timeout == -1);
  CHECK(sample.environment == Words{"--x"});
}

TEST_CASE("a flag can be switched off", "[cli]") {
  Sample sample;
  sample.arguments.parse(Words{"--orphans=false"});
  CHECK_FALSE(sample.orphans);
}

TEST_CASE("words of another program are not read", "[cli]") {
  Sample sample;
  sample.arguments.options_first();
  sample.arguments.parse(Words{"-d", "web", "ls", "-q", "--help"});
  CHECK(sample.detach);
  CHECK_FALSE(sample.quiet);
  CHECK_FALSE(sample.arguments.help_asked());
  CHECK(sample.services == Words{"web", "ls", "-q", "--help"});
}

TEST_CASE("help is heard before anything is found missing", "[cli]") {
  std::string service;
  Arguments arguments;
  arguments.positional("SERVICE", service);
  arguments.parse(Words{GENERATE(as<std::string>{}, "-h", "--help")});
  CHECK(arguments.help_asked());
}

TEST_CASE("wrong use names the word and says what would be right", "[cli]") {
  struct Case {
    Words words;
    std::string message;
  };
  const auto c = GENERATE(values<Case>({
      {{"--detatch"}, "unknown option '--detatch'; did you mean '--detach'?"},
      {{"-x"}, "unknown option '-x'"},
      {{"-dx"}, "unknown option '-x'"},
      {{"--timeout"}, "option '--timeout' needs a value: SECONDS"},
      {{"-t", "soon"}, "option '--timeout' needs a whole number, not 'soon'"},
      {{"--detach=maybe"}, "option '--detach' is on or off, not 'maybe'"},
      {{"--format", "jsn"}, "option '--format' cannot be 'jsn'; did you mean 'json'?"},
      {{"--format", "xml,html"}, "option '--format' cannot be 'xml,html'; choose one of: table, json"},
  }));
  Sample sample;
  CHECK(fault_of(sample, c.words) == c.message);
}

TEST_CASE("missing and surplus words are refused", "[cli]") {
  std::string service;
  std::string port;
  Arguments arguments;
  arguments.positional("SERVICE", service);
  arguments.positional("PORT", port);
  CHECK(arguments.usage() == "SERVICE PORT");
  CHECK_THROWS_WITH(arguments.parse(Words{"web"}), "PORT is missing");
  CHECK_THROWS_WITH(arguments.parse(Words{"web", "80", "x"}), "'x' is one word too many");
}

TEST_CASE("usage shows what may be left out", "[cli]") {
  CHECK(Sample().arguments.usage() == "[OPTIONS] [SERVICE...]");
}

TEST_CASE("options that exclude each other are refused by name", "[cli]") {
  CHECK_THROWS_WITH(refuse_together({true, "--wait"}, {true, "--attach"}),
                    "'--wait' and '--attach' exclude each other");
  CHECK_NOTHROW(refuse_together({true, "--wait"}, {false, "--attach"}));
  CHECK_NOTHROW(refuse_together({false, "--wait"}, {true, "--attach"}));
}

}  // namespace
}  // namespace hoist::cli

#include "compose/base/error.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <set>
#include <string>
#include <vector>

using namespace hoist;

namespace {

SourceLocation at(int line, int column = 0) {
  return {std::make_shared<const std::string>("compose.yaml"), line, column};
}

}  // namespace

TEST_CASE("a location reads as editors jump to it", "[error]") {
  CHECK(at(12, 9).to_string() == "compose.yaml:12:9");
  CHECK(at(12).to_string() == "compose.yaml:12");
  CHECK(at(0).to_string() == "compose.yaml");
  CHECK(SourceLocation{}.to_string().empty());
  CHECK(at(0).known());
  CHECK_FALSE(SourceLocation{}.known());
}

TEST_CASE("a diagnostic reads as place, path, message and hint, as far as these are known", "[error]") {
  struct Row {
    Diagnostic diagnostic;
    std::string text;
  };
  const Row row = GENERATE(values<Row>({
      {{.location = at(3, 5), .path = "services.web", .message = "unknown key 'imge'", .hint = "did you mean 'image'?"},
       "compose.yaml:3:5: services.web: unknown key 'imge'; did you mean 'image'?"},
      {{.location = at(3), .message = "wrong"}, "compose.yaml:3: wrong"},
      {{.path = "name", .message = "wrong"}, "name: wrong"},
      {{.message = "wrong"}, "wrong"},
  }));
  CHECK(row.diagnostic.to_string() == row.text);
}

TEST_CASE("an error says its message, after its place when that is known", "[error]") {
  Error error(ErrorCode::conflict, "port 80 is taken");
  CHECK(error.code() == ErrorCode::conflict);
  CHECK(std::string(error.what()) == "port 80 is taken");
  CHECK(error.hint().empty());
  CHECK(error.trace().empty());
  error.at(SourceLocation{});
  CHECK(std::string(error.what()) == "port 80 is taken");
  error.at(at(4, 2)).with_hint("stop the other one").while_doing("starting 'web'").while_doing("up");
  CHECK(std::string(error.what()) == "compose.yaml:4:2: port 80 is taken");
  CHECK(error.location() == at(4, 2));
  CHECK(error.hint() == "stop the other one");
  CHECK(error.trace() == std::vector<std::string>{"starting 'web'", "up"});
}

TEST_CASE("an error of many findings speaks with the first that is an error", "[error]") {
  const Diagnostic warning{.severity = Diagnostic::Severity::warning, .location = at(1), .message = "odd"};
  const Diagnostic first{.location = at(2), .message = "wrong"};
  const Diagnostic second{.location = at(3), .message = "also wrong"};
  const Error error(std::vector<Diagnostic>{warning, first, second});
  CHECK(error.code() == ErrorCode::bad_input);
  CHECK(std::string(error.what()) == "compose.yaml:2: wrong");
  CHECK(error.location() == at(2));
  CHECK(error.diagnostics() == std::vector<Diagnostic>{warning, first, second});
}

TEST_CASE("an error keeps all it knows when it is copied and thrown", "[error]") {
  try {
    throw Error(ErrorCode::denied, "no access").with_hint("log in").while_doing("pulling 'redis'");
  } catch (const std::exception& caught) {
    const auto* error = dynamic_cast<const Error*>(&caught);
    REQUIRE(error != nullptr);
    CHECK(error->code() == ErrorCode::denied);
    CHECK(error->hint() == "log in");
    CHECK(error->trace().size() == 1);
  }
}

TEST_CASE("every code has a name of its own", "[error]") {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::failed); ++code) {
    names.insert(to_string(static_cast<ErrorCode>(code)));
  }
  CHECK(names.size() == static_cast<std::size_t>(ErrorCode::failed) + 1);
  CHECK(names.contains("bad_input"));
  CHECK_FALSE(names.contains("unknown"));
}
